"""A run that is killed, for real, ends as if it had not been."""

import csv
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import zukan

EPOCHS = 40


def command(*words):
    return [sys.executable, "-m", "zukan", *map(str, words)]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "small.npz"
    mnist = zukan.data.load("mnist")
    np.savez(path, x_train=(mnist.train.x[:700, ::4, ::4, 0] * 255).astype("uint8"), y_train=mnist.train.y[:700],
             x_test=(mnist.test.x[:90, ::4, ::4, 0] * 255).astype("uint8"), y_test=mnist.test.y[:90])
    return path


def training(data, out):
    return command("train", data, "--out", out, "--epochs", EPOCHS, "--encoder", '{name="mlp", units=[16]}',
                   "--warmup-epochs", 20, "--decay", "cosine", "--batch-size", 32)


@pytest.fixture(scope="module")
def whole(data, tmp_path_factory):
    """A run that nobody stopped."""
    out = tmp_path_factory.mktemp("whole") / "run"
    subprocess.run(training(data, out), check=True, capture_output=True)
    return zukan.Run.open(out)


def history(run):
    with run.file("history.csv").open() as file:
        return [{name: value for name, value in row.items() if name != "seconds"} for row in csv.DictReader(file)]


def assert_equal(run, whole):
    assert history(run) == history(whole)
    assert len(history(run)) == EPOCHS
    for mine, theirs in zip(run.model.variables, whole.model.variables, strict=True):
        assert np.array_equal(mine, theirs), mine.path
    for mine, theirs in zip(run.model.optimizer.variables, whole.model.optimizer.variables, strict=True):
        assert np.array_equal(mine, theirs), mine.path
    assert json.loads(run.file("metrics.json").read_text()) == json.loads(whole.file("metrics.json").read_text())


MOMENTS = {  # fifty random ones are `python -m benchmarks.reliability --only kill`
    "in the middle of training": lambda out: len(list((out / "checkpoints").glob("epoch-0002*.npz"))) > 0,
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_resume_after_kill_equals_the_whole_run(moment, data, whole, tmp_path):
    out = tmp_path / "run"
    process = subprocess.Popen(training(data, out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not MOMENTS[moment](out):
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not (out / "index.html").exists()
    resumed = subprocess.run(command("resume", out), capture_output=True, text=True, check=False)
    assert resumed.returncode == 0, resumed.stderr
    assert_equal(zukan.Run.open(out), whole)
    assert not [path for path in out.rglob("*") if ".part" in path.name]


def test_interrupt_saves_and_says_how_to_go_on(data, whole, tmp_path):
    out = tmp_path / "run"
    # A shell that starts the tests in the background hands down an ignored SIGINT; a handler becomes the default below.
    given = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(training(data, out), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    signal.signal(signal.SIGINT, given)
    while not list((out / "checkpoints").glob("epoch-*.npz")):
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=300)
    assert process.returncode == 130, (stdout, stderr)
    assert f"zukan resume {out}" in stdout
    assert "Traceback" not in stderr
    subprocess.run(command("resume", out), check=True, capture_output=True)
    assert_equal(zukan.Run.open(out), whole)


def test_resume_of_a_finished_run_leaves_it_alone(whole):
    before = {path: path.stat().st_mtime_ns for path in whole.path.rglob("*")}
    done = subprocess.run(command("resume", whole.path), capture_output=True, text=True, check=True)
    assert "finished" in done.stdout
    assert before == {path: path.stat().st_mtime_ns for path in whole.path.rglob("*")}


def test_resume_refuses_data_that_changed(data, whole, tmp_path):
    import shutil

    from zukan import workflows

    copy, other = tmp_path / "run", tmp_path / "other.npz"
    shutil.copytree(whole.path, copy)
    (copy / "index.html").unlink()
    with np.load(data) as arrays:
        changed = dict(arrays)
    changed["x_train"][0, 0, 0] ^= 1
    np.savez(other, **changed)
    recipe = copy / "recipe.toml"
    recipe.write_text(recipe.read_text().replace(str(data), str(other)))
    with pytest.raises(zukan.InputError, match="sha256"):
        workflows.resume(copy)


def test_environment_is_not_needed_from_the_shell(data, whole):
    """The run records what it was trained with, and the folder holds the files that CONTRIBUTING lists."""
    assert whole.environment["packages"]["keras"]
    assert whole.environment["backend"] == os.environ["KERAS_BACKEND"]
    names = {path.name for path in whole.path.iterdir()}
    assert names == {"recipe.toml", "environment.json", "model.keras", "history.csv", "metrics.json", "figures",
                     "index.html", "checkpoints"}
    assert whole.recipe.data == str(data)
