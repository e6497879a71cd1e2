"""One command at a time writes a run."""

import errno
import multiprocessing
import os
import signal
from types import SimpleNamespace

import numpy as np
import pytest

import zukan
from zukan import files, workflows
from zukan.runs import lock
from zukan.runs.lock import writing

TINY = {"epochs": 1, "encoder": {"name": "mlp", "units": [4]}}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return zukan.train(np.random.default_rng(0).random((12, 4)), out=tmp_path_factory.mktemp("runs") / "run", **TINY)


def refused(function, *arguments, **options):
    with pytest.raises(zukan.InputError, match="must not be written by two commands at once, and another is at it"):
        function(*arguments, **options)


def test_a_second_command_is_refused_and_readers_are_not(run, tmp_path):
    before = {path.name: path.read_bytes() for path in run.path.glob("*.*")}
    with writing(run.path):
        refused(workflows.redraw, run.path)
        refused(zukan.train, np.zeros((9, 4)), out=run.path, force=True, **TINY)
        workflows.encode(run.path, np.zeros((2, 4)), tmp_path / "z.csv")
        assert zukan.Run.open(run.path).metrics == run.metrics
    assert {path.name: path.read_bytes() for path in run.path.glob("*.*")} == before
    with writing(run.path):
        pass


def test_an_unfinished_run_too(run, tmp_path):
    (run.path / "index.html").rename(tmp_path / "index.html")
    with writing(run.path):
        refused(workflows.resume, run.path)
    (tmp_path / "index.html").rename(run.path / "index.html")


def test_a_run_that_is_being_replaced_too(run, monkeypatch):
    seen = []

    def write(path, text):
        if path.name == "recipe.toml":
            refused(writing(run.path).__enter__)
            seen.append(path)
            raise files.cannot_write(path, OSError(errno.ENOSPC, ""))

    monkeypatch.setattr(files, "write_text", write)
    with pytest.raises(zukan.InputError, match="no space left"):
        zukan.train(np.zeros((9, 4)), out=run.path, force=True, **TINY)
    assert seen
    assert run.file("index.html").exists()


def test_the_file_goes_and_a_lock_on_a_file_that_is_gone_is_none(run, monkeypatch):
    real = lock._lock

    def taken_along(descriptor):  # the holder ends between our opening the file and our locking it
        monkeypatch.setattr(lock, "_lock", real)
        run.file(lock.NAME).unlink()
        real(descriptor)

    monkeypatch.setattr(lock, "_lock", taken_along)
    with writing(run.path):
        refused(writing(run.path).__enter__)
    assert not run.file(lock.NAME).exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_file_system_without_locks_and_a_link_in_place_of_the_file(run, monkeypatch, tmp_path):
    import fcntl

    def none(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    run.file(lock.NAME).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(zukan.InputError, match="cannot be written"), writing(run.path):
        pass
    run.file(lock.NAME).unlink()
    assert not list(tmp_path.iterdir())
    monkeypatch.setitem(__import__("sys").modules, "fcntl", SimpleNamespace(**{**vars(fcntl), "flock": none}))
    with writing(run.path):
        pass


def hold(path, held, child):
    with writing(path):
        forked = os.fork()  # as a worker that reads data, which outlives its master for a while
        if forked:
            child.value = forked
            held.set()
        signal.pause()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork.*")
def test_whoever_is_killed_lets_go(run):
    context = multiprocessing.get_context("fork")
    held = context.Event()
    child = context.Value("i", 0)
    other = context.Process(target=hold, args=(run.path, held, child))
    other.start()
    assert held.wait(30)
    refused(writing(run.path).__enter__)
    os.kill(other.pid, signal.SIGKILL)
    other.join()
    try:
        with writing(run.path):
            pass
    finally:
        os.kill(child.value, signal.SIGKILL)
