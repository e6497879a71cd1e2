"""Patience and minutes in a run: the best epoch is its model, also after an interruption."""

import shutil

import numpy as np
import pytest
from keras.callbacks import LambdaCallback

import zukan
from zukan import commands, files
from zukan.commands import budget, training_runs
from zukan.commands.budget import Clock, epochs_within
from zukan.runs import Run

FIELDS = {"epochs": 60, "batch_size": 8, "learning_rate": 0.03, "latent_dim": 4, "encoder": {"name": "mlp", "units": [32]}}
X = np.random.default_rng(0).uniform(size=(40, 12)).astype("float32")


@pytest.fixture(autouse=True, scope="module")
def _without_report():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training_runs, "write_atlas", lambda run, *_: files.write_text(run.file(run.REPORT), ""))
        yield


def trained(path, **fields):
    return zukan.train(X, out=path, **{**FIELDS, **fields})


def assert_same(ours, theirs):
    for mine, other in zip(ours.model.variables, theirs.model.variables, strict=True):
        np.testing.assert_array_equal(mine, other)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return trained(tmp_path_factory.mktemp("whole") / "run", patience=3)


def test_the_model_is_the_best_epoch(whole, tmp_path):
    losses = whole.history["val_loss"]
    best = int(losses.argmin()) + 1
    assert len(losses) == best + 3 < 60
    kept = sorted(path.name for path in whole.file(whole.CHECKPOINTS).iterdir())
    assert kept == [f"epoch-{epoch:05d}.npz" for epoch in (best, best + 2, best + 3)]
    assert_same(whole, trained(tmp_path / "short", epochs=best))


def test_an_interrupted_run_ends_like_one_that_is_not(whole, tmp_path, monkeypatch):
    epochs = len(whole.history["epoch"])

    def interrupt(epoch, logs):
        if epoch == epochs - 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path / "run", patience=3, callbacks=[LambdaCallback(on_epoch_begin=interrupt)])
    with monkeypatch.context() as patch:
        patch.setattr(training_runs, "write_atlas", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):  # killed when the training had stopped, but was not reported
            commands.resume(tmp_path / "run")
    lines = []
    run = commands.resume(tmp_path / "run", log=lines.append)
    assert not any("Training" in line for line in lines)
    np.testing.assert_array_equal(run.history["val_loss"], whole.history["val_loss"])
    assert_same(run, whole)


def test_replicas_keep_their_own_best_epoch(tmp_path):
    for run in zukan.train_many(X, seeds=2, out=tmp_path / "many", patience=2, **FIELDS):
        losses = run.history["val_loss"]
        best = int(losses.argmin()) + 1
        assert len(losses) == best + 2 < 60
        saved = np.load(run.file(run.CHECKPOINTS) / f"epoch-{best:05d}.npz")
        for i, weight in enumerate(run.model.trainable_variables):
            np.testing.assert_array_equal(weight, saved[f"{i:04d}"])


def test_a_damaged_best_epoch(whole, tmp_path):
    run = Run.open(shutil.copytree(whole.path, tmp_path / "copy"))
    (run.file(run.CHECKPOINTS) / f"epoch-{run.history['val_loss'].argmin() + 1:05d}.npz").write_bytes(b"PK")
    run.file(run.REPORT).unlink()
    with pytest.raises(zukan.InputError, match="of the best epoch cannot be read: .*; restore it"):
        commands.resume(run.path)


def test_a_weight_that_never_settles_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(zukan.InputError, match="patience must be 0"):
        trained(tmp_path / "run", patience=2, objective={"name": "elbo", "beta": {"name": "cyclic", "period": 9}})
    assert not (tmp_path / "run").exists()


def test_minutes_give_the_run_of_as_many_epochs(tmp_path, monkeypatch):
    monkeypatch.setattr(budget, "ENOUGH", 0.0)
    lines = []
    del (fields := dict(FIELDS))["epochs"]
    run = zukan.train(X, out=tmp_path / "run", minutes=1e-9, log=lines.append, **fields)
    assert any("s an epoch measured; 1e-09 minutes allow 1 epoch" in line for line in lines)
    recipe = Run.open(run.path).recipe
    assert (recipe.minutes, recipe.epochs) == (1e-9, 1)
    assert_same(run, trained(tmp_path / "other", epochs=1))


def test_epochs_are_the_most_that_minutes_give(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setitem(zukan.train_many.__globals__, "epochs_within", lambda *values: asked.append(values[:2]) or 2)
    run, _ = zukan.train_many(X, seeds=2, out=tmp_path / "many", minutes=3.0, **{**FIELDS, "epochs": 4})
    assert asked == [(3.0, 4)]
    assert (run.recipe.epochs, len(run.history["epoch"])) == (2, 2)


class Alone:
    """One process."""

    size = 1

    def of_first(self, what, text):
        return text


@pytest.mark.parametrize(("item", "compiling", "items", "seconds"), [
    (0.1, 9.0, 5, 0.5),  # the median of the epochs after the first
    (1.0, 60.0, 100, 100.0 * (1 + 0.5 / 3)),  # within the first epoch
    (1 / 1024, 9.0, 2, 1 / 512)])
def test_the_clock(monkeypatch, item, compiling, items, seconds):
    now = [0.0]
    monkeypatch.setattr(budget.time, "perf_counter", lambda: now[0])

    def fit(clock):
        clock.set_params({"steps": items})
        for epoch in range(budget.EPOCHS):
            clock.on_epoch_begin(epoch)
            for batch in range(items):
                now[0] += item + (compiling if epoch == batch == 0 else 0.0)
                clock.on_train_batch_end(batch)
            clock.on_epoch_end(epoch)

    clock, lines = Clock(0.5), []
    assert epochs_within(10.0, None, fit, clock, lines.append, Alone()) == int(600 / seconds)
    assert clock.seconds == pytest.approx(seconds)
    assert epochs_within(10.0, 1, fit, Clock(0.5), lines.append, Alone()) == 1
    assert "it trains 1, as epochs asks for" in lines[-1]
