"""A run that is killed or interrupted ends bit for bit like a run that is not."""

import csv
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import zukan
from zukan import commands

FIELDS = {"epochs": 40, "encoder": {"name": "mlp", "units": [16]}, "warmup_epochs": 20, "decay": "cosine", "batch_size": 32}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "small.npz"
    mnist = zukan.data.load("mnist")
    np.savez(path, x_train=(mnist.train.x[:700, ::4, ::4, 0] * 255).astype("uint8"), y_train=mnist.train.y[:700],
             x_test=(mnist.test.x[:90, ::4, ::4, 0] * 255).astype("uint8"), y_test=mnist.test.y[:90])
    return path


@pytest.fixture(scope="module")
def whole(data, tmp_path_factory):
    """A run without interruption."""
    return zukan.train(data, out=tmp_path_factory.mktemp("whole") / "run", **FIELDS)


@pytest.fixture
def process(data, tmp_path):
    """The same training by the command line, in its own process, with the run in ``tmp_path / "run"``."""
    words = ["train", data, "--out", tmp_path / "run", "--epochs", 40, "--encoder", '{name="mlp", units=[16]}',
             "--warmup-epochs", 20, "--decay", "cosine", "--batch-size", 32]
    # A shell that starts tests in the background makes its children ignore SIGINT; with a handler here, the child gets
    # the default action.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    child = subprocess.Popen([sys.executable, "-m", "zukan", *map(str, words)], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True)
    signal.signal(signal.SIGINT, handler)
    yield child
    child.kill()
    child.communicate()


def wait_for(process, run, pattern):
    """Wait until a checkpoint with this name exists."""
    deadline = time.monotonic() + 120
    while not list((run / "checkpoints").glob(pattern)):
        assert process.poll() is None, "the training ended first"
        assert time.monotonic() < deadline
        time.sleep(0.002)


def read_history(run):
    with run.file("history.csv").open() as file:
        return [{name: value for name, value in row.items() if name != "seconds"} for row in csv.DictReader(file)]


def assert_equal(run, whole):
    assert run.recipe == whole.recipe
    assert read_history(run) == read_history(whole)
    assert len(read_history(run)) == 40
    for mine, theirs in zip(run.model.variables, whole.model.variables, strict=True):
        assert np.array_equal(mine, theirs), mine.path
    for mine, theirs in zip(run.model.optimizer.variables, whole.model.optimizer.variables, strict=True):
        assert np.array_equal(mine, theirs), mine.path
    assert run.metrics == whole.metrics


def test_a_killed_training_can_be_resumed(process, whole, tmp_path):
    """Fifty random moments are tried by `python -m benchmarks.reliability --only kill`."""
    out = tmp_path / "run"
    wait_for(process, out, "epoch-0002*.npz")
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not (out / "index.html").exists()
    resumed = subprocess.run([sys.executable, "-m", "zukan", "resume", str(out)], capture_output=True, text=True, check=False)
    assert resumed.returncode == 0, resumed.stderr
    assert_equal(zukan.Run.open(out), whole)
    assert not [path for path in out.rglob("*") if ".part" in path.name]


def test_an_interrupted_training_says_how_to_continue(process, whole, tmp_path):
    out = tmp_path / "run"
    wait_for(process, out, "epoch-*.npz")
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=300)
    assert process.returncode == 130, (stdout, stderr)
    assert f"continue with  zukan resume {out}" in stdout
    assert "Traceback" not in stderr
    assert_equal(commands.resume(out), whole)


def test_resuming_a_finished_run_changes_nothing(whole):
    before = {path: path.stat().st_mtime_ns for path in whole.path.rglob("*")}
    assert commands.resume(whole.path).is_finished
    assert before == {path: path.stat().st_mtime_ns for path in whole.path.rglob("*")}


def test_changed_data_is_refused(data, whole, tmp_path):
    out, other = tmp_path / "run", tmp_path / "other.npz"
    out.mkdir()
    for name in ("recipe.toml", "environment.json"):
        (out / name).write_text(whole.file(name).read_text().replace(str(data), str(other)))
    with np.load(data) as arrays:
        changed = dict(arrays)
    changed["x_train"][0, 0, 0] ^= 1
    np.savez(other, **changed)
    with pytest.raises(zukan.InputError, match="sha256"):
        commands.resume(out)


def test_the_files_of_a_finished_run(data, whole):
    assert whole.environment["packages"]["keras"]
    assert whole.environment["backend"] == os.environ["KERAS_BACKEND"]
    assert {path.name for path in whole.path.iterdir()} == {
        "recipe.toml", "environment.json", "model.keras", "history.csv", "metrics.json", "figures", "index.html",
        "checkpoints"}
    assert whole.recipe.data == str(data)
