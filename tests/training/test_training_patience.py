"""Patience stops where Keras's EarlyStopping does, and knows when a weight of the loss has settled."""

import types

import keras
import numpy as np
import pytest

import zukan
from zukan import schedules
from zukan.training import replicas
from zukan.training.patience import Patience, first_epoch


def by_keras(losses, patience, first):
    """Return how many epochs Keras trains, and the best of those that count."""
    stopper = keras.callbacks.EarlyStopping("val_loss", patience=patience, start_from_epoch=first - 1)
    stopper.set_model(types.SimpleNamespace(stop_training=False, jax_state_sync=lambda: None))
    stopper.on_train_begin()
    for epoch, loss in enumerate(losses):
        stopper.on_epoch_end(epoch, {"val_loss": loss})
        if stopper.model.stop_training:
            return epoch + 1, stopper.best_epoch + 1
    return len(losses), stopper.best_epoch + 1


@pytest.mark.parametrize("resumed", [False, True])
def test_it_stops_where_keras_does(resumed):
    rng = np.random.default_rng(0)
    for _ in range(300):
        patience, first, n = rng.integers(1, 5), rng.integers(1, 6), rng.integers(8, 30)
        losses = rng.integers(0, 12, n).astype(float).tolist()
        epochs, best = by_keras(losses, patience, first)
        done = int(rng.integers(0, epochs)) if resumed else 0
        ours = Patience(int(patience), int(first), losses[:done])
        ours.set_model(types.SimpleNamespace(stop_training=False, jax_state_sync=lambda: None))
        trained = done
        while trained < n and not ours.is_over:
            assert not ours.model.stop_training
            ours.on_epoch_end(trained, {"val_loss": losses[trained]})
            trained += 1
        assert (trained, ours.best) == (epochs, best)
        assert ours.model.stop_training == ours.is_over


def test_without_patience_the_best_epoch_is_the_last():
    assert Patience(0, losses=[1.0, 2.0, 3.0]).best == 3
    assert not Patience(0, losses=[1.0, 2.0, 3.0]).is_over
    assert Patience(2, 4, [1.0, 2.0, 3.0]).best == 3  # none counts yet
    assert Patience(2, losses=[np.nan, 2.0, np.inf]).best == 2


@pytest.mark.parametrize("schedule", [
    schedules.Constant(0.5), schedules.LinearWarmup(7, 2.0), schedules.Exponential(0.25, 2.0, 0.1),
    schedules.Exponential(0.25, 0.1)], ids=repr)
def test_a_schedule_settles_when_it_says(schedule):
    steps = np.arange(100, dtype="float32")
    weights = np.asarray(schedule(steps))
    last = weights[-1]
    changing = np.flatnonzero(np.abs(weights - last) > 1e-6)
    assert int(np.ceil(schedule.settles())) == (changing[-1] + 1 if len(changing) else 0)


def test_the_first_epoch_that_counts_follows_the_warmup(make):
    warm = {"name": "elbo", "beta": {"name": "warmup", "steps": 12}}
    assert [first_epoch(make(objective=warm), steps) for steps in (5, 6, 100)] == [3, 2, 1]
    assert first_epoch(make(), 5) == 1
    with pytest.raises(zukan.InputError, match="patience must be 0 .* got Cyclic"):
        first_epoch(make(objective={"name": "elbo", "beta": {"name": "cyclic", "period": 4}}), 5)


class Stop(keras.callbacks.Callback):
    """Stop after an epoch, and note what is heard."""

    only_reads = True

    def __init__(self, after):
        super().__init__()
        self.after, self.heard = after, []

    def on_epoch_end(self, epoch, logs=None):
        self.heard.append(epoch)
        if epoch == self.after:
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        self.heard.append("end")


@pytest.mark.parametrize("afters", [(1, 3), (2, 2)])
def test_each_replica_stops_on_its_own(make, x, afters):
    models = [make(seed=seed) for seed in (0, 1)]
    stops = [Stop(after) for after in afters]
    together = Stop(99)
    failed = replicas.fit(models, x, x[:16], epochs=6, batch_size=8, callbacks=[[stop] for stop in stops], together=[together])
    assert failed == {}
    assert [stop.heard for stop in stops] == [[*range(after + 1), "end"] for after in afters]
    assert together.heard == [*range(max(afters) + 1), "end"]  # nothing is trained in vain
