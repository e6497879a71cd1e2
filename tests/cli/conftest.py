"""Commands called in this process, a small data file, and one finished run."""

import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from rich.console import Console

import zukan
from zukan import cli

OPTIONS = ("--epochs", "2", "--batch-size", "8", "--encoder", '{name="mlp", units=[8]}')


@pytest.fixture(scope="session")
def grey(tmp_path_factory):
    """A file of 24 training and 10 test images of 4 x 4 pixels, in two classes."""
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
    except SystemExit as end:  # --help exits
        return end.code


@pytest.fixture
def command(capsys):
    """A function that runs a command, which must succeed, and returns what it printed."""

    def run(*words):
        code = call(*words)
        printed = capsys.readouterr()
        assert code == 0, printed.err
        assert not printed.err
        return printed.out

    return run


@pytest.fixture
def refused(capsys):
    """A function that runs a command, which must fail with one line, and returns that line."""

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


class Session(NamedTuple):
    """A training by the command line."""

    path: Path
    data: Path
    printed: str


@pytest.fixture(scope="session")
def session(tmp_path_factory, grey):
    """One training by ``zukan train``, for all tests that only read the run."""
    path, lines = tmp_path_factory.mktemp("finished") / "first", []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Console, "print", lambda _, *text, **__: lines.append(" ".join(map(str, text))))
        assert call("train", grey, "--out", path, *OPTIONS) == 0
    return Session(path, grey, "\n".join(lines))


@pytest.fixture
def run(session, tmp_path):
    """A copy of the finished run, which a test may change."""
    path = tmp_path / "finished"
    shutil.copytree(session.path, path)
    return path


def tree(path):
    """Return all files below ``path`` with their contents, and all folders."""
    return {str(item.relative_to(path)): item.read_bytes() if item.is_file() else None for item in path.rglob("*")}


@pytest.fixture
def unchanged():
    """A context manager that fails if anything below a folder changes."""

    @contextmanager
    def watch(path):
        before = tree(path)
        yield
        assert tree(path) == before

    return watch


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path_factory, monkeypatch):
    monkeypatch.chdir(tmp_path_factory.mktemp("here"))


@pytest.fixture
def model(session):
    """The finished run's model; tests do not change it."""
    return zukan.Run.open(session.path).model
