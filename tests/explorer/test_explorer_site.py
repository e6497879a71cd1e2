"""The exported folder is complete or absent, and existing files are not changed."""

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


def test_the_export_contains_page_data_and_networks(run, tmp_path, page):
    lines = []
    commands.explore(run.path, export=tmp_path / "deep" / "out", log=lines.append)
    out = tmp_path / "deep" / "out"
    assert names(out) >= names(page) | {"atlas.json", "models/encoder.onnx", "models/decoder.onnx", "data/means.f32"}
    for name in names(page):
        assert (out / name).read_bytes() == (page / name).read_bytes()
    assert lines[0] == f"Reading {run.source}"
    assert [path.name for path in out.parent.iterdir()] == ["out"]
    assert stat.S_IMODE(out.stat().st_mode) & 0o055  # a web server of another user can read it


def test_without_onnxruntime_one_line_says_that_nothing_was_compared(run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    lines = []
    commands.explore(run.path, export=tmp_path / "out", log=lines.append)
    (line,) = [line for line in lines if "onnxruntime" in line]
    assert line.startswith("encoder.onnx and decoder.onnx: not compared with Keras")


def test_an_empty_folder_is_filled(run, tmp_path):
    site.build(run, reload(run), tmp_path)
    assert (tmp_path / "atlas.json").is_file()


def test_build_checks_the_folder_and_the_page(run, tmp_path, monkeypatch):
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


def test_a_folder_with_files_is_not_changed(run, tmp_path, refused):
    (tmp_path / "mine.txt").write_text("mine")
    error = refused("explore", run.path, "--export", tmp_path)
    assert "export must be a new or empty folder" in error
    assert "not empty; choose another, or empty it" in error
    error = refused("explore", run.path, "--export", tmp_path / "mine.txt")
    assert "which is a file" in error
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("mine.txt", "mine")]


def test_a_folder_below_a_file(run, tmp_path, refused):
    (tmp_path / "file").touch()
    assert "not below a file" in refused("explore", run.path, "--export", tmp_path / "file" / "out")


def test_a_failure_leaves_no_files(run, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(site.bundle.arrays, "write", fail)
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


def test_a_run_that_is_missing_or_unfinished(tmp_path, refused, run):
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


def test_a_port_in_use_is_reported_before_any_work(run, refused):
    with serving.Server() as other:
        assert f"port must be free, got {other.server_port}" in refused("explore", run.path, "--port", other.server_port)
    assert "at most 65535" in refused("explore", run.path, "--port", 65536)
    assert "must not be given together with export" in refused("explore", run.path, "--port", 8000, "--export", run.path / "out")


def test_the_command_serves_the_page_and_opens_the_browser(run, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    opened, visited = threading.Event(), {}

    def visit(url):
        visited["atlas"] = json.load(urllib.request.urlopen(f"{url}atlas.json", timeout=10))
        visited["url"] = url
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
    assert visited["atlas"]["name"] == "small"
    assert f"Open {visited['url']} in a browser" in printed
    assert re.search(r"encoder\.onnx: differs from Keras by at most \S+", printed)
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
        assert re.search(rf"out/{name}\.onnx: differs from Keras by at most \S+", printed)


def test_the_export_command_without_onnxruntime(run, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert cli.run(["export", str(run.path), "-o", str(tmp_path)]) == 0
    assert capsys.readouterr().out.count("not compared with Keras, since onnxruntime is not installed; pip install") == 2


def test_the_data_of_the_run_must_not_have_changed(run, tmp_path):
    shutil.copytree(run.path, tmp_path / "run")
    np.savez(tmp_path / "run" / "data.npz", x=images(12)[0])
    with pytest.raises(InputError, match="trained on"):
        commands.explore(tmp_path / "run", export=tmp_path / "out")
    assert not (tmp_path / "out").exists()
