"""The folder appears whole or not at all, and nothing that is there is touched."""

import json
import re
import shutil
import stat
import sys
import tempfile
import threading
import urllib.request
import webbrowser

import numpy as np
import pytest
from small_runs import images

from zukan import cli, commands
from zukan.checks import InputError
from zukan.explorer import server as serving
from zukan.explorer import site
from zukan.runs.data import reload


def names(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_export_is_page_data_and_networks(run, tmp_path, page):
    told = []
    commands.explore(run.path, export=tmp_path / "deep" / "out", log=told.append)
    out = tmp_path / "deep" / "out"
    assert names(out) >= names(page) | {"atlas.json", "models/encoder.onnx", "models/decoder.onnx", "data/means.f32"}
    for name in names(page):
        assert (out / name).read_bytes() == (page / name).read_bytes()
    assert told[0] == f"Reading {run.source}"
    assert [path.name for path in out.parent.iterdir()] == ["out"]
    assert stat.S_IMODE(out.stat().st_mode) & 0o055  # a web server of another user can read it


def test_without_onnxruntime_it_is_said_once_that_nothing_was_compared(run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    told = []
    commands.explore(run.path, export=tmp_path / "out", log=told.append)
    (line,) = [line for line in told if "onnxruntime" in line]
    assert line.startswith("encoder.onnx and decoder.onnx: not compared with Keras")


def test_an_empty_folder_is_filled(run, tmp_path):
    site.build(run, reload(run), tmp_path)
    assert (tmp_path / "atlas.json").is_file()


def test_building_checks_for_itself(run, tmp_path, monkeypatch):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="not empty"):
        site.build(run, reload(run), tmp_path)
    monkeypatch.setattr(site, "PAGE", tmp_path / "none")
    with pytest.raises(InputError, match="page is missing"):
        site.build(run, reload(run), tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.fixture
def refused(capsys):
    def command(*words):
        assert cli.run([str(word) for word in words]) == 2
        error = capsys.readouterr().err
        assert len(error.splitlines()) == 1
        assert len(error) < 600
        return error

    return command


def test_a_folder_in_use_is_left_alone(run, tmp_path, refused):
    (tmp_path / "mine.txt").write_text("mine")
    error = refused("explore", run.path, "--export", tmp_path)
    assert "export must be a new or empty folder" in error
    assert "not empty; choose another, or empty it" in error
    error = refused("explore", run.path, "--export", tmp_path / "mine.txt")
    assert "which is a file" in error
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("mine.txt", "mine")]


def test_below_a_file(run, tmp_path, refused):
    (tmp_path / "file").touch()
    assert "not below a file" in refused("explore", run.path, "--export", tmp_path / "file" / "out")


def test_a_failure_leaves_nothing(run, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(site.bundle, "_save", fail)
    with pytest.raises(InputError, match="no space left on device; free some space"):
        commands.explore(run.path, export=tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_without_the_page(run, tmp_path, monkeypatch, refused):
    monkeypatch.setattr(site, "PAGE", tmp_path / "none")
    for words in ((), ("--export", tmp_path / "out")):
        error = refused("explore", run.path, *words)
        assert "page is missing from this installation" in error
        assert "npm" in error
    assert not list(tmp_path.iterdir())


def test_what_is_no_finished_run(tmp_path, refused, run):
    assert "is not a run" in refused("explore", tmp_path / "nothing")
    assert "is not a run" in refused("export", tmp_path / "nothing", "-o", tmp_path / "out")
    (tmp_path / "begun").mkdir()
    (tmp_path / "begun" / "recipe.toml").write_bytes(run.file("recipe.toml").read_bytes())
    for words in (("explore", tmp_path / "begun"), ("export", tmp_path / "begun", "-o", tmp_path / "out")):
        assert "has not finished; continue with zukan resume" in refused(*words)
    assert not (tmp_path / "out").exists()


def test_without_onnx(run, tmp_path, monkeypatch, refused):
    monkeypatch.setitem(sys.modules, "onnx", None)
    assert "pip install 'zukan[onnx]'" in refused("explore", run.path, "--export", tmp_path / "out")
    assert "pip install 'zukan[onnx]'" in refused("export", run.path, "-o", tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_a_taken_port_is_told_before_any_work(run, refused):
    with serving.Server() as other:
        assert f"port must be free, got {other.server_port}" in refused("explore", run.path, "--port", other.server_port)
    assert "at most 65535" in refused("explore", run.path, "--port", 65536)
    assert "left out with export" in refused("explore", run.path, "--port", 8000, "--export", run.path / "out")


def test_the_command_serves_opens_the_browser_and_ends(run, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    opened, found = threading.Event(), {}

    def visit(url):
        found["atlas"] = json.load(urllib.request.urlopen(f"{url}atlas.json", timeout=10))
        found["url"] = url
        opened.set()

    def serve(server):
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        assert opened.wait(10)
        server.shutdown()
        thread.join()

    monkeypatch.setattr(webbrowser, "open", visit)
    monkeypatch.setattr(serving.Server, "serve", serve)
    assert cli.run(["explore", str(run.path)]) == 0
    printed = capsys.readouterr().out
    assert found["atlas"]["name"] == "small"
    assert f"Open {found['url']} in a browser" in printed
    assert re.search(r"encoder\.onnx: differs from Keras by \S+ at most", printed)
    assert printed.endswith("Stopped.\n")
    assert not list(tmp_path.iterdir())  # the temporary folder has gone


def test_no_browser(run, monkeypatch, capsys):
    monkeypatch.setattr(webbrowser, "open", lambda url: pytest.fail("opened"))
    monkeypatch.setattr(serving.Server, "serve", lambda server: None)
    assert cli.run(["explore", str(run.path), "--no-browser"]) == 0
    assert "Open http://127.0.0.1:" in capsys.readouterr().out


def test_the_export_command(run, tmp_path, capsys):
    assert cli.run(["export", str(run.path), "-o", str(tmp_path / "out")]) == 0
    printed = capsys.readouterr().out
    assert names(tmp_path / "out") == {"encoder.onnx", "decoder.onnx"}
    for name in ("encoder", "decoder"):
        assert re.search(rf"out/{name}\.onnx: differs from Keras by \S+ at most", printed)


def test_the_export_command_without_onnxruntime(run, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert cli.run(["export", str(run.path), "-o", str(tmp_path)]) == 0
    assert capsys.readouterr().out.count("not compared with Keras, for which onnxruntime is needed: pip install") == 2


def test_the_data_of_the_run_must_be_what_it_was(run, tmp_path):
    shutil.copytree(run.path, tmp_path / "run")
    np.savez(tmp_path / "run" / "data.npz", x=images(12)[0])
    with pytest.raises(InputError, match="trained on"):
        commands.explore(tmp_path / "run", export=tmp_path / "out")
    assert not (tmp_path / "out").exists()
