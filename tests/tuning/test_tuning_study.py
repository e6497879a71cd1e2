"""A search: how trials end, what is stored, and how processes share a study."""

import dataclasses
import sqlite3
import threading

import hypothesis
import numpy as np
import optuna
import pytest
from hypothesis.extra.numpy import arrays

import zukan
from blobs import blobs
from zukan.data import load
from zukan.training.recipe import Recipe
from zukan.tuning import criteria, storage
from zukan.tuning.pruning import PrunedError, Pruning, StopPruned, make_pruner
from zukan.tuning.records import pareto_front, records
from zukan.tuning.space import parse
from zukan.tuning.trials import Search, _Drawn

RECIPE = Recipe(epochs=2, batch_size=16, encoder={"name": "mlp", "units": [4]}, likelihood="bernoulli", missing=False)


@pytest.fixture(scope="module")
def data():
    x, y = blobs(60), np.arange(60) % 2
    return criteria.with_validation(load({"x_train": x[:40], "y_train": y[:40], "x_test": x[40:], "y_test": y[40:]}), 0.25, 0)


@pytest.fixture
def search_in(tmp_path, data):
    """A function that opens the study of the test and returns a search in it."""

    def build(search, total, *, criterion="elbo", pruner="none", kind=Search, recipe=RECIPE, **options):
        with storage.quiet():
            study = storage.open_study(tmp_path, None, "s", criteria.CRITERIA[criterion].direction, {"search": search})
        study.pruner = make_pruner(pruner, recipe.epochs)
        return kind(study, parse(search, recipe), recipe, data, criterion, criteria.CRITERIA[criterion], total, **options)

    return build


class Instant(Search):
    """A search whose trainings take no time; the criterion is the learning rate."""

    def _build(self, trial, recipe):
        return _Drawn(trial, recipe, None, [])

    def _train(self, models):
        for drawn in models:
            self._end(drawn.trial, "COMPLETE", drawn.recipe.learning_rate, measures={"seconds": 0.0})


def test_validation_items_come_from_the_training_items():
    x, y = np.arange(40.0, dtype="float32").reshape(-1, 1) / 40, np.arange(40) % 4
    data = load({"x_train": x[:32], "y_train": y[:32], "x_test": x[32:], "y_test": y[32:]})
    held = criteria.with_validation(data, 0.25, 3)
    together = np.concatenate([held.train.x, held.test.x])
    assert np.array_equal(np.sort(together, axis=0), data.train.x)
    assert list(np.bincount(held.test.y)) == [2, 2, 2, 2]
    assert np.array_equal(data.train.x[held.test.rows], held.test.x)
    assert np.array_equal(criteria.with_validation(data, 0.25, 3).test.x, held.test.x)


def test_a_measured_model(trained, data):
    vae, held = trained, data.test
    measured = criteria.measure(vae, data, "elbo", 5)
    elbo = vae.elbo(held.x, seed=5, same_draws=False).mean()
    assert measured["value"] == measured["elbo"] == pytest.approx(elbo, rel=1e-6)
    assert measured["rate"] + measured["distortion"] == pytest.approx(-elbo, rel=1e-5)
    assert criteria.measure(vae, data, "reconstruction", 5)["value"] == measured["distortion"]
    assert measured["bound"] > measured["elbo"]
    assert criteria.measure(vae, data, "knn", 5)["value"] == 1.0  # the two groups are far apart
    assert criteria.measure(vae, data, "bound", 5)["value"] == measured["bound"]


@hypothesis.given(arrays(float, (7, 3), elements=hypothesis.strategies.integers(0, 3).map(float)))
def test_the_pareto_front(points):
    front = [not any(all(a <= b for a, b in zip(other, point, strict=True)) and any(a < b for a, b in zip(other, point, strict=True))
                     for other in points.tolist()) for point in points.tolist()]
    assert pareto_front(points).tolist() == front


def test_a_bad_trial_is_pruned_and_a_good_one_is_not():
    study = optuna.create_study(direction="maximize", pruner=make_pruner("median", 10))

    def follow(level):
        pruning = Pruning(study.ask(), "val_elbo")
        pruning.set_params({"epochs": 10})
        for epoch in range(10):
            pruning.on_epoch_end(epoch, {"val_elbo": level + epoch})
        study.tell(pruning.trial, level)
        return pruning

    assert [follow(level).pruned_after for level in (0, 1, 2, 3, 4)] == [None] * 5
    good, bad = follow(9), follow(-9)
    assert good.pruned_after is None
    assert bad.pruned_after == 2  # the first epoch after the warm-up of a tenth of the epochs
    StopPruned([good, bad]).on_epoch_end(3)
    with pytest.raises(PrunedError):
        StopPruned([bad, bad]).on_epoch_end(3)


