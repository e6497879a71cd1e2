"""The widget sends the files of the bundle to the page, and no others."""

import gc
import sys
from pathlib import Path

import pytest

import zukan
from zukan.checks import InputError
from zukan.explorer import site


@pytest.fixture(scope="module")
def widget(run, page):
    patch = pytest.MonkeyPatch()
    patch.setattr(site, "PAGE", page)
    yield zukan.explorer.Explorer(run.path, height=400)
    patch.undo()


@pytest.fixture
def sent(widget, monkeypatch):
    messages = []
    monkeypatch.setattr(type(widget), "send", lambda _, content, buffers=None: messages.append((content, buffers)))
    return messages


def test_it_contains_the_module_and_style_of_the_page(widget, page):
    assert widget._esm == (page / "assets" / "explorer.js").read_text()
    assert widget._css == (page / "assets" / "explorer.css").read_text()
    assert widget.height == 400
    assert {"_esm", "_css", "height"} <= set(widget.keys)  # what the page sees
    assert "application/vnd.jupyter.widget-view+json" in widget._repr_mimebundle_()[0]


def test_a_requested_file_is_sent(widget, sent):
    widget._handle_custom_msg({"kind": "read", "path": "data/means.f32"}, [])
    (content, buffers), = sent
    assert content == {"kind": "file", "path": "data/means.f32"}
    assert len(buffers[0]) == 40 * 3 * 4
    widget._handle_custom_msg({"kind": "read", "path": "assets/ort.wasm.gz"}, [])
    assert sent[1][1] == [b"\x1f\x8b"]


@pytest.mark.parametrize("path", ["data/labels.i32x", "../atlas.json", "/etc/passwd", "data/../../x", "", None, 3, ["atlas.json"]])
def test_other_paths_are_missing(widget, sent, path):
    widget._handle_custom_msg({"kind": "read", "path": path}, [])
    assert sent == [({"kind": "missing", "path": path}, None)]


@pytest.mark.parametrize("content", [{"kind": "write", "path": "atlas.json"}, {}, None, "read", ["read"]])
def test_other_messages_are_ignored(widget, sent, content):
    widget._handle_custom_msg(content, [])
    assert sent == []


def test_its_files_are_deleted_with_it(run):
    explorer = zukan.explorer.Explorer(run)
    folder = Path(explorer._files["atlas.json"]).parent
    assert folder.is_dir()
    explorer.close()
    del explorer
    gc.collect()
    assert not folder.exists()


@pytest.mark.parametrize(("arguments", "says"), [({"height": 0}, "height must be a whole number of at least 1"),
                                                 ({"run": "nowhere"}, "is not a run")])
def test_invalid_arguments(run, arguments, says):
    with pytest.raises(InputError, match=says):
        zukan.explorer.Explorer(**{"run": run, **arguments})


def test_without_the_page(run, monkeypatch, tmp_path):
    monkeypatch.setattr(site, "PAGE", tmp_path)
    with pytest.raises(InputError, match="page is missing"):
        zukan.explorer.Explorer(run)


def test_without_anywidget(monkeypatch):
    monkeypatch.delitem(sys.modules, "zukan.explorer.widget", raising=False)
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(InputError, match=r"package anywidget, which is not installed; pip install 'zukan\[widget\]'"):
        _ = zukan.explorer.Explorer
    with pytest.raises(AttributeError, match="no attribute 'Explored'"):
        _ = zukan.explorer.Explored
