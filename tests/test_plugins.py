"""A user's own parts: files given by --plugin, and entry points of installed packages."""

import json
import sys
from importlib.metadata import EntryPoint

import pytest

import zukan
from plugin_file import FILE
from zukan import commands, plugins
from zukan.cli import run as call
from zukan.commands import training_runs
from zukan.priors import priors

OPTIONS = ("--epochs", "1", "--batch-size", "8", "--encoder", '{name="mlp", units=[8]}')


@pytest.fixture(autouse=True)
def _forget(monkeypatch):
    """Forget the parts and plugins of a test."""
    monkeypatch.setattr(training_runs, "write_atlas", lambda run, *_: run.file(run.METRICS).write_text(json.dumps(
        {"test": {"reconstruction": 1.0}, "latent": {"variance": [1.0]}, "diagnosis": []})))
    members = dict(priors.members)
    monkeypatch.setattr(plugins, "_loaded", {})
    yield
    for name in priors.members.keys() - members.keys():
        del priors.members[name]


def write(tmp_path, name, text=FILE):
    path = tmp_path / f"{name}.py"
    path.write_text(text.format(name=name))
    return path


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "".join(f"{i},{i * i % 7}\n" for i in range(20)))
    return path


def test_a_plugin_on_the_command_line(tmp_path, table, capsys, monkeypatch):
    path, out = write(tmp_path, "wide_a"), tmp_path / "run"
    assert call(["train", str(table), "--out", str(out), "--prior", "wide_a", "--plugin", str(path), *OPTIONS]) == 0
    run = zukan.Run.open(out)
    assert run.environment["plugins"] == ["wide_a.py"]
    assert run.recipe.prior == "wide_a"
    assert type(run.model.prior).__name__ == "Wide"
    assert call(["sample", str(out), "-o", str(tmp_path / "s.csv"), "--plugin", str(path)]) == 0  # imported once
    capsys.readouterr()
    monkeypatch.setattr(plugins, "_loaded", {})
    del priors.members["wide_a"]
    assert call(["resume", str(out)]) == 2
    error = capsys.readouterr().err
    assert "needs its plugin wide_a.py, which is not imported" in error
    assert "got 'wide_a'" in error
    assert len(error.splitlines()) == 1


@pytest.mark.parametrize(("text", "says"), [
    (None, "must be a Python file that exists"), ("1 +", "cannot be imported: SyntaxError"),
    ("import nothing_like_this", "ModuleNotFoundError: No module named 'nothing_like_this'"),
    (FILE.replace("{name}", "normal"), "cannot be imported: a registered name must be new")])
def test_a_plugin_that_cannot_be_imported(tmp_path, text, says):
    path = tmp_path / "bad.py"
    if text is not None:
        path.write_text(text)
    with pytest.raises(zukan.InputError, match=says):
        plugins.load_file(path)
    assert plugins.loaded() == []
    assert "zukan_plugin_bad" not in sys.modules


def test_the_parts_of_an_installed_package(tmp_path, monkeypatch):
    write(tmp_path, "wide_b")
    info = tmp_path / "wide_b-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: wide_b\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[zukan.parts]\nwide = wide_b\n")
    monkeypatch.syspath_prepend(tmp_path)
    zukan.VAE((6,), prior="normal")
    assert "wide_b" not in sys.modules  # a known name imports nothing
    vae = zukan.VAE((6,), prior="wide_b", encoder={"name": "mlp", "units": [8]})
    assert type(vae.prior).__name__ == "Wide"
    assert plugins.loaded() == ["wide"]
    with pytest.raises(zukan.InputError, match="prior must be one of"):
        zukan.VAE((6,), prior="wide_c")
    vae.save(tmp_path / "model.keras")
    monkeypatch.setattr(plugins, "_loaded", {})
    assert type(zukan.load(tmp_path / "model.keras").prior).__name__ == "Wide"
    assert plugins.loaded() == ["wide"]


def test_a_package_that_cannot_be_imported(monkeypatch):
    broken = EntryPoint("broken", "nothing_like_this", plugins.GROUP)
    monkeypatch.setattr(plugins, "entry_points", lambda group: [broken] if group == plugins.GROUP else [])
    with pytest.raises(zukan.InputError, match="the parts 'broken' of the package nothing_like_this cannot be imported"):
        zukan.VAE((6,), prior="wide_c")


def test_a_run_causes_no_import(tmp_path, table, monkeypatch):
    run = zukan.train(table, out=tmp_path / "run", epochs=1, encoder={"name": "mlp", "units": [8]})
    record = run.environment
    path = write(tmp_path, "wide_d")
    run.file(run.ENVIRONMENT).write_text(json.dumps({**record, "plugins": [str(path)]}))
    assert commands.encode(run.path, table, tmp_path / "z.csv") == (20, 2)
    assert "wide_d" not in priors.members