@pytest.mark.thorough  # two searches; that replicas equal their own fits is tested in any case
def test_trials_that_train_together_equal_those_that_train_alone(search_in, tmp_path, monkeypatch):
    search = {"learning_rate": "1e-3..1e-2:log", "beta": "0.5..2", "latent_dim": "3"}
    lines = []
    alone = search_in(search, 3, log=lines.append)
    alone.run()
    first = records(alone.study)
    (tmp_path / storage.FILE).unlink()
    together = search_in(search, 3, together=3)
    groups = []
    monkeypatch.setattr(together, "_fit", lambda models, recipe: groups.append(len(models)) or Search._fit(together, models, recipe))
    together.run()
    assert groups == [3]
    for one, other in zip(first, records(together.study), strict=True):
        assert one.fields == other.fields
        assert one.value == pytest.approx(other.value, rel=1e-4)
        assert one.recipe == other.recipe
    assert len({trial.value for trial in first}) == 3
    assert "the best so far" in lines[0]


def test_a_trial_that_is_refused_or_diverges_does_not_end_the_study(search_in):
    changes = ({"learning_rate": 1e30}, {"posterior": "sphere"}, {})
    for total, fields in enumerate(changes, 1):
        search = search_in({"beta": "1..2"}, total, recipe=dataclasses.replace(RECIPE, **fields))
        search.run()
    diverged, refused, complete = records(search.study)
    assert [diverged.state, refused.state, complete.state] == ["failed", "failed", "complete"]
    assert "learning_rate" in diverged.reason
    assert "kept" not in diverged.reason  # that is about the folder of a run
    assert "sphere" in refused.reason
    assert 'posterior = "sphere"' in refused.recipe


def test_a_stopped_trial_is_made_up_for(search_in, monkeypatch):
    search = search_in({"learning_rate": "1e-3..1e-2"}, 3, kind=Instant)
    monkeypatch.setattr(search, "_train", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        search.run()
    assert [trial.state for trial in records(search.study)] == ["stopped"]
    search_in({"learning_rate": "1e-3..1e-2"}, 3, kind=Instant).run()
    assert [trial.state for trial in records(search.study)] == ["stopped", "complete", "complete", "complete"]


def test_the_trial_of_a_killed_process_is_made_up_for(search_in, tmp_path):
    search = search_in({"learning_rate": "1e-3..1e-2"}, 2, kind=Instant)
    with storage.quiet(), storage.alive(search.study, [search.study.ask()]):
        pass
    with sqlite3.connect(tmp_path / storage.FILE) as database:
        database.execute("UPDATE trial_heartbeats SET heartbeat = datetime(heartbeat, '-1 hour')")
    search.run()
    assert [trial.state for trial in records(search.study)] == ["stopped", "complete", "complete"]


def test_the_draws_do_not_depend_on_an_interruption(search_in, tmp_path):
    drawn = []
    for totals in ((14,), (5, 14)):
        for total in totals:
            search = search_in({"learning_rate": "1e-3..1e-2"}, total, kind=Instant)
            search.run()
        drawn.append([trial.fields for trial in records(search.study)])
        (tmp_path / storage.FILE).unlink()
    assert drawn[0] == drawn[1]


# `quiet` sets the filters of warnings, which threads share, so that one may end what the other still needs.
@pytest.mark.filterwarnings("ignore")
def test_several_workers_share_a_study(search_in):
    searches = [search_in({"learning_rate": "1e-3..1e-2"}, 9, kind=Instant) for _ in range(2)]
    workers = [threading.Thread(target=search.run) for search in searches]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    trials = records(searches[0].study)
    assert sum(trial.state == "complete" for trial in trials) == 9
    assert {trial.state for trial in trials} <= {"complete", "stopped"}


def test_a_study_has_one_search(search_in):
    search_in({"learning_rate": "1e-3..1e-2"}, 1, kind=Instant)
    with pytest.raises(zukan.InputError, match=r"got learning_rate 1e-3..1e-1 instead of 1e-3..1e-2; use these"):
        search_in({"learning_rate": "1e-3..1e-1"}, 1, kind=Instant)


def test_a_database_that_cannot_be_opened(tmp_path):
    for url, says in {"nothing": "cannot be opened", f"sqlite:///{tmp_path}": "cannot be opened"}.items():
        with storage.quiet(), pytest.raises(zukan.InputError, match=says):
            storage.open_study(tmp_path, url, "s", "maximize", {})


def test_a_criterion_that_the_data_or_the_model_does_not_allow(data, search_in):
    with pytest.raises(zukan.InputError, match="knn"):
        criteria.check("knn", dataclasses.replace(data, train=dataclasses.replace(data.train, y=None)))
    search = search_in({"learning_rate": "1e-3..1e-2"}, 1, recipe=dataclasses.replace(RECIPE, posterior="delta", objective="reconstruction"))
    search.run()
    assert "criterion 'elbo' needs a posterior with a density" in records(search.study)[0].reason
