"""Only one command at a time writes to a run."""

import errno
import multiprocessing
import os
import signal

import numpy as np
import pytest

import zukan
from zukan import commands, files
from zukan.report import atlas
from zukan.runs import lock
from zukan.runs.lock import locked

TINY = {"epochs": 1, "encoder": {"name": "mlp", "units": [4]}}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(atlas, "draw", lambda *_: {})
        patch.setattr(atlas, "page", lambda *_: "")
        return zukan.train(np.random.default_rng(0).random((12, 4)), out=tmp_path_factory.mktemp("lock") / "run", **TINY)


def refused(function, *arguments, **options):
    with pytest.raises(zukan.InputError, match="must not be written by two commands at the same time"):
        function(*arguments, **options)


def test_a_second_writer_is_refused_and_readers_are_not(run, tmp_path):
    before = {path.name: path.read_bytes() for path in run.path.glob("*.*")}
    with locked(run.path):
        refused(commands.report, run.path)
        refused(zukan.train, np.zeros((9, 4)), out=run.path, force=True, **TINY)
        commands.encode(run.path, np.zeros((2, 4)), tmp_path / "z.csv")
        assert zukan.Run.open(run.path).metrics == run.metrics
    assert {path.name: path.read_bytes() for path in run.path.glob("*.*")} == before
    with locked(run.path):
        pass


def test_an_unfinished_run_is_locked_too(run, tmp_path):
    (run.path / "index.html").rename(tmp_path / "index.html")
    with locked(run.path):
        refused(commands.resume, run.path)
    (tmp_path / "index.html").rename(run.path / "index.html")


def test_a_run_that_is_being_replaced_is_locked_too(run, monkeypatch):
    attempts = []

    def write(path, text):
        if path.name == "recipe.toml":
            refused(locked(run.path).__enter__)
            attempts.append(path)
            raise files.cannot_write(path, OSError(errno.ENOSPC, ""))

    monkeypatch.setattr(files, "write_text", write)
    with pytest.raises(zukan.InputError, match="no space left"):
        zukan.train(np.zeros((9, 4)), out=run.path, force=True, **TINY)
    assert attempts
    assert run.file("index.html").exists()


def test_the_file_is_deleted_and_a_lock_on_a_deleted_file_does_not_count(run, monkeypatch):
    real = lock._lock

    def delete_before_lock(descriptor):  # the holder ends after we open the file and before we lock it
        monkeypatch.setattr(lock, "_lock", real)
        run.file(lock.NAME).unlink()
        real(descriptor)

    monkeypatch.setattr(lock, "_lock", delete_before_lock)
    with locked(run.path):
        refused(locked(run.path).__enter__)
    assert not run.file(lock.NAME).exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_file_system_without_locks_and_a_link_at_the_path_of_the_lock(run, monkeypatch, tmp_path):
    import fcntl

    def no_locks(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    run.file(lock.NAME).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(zukan.InputError, match="cannot be written"), locked(run.path):
        pass
    run.file(lock.NAME).unlink()
    assert not list(tmp_path.iterdir())
    monkeypatch.setattr(fcntl, "flock", no_locks)
    with locked(run.path):
        pass


def hold(path, held, child):
    with locked(path):
        forked = os.fork()  # like a worker process, which lives a little longer than its parent
        if forked:
            child.value = forked
            held.set()
        signal.pause()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork.*")
def test_a_killed_process_releases_its_lock(run):
    context = multiprocessing.get_context("fork")
    held = context.Event()
    child = context.Value("i", 0)
    other = context.Process(target=hold, args=(run.path, held, child))
    other.start()
    assert held.wait(30)
    refused(locked(run.path).__enter__)
    os.kill(other.pid, signal.SIGKILL)
    other.join()
    try:
        with locked(run.path):
            pass
    finally:
        os.kill(child.value, signal.SIGKILL)
