"""Commands as two processes: they give what one process gives, and end together."""

import shutil
import time

import numpy as np
import pytest
from starting import ended, run, started

import zukan
from zukan import cli
from zukan.training.history import read_history

EPOCHS = 10
OPTIONS = ("--epochs", str(EPOCHS), "--batch-size", "8", "--encoder", '{name="mlp", units=[8]}')


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with data and a run of one process: 60 training and 18 test images of 4 x 4 pixels, in two classes."""
    folder = tmp_path_factory.mktemp("processes")
    y = np.arange(78) % 2
    x = np.random.default_rng(0).normal(np.where(y, 200, 50)[:, None, None], 20, (78, 4, 4)).clip(0, 255).astype("uint8")
    np.savez(folder / "grey.npz", x_train=x[:60], y_train=y[:60], x_test=x[60:], y_test=y[60:])
    assert cli.run(["train", str(folder / "grey.npz"), "--out", str(folder / "one"), *OPTIONS]) == 0
    return folder


def history(run):
    return np.array([[value for name, value in row.items() if name != "seconds"] for row in read_history(run / "history.csv")])


def weights(run):
    with np.load(max((run / "checkpoints").glob("epoch-*.npz"))) as saved:
        return [saved[name] for name in saved.files]


def test_training_as_two_processes(place):
    """It equals one process; a process that dies ends the other; resumed, it equals the undisturbed run bit for bit."""
    first, second = run(2, "train", "grey.npz", "--out", "two", *OPTIONS, cwd=place)
    assert (first.code, first.err, second) == (0, "", (0, "", ""))
    assert f"epoch {EPOCHS}/{EPOCHS} · loss" in first.out
    assert "Gloo" not in first.out
    assert zukan.Run.open(place / "two").is_finished
    np.testing.assert_allclose(history(place / "two"), history(place / "one"), rtol=1e-6, atol=1e-7)

    with started(2, "train", "grey.npz", "--out", "killed", *OPTIONS, cwd=place) as (first, second):
        while not (place / "killed" / "checkpoints" / "epoch-00002.npz").exists():
            assert first.poll() is None
            time.sleep(0.01)
        second.kill()
        survivor = ended(first)
        assert survivor.code == 3
        assert survivor.err == "zukan: process 1 (of 0 to 1) has ended, so all end; continue with  zukan resume killed\n"
    assert len(history(place / "killed")) < EPOCHS
    shutil.copytree(place / "killed", place / "by-one")

    assert [process.code for process in run(2, "resume", "killed", cwd=place)] == [0, 0]
    np.testing.assert_array_equal(history(place / "killed"), history(place / "two"))
    assert all(map(np.array_equal, weights(place / "killed"), weights(place / "two")))
    assert (place / "killed" / "metrics.json").read_text() == (place / "two" / "metrics.json").read_text()

    assert cli.run(["resume", str(place / "by-one")]) == 0
    np.testing.assert_allclose(history(place / "by-one"), history(place / "one"), rtol=1e-6, atol=1e-7)


def test_rows_are_divided_and_the_output_is_the_same(place):
    np.save(place / "rows.npy", np.random.default_rng(1).integers(0, 255, (2500, 4, 4), "uint8"))
    words = ("encode", "one", "rows.npy", "--sample", "--out")
    first, second = run(2, *words, "two.csv", cwd=place)
    assert (first.code, first.err, second) == (0, "", (0, "", ""))
    assert first.out.endswith("two.csv: 2,500 codes of 2 dimensions\n")
    assert cli.run(["encode", str(place / "one"), str(place / "rows.npy"), "--sample", "--out", str(place / "one.csv")]) == 0
    assert (place / "two.csv").read_bytes() == (place / "one.csv").read_bytes()


def test_a_mistake_is_said_once(place):
    first, second = run(2, "train", "grey.npz", "--out", "mistake", "--batch-size", "7", cwd=place)
    assert (first.code, second) == (2, (2, "", ""))
    assert first.err.startswith("zukan: batch_size must be a multiple of the number of devices")
    assert first.err.count("\n") == 1


@pytest.mark.thorough
def test_a_training_that_diverges_says_so_once(place):
    first, second = run(2, "train", "grey.npz", "--out", "diverged", *OPTIONS, "--learning-rate", "1e18", cwd=place)
    assert (first.code, second) == (2, (2, "", ""))
    assert first.err.count("\n") == 1
    assert "at step 2" in first.err


@pytest.mark.thorough
def test_the_first_process_dies(place):
    with started(2, "train", "grey.npz", "--out", "headless", *OPTIONS, cwd=place) as (first, second):
        while not (place / "headless" / "checkpoints" / "epoch-00002.npz").exists():
            time.sleep(0.01)
        first.kill()
        survivor = ended(second)
        assert survivor.code == 3
        assert survivor.err == "zukan: process 0 (of 0 to 1) has ended, so all end; continue with  zukan resume headless\n"


@pytest.mark.thorough
@pytest.mark.parametrize("size", [3, 4])
def test_several_models_are_divided(place, size):
    words = ("train", "grey.npz", *OPTIONS, "--seeds", "3", "--out")
    assert [process.code for process in run(size, *words, f"seeds-{size}", cwd=place)] == [0] * size
    assert cli.run([*map(str, ("train", place / "grey.npz", *OPTIONS, "--seeds", "3", "--out", place / f"alone-{size}"))]) == 0
    for name in ("seed=0", "seed=1", "seed=2"):
        np.testing.assert_allclose(history(place / f"seeds-{size}" / name), history(place / f"alone-{size}" / name), rtol=1e-6)


@pytest.mark.thorough
def test_training_as_four_processes(place):
    assert [process.code for process in run(4, "train", "grey.npz", "--out", "four", *OPTIONS, cwd=place)] == [0] * 4
    np.testing.assert_allclose(history(place / "four"), history(place / "one"), rtol=1e-6, atol=1e-7)


@pytest.mark.thorough
def test_a_process_that_fails_alone_ends_all(place, tmp_path):
    with started(2, "encode", place / "one", "grey.npz", "--out", "z.csv", cwd=place, elsewhere=tmp_path) as running:
        first, second = map(ended, running)
    assert (first.code, second.code) == (2, 2)
    assert first.err.startswith("zukan: process 1 (of 0 to 1): source must be an existing file")
    assert first.err.count("\n") == 1
    assert not (place / "z.csv").exists()
