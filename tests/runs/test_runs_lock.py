"""One command at a time writes a run."""

import multiprocessing
import os
import signal

import numpy as np
import pytest

import zukan
from zukan import workflows
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


def hold(path, held):
    with writing(path):
        held.set()
        signal.pause()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork.*")
def test_whoever_is_killed_lets_go(run):
    context = multiprocessing.get_context("fork")
    held = context.Event()
    other = context.Process(target=hold, args=(run.path, held))
    other.start()
    assert held.wait(30)
    refused(writing(run.path).__enter__)
    os.kill(other.pid, signal.SIGKILL)
    other.join()
    with writing(run.path):
        pass
