"""Commands called in this process, a small data file, and one finished run to copy."""

import shutil
from types import SimpleNamespace

import numpy as np
import pytest

import zukan
from zukan import cli

OPTIONS = ("--epochs", "2", "--batch-size", "8", "--encoder", '{name="mlp", units=[8]}')


@pytest.fixture(scope="session")
def grey(tmp_path_factory):
    """Return a file of 24 training and 10 test images of 4 x 4 pixels, in two classes."""
    path = tmp_path_factory.mktemp("data") / "grey.npz"
    y = np.arange(34) % 2
    levels = np.where(y, 200, 50)[:, None, None]
    x = np.random.default_rng(0).normal(levels, 20, (34, 4, 4)).clip(0, 255).astype("uint8")
    np.savez(path, x_train=x[:24], y_train=y[:24], x_test=x[24:], y_test=y[24:])
    return path


def call(*words):
    """Run a command and return its exit code."""
    try:
        return cli.run([str(word) for word in words])
    except SystemExit as end:  # as --help does
        return end.code


@pytest.fixture
def command(capsys):
    """Return a function that runs a command to its good end and returns what it printed."""

    def run(*words):
        code = call(*words)
        printed = capsys.readouterr()
        assert code == 0, printed.err
        assert not printed.err
        return printed.out

    return run


@pytest.fixture
def refused(capsys):
    """Return a function that runs a command which must end in one line that says what is wrong."""

    def run(*words, says=()):
        code = call(*words)
        error = capsys.readouterr().err
        assert code == 2, error
        assert len(error.splitlines()) == 1, error
        assert error.startswith("zukan: ")
        assert len(error) < 600
        for part in says:
            assert part in error
        return error

    return run


@pytest.fixture(scope="session")
def session(tmp_path_factory, grey):
    """Train once by the command; ``path`` is the run, ``printed`` what came on stdout."""
    capture = pytest.MonkeyPatch()
    path = tmp_path_factory.mktemp("finished") / "first"
    lines = []
    from rich.console import Console

    capture.setattr(Console, "print", lambda _, *text, **__: lines.append(" ".join(map(str, text))))
    assert call("train", grey, "--out", path, *OPTIONS) == 0
    capture.undo()
    return SimpleNamespace(path=path, printed="\n".join(lines), data=grey)


@pytest.fixture
def run(session, tmp_path):
    """Return a copy of the finished run, which a test may break."""
    path = tmp_path / "finished"
    shutil.copytree(session.path, path)
    return path


def tree(path):
    """Return every file below ``path`` with its content, and every folder."""
    return {str(found.relative_to(path)): found.read_bytes() if found.is_file() else None for found in path.rglob("*")}


@pytest.fixture
def unchanged():
    """Return a context manager that fails when anything below a folder has changed."""
    from contextlib import contextmanager

    @contextmanager
    def watch(path):
        before = tree(path)
        yield
        assert tree(path) == before

    return watch


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path_factory, monkeypatch):
    monkeypatch.chdir(tmp_path_factory.mktemp("here"))


@pytest.fixture
def model(session):
    """The finished run's model; tests do not change it."""
    return zukan.Run.open(session.path).model
