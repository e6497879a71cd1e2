"""Two runs on the same data are shown side by side, from one folder."""

import json
import shutil
from types import SimpleNamespace

import pytest

import zukan
from zukan import cli
from zukan.checks import InputError
from zukan.explorer import pair, site


@pytest.fixture(scope="module")
def other(run, tmp_path_factory):
    return shutil.copytree(run.path, tmp_path_factory.mktemp("others") / "small")


def atlas(folder):
    return json.loads((folder / "atlas.json").read_text())


def test_the_export_contains_both_bundles_and_one_page(run, other, tmp_path, capsys):
    out = tmp_path / "out"
    assert cli.run(["explore", str(run.path), str(other), "--export", str(out)]) == 0
    assert capsys.readouterr().out.count("Reading ") == 2
    first, second = atlas(out), atlas(out / "compare")
    assert (first["name"], first["compare"]) == (str(run.path), True)  # both folders are "small"
    assert (second["name"], second["compare"]) == (str(other), False)
    for name in ("data/rows.i32", "data/means.f32", "models/decoder.onnx"):
        assert (out / "compare" / name).read_bytes() == (out / name).read_bytes()
    assert sorted(path.name for path in (out / "compare").iterdir()) == ["atlas.json", "data", "models"]


def test_the_widget_has_the_files_of_both(run, other):
    widget = zukan.explorer.compare(run, other, height=500)
    assert widget.height == 500
    assert {"atlas.json", "compare/atlas.json", "compare/data/means.f32"} <= set(widget._files)
    widget.selection = [5]


def test_runs_on_other_data_are_refused(run, tmp_path, monkeypatch):
    paths = tuple(SimpleNamespace(path=tmp_path / name, source=name) for name in "ab")
    data = tuple(SimpleNamespace(provenance={"sha256": letter * 64}) for letter in "01")
    says = "must be of the same data, got '.*a' on 'a' .* and '.*b' on 'b' .*; choose two runs on the same data"
    with pytest.raises(InputError, match=says) as error:
        pair.check_same(paths, data)
    assert len(str(error.value).splitlines()) == 1
    monkeypatch.setattr(pair, "check_same", lambda *_: pytest.fail("checked"))
    with pytest.raises(pytest.fail.Exception, match="checked"):
        site.build(run, None, tmp_path / "out", other=(run, None, ()))
    assert not (tmp_path / "out").exists()


def test_equal_names_are_told_apart(tmp_path):
    runs = [SimpleNamespace(path=tmp_path / folder / "mnist") for folder in ("a", "b")]
    assert pair.names(tuple(runs)) == (str(runs[0].path), str(runs[1].path))
    runs[1].path = tmp_path / "b" / "sharp"
    assert pair.names(tuple(runs)) == ("mnist", "sharp")
