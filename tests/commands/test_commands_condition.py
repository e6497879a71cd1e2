"""Runs that are conditioned on the class of each item."""

import csv
import json

import numpy as np
import pytest

import zukan
from zukan import commands
from zukan.commands import training_runs
from zukan.runs.data import read_items
from zukan.training import conditions as training_conditions
from zukan.training.conditions import class_numbers, conditions
from zukan.training.recipe import Recipe

FIELDS = {"label": "kind", "condition": "label", "epochs": 2, "batch_size": 16, "encoder": {"name": "mlp", "units": [8]},
          "scaling": "none", "likelihood": "normal"}


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """A table of 60 rows in three classes with very different values."""
    path = tmp_path_factory.mktemp("table") / "t.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["a", "b", "kind"])
        for i, row in enumerate(np.random.default_rng(0).normal(size=(60, 2)).tolist()):
            writer.writerow([*row, ("high", "low", "mid")[i % 3]])
    return path


@pytest.fixture(scope="module")
def run(table, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training_runs, "write_atlas", lambda *_: None)
        return zukan.train(table, out=tmp_path_factory.mktemp("run") / "run", prior="conditional", **FIELDS)


def test_the_model_sees_the_class_and_the_run_records_the_classes(run):
    assert run.model.shapes.condition_dim == 3
    assert json.loads(run.file(run.ENVIRONMENT).read_text("utf-8"))["classes"] == ["high", "low", "mid"]
    assert run.recipe.condition == "label"
    assert {"kl", "val_elbo"} <= run.history.keys()


def test_commands_read_the_classes_from_the_data(run, table, tmp_path):
    x, labels, condition, *_ = read_items(run, table)
    assert labels[:3].tolist() == ["high", "low", "mid"]
    assert condition[:4].tolist() == [0, 1, 2, 0]
    commands.encode(run.path, table, tmp_path / "z.npz")
    with np.load(tmp_path / "z.npz") as arrays:
        np.testing.assert_array_equal(arrays["z"], run.model.encode(x, condition=condition))
        assert not np.allclose(arrays["z"], run.model.encode(x, condition=0))
    commands.reconstruct(run.path, table, tmp_path / "r.npz", count=5)
    with np.load(tmp_path / "r.npz") as arrays:
        np.testing.assert_allclose(arrays["x"], run.model.reconstruct(x[:5], condition=condition[:5]), rtol=1e-6)
    scores = commands.score(run.path, table, samples=2, quantile=0.8, picture=tmp_path / "s.png").scores
    np.testing.assert_array_equal(scores, run.model.score(x, condition=condition, samples=2))


def test_a_morph_goes_from_one_class_to_the_other(run, table, tmp_path):
    commands.interpolate(run.path, 0, 1, table, tmp_path / "m.npz", steps=3)
    x, _, condition, *_ = read_items(run, table)
    with np.load(tmp_path / "m.npz") as arrays:
        ends = arrays["x"][[0, 2]]
    np.testing.assert_allclose(ends, run.model.reconstruct(x[:2], condition=condition[:2]), rtol=1e-4, atol=1e-5)


def test_samples_of_one_class_and_of_all_in_turn(run, tmp_path):
    samples = {}
    for condition in (None, "low"):
        commands.sample(run.path, tmp_path / "s.npz", count=4, condition=condition)
        with np.load(tmp_path / "s.npz") as arrays:
            samples[condition] = arrays["x"]
            labels = arrays["y"].tolist()
    assert labels == ["low"] * 4
    np.testing.assert_allclose(samples[None], run.model.sample(4, condition=[0, 1, 2, 0]), rtol=1e-6)
    np.testing.assert_allclose(samples["low"], run.model.sample(4, condition=1), rtol=1e-6)
    with pytest.raises(zukan.InputError, match=r"trained with \(high, low, mid\), got 'lower'; did you mean 'low'"):
        commands.sample(run.path, tmp_path / "s.npz", condition="lower")


def test_a_resumed_run_is_the_same(table, run, tmp_path, monkeypatch):
    monkeypatch.setattr(training_runs, "write_atlas", lambda *_: None)
    part = zukan.train(table, out=tmp_path / "run", prior="conditional", **{**FIELDS, "epochs": 1})
    text = part.file(part.RECIPE).read_text("utf-8").replace("epochs = 1", "epochs = 2")
    part.file(part.RECIPE).write_text(text, "utf-8")
    again = commands.resume(part.path)
    for ours, theirs in zip(again.model.weights, run.model.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_several_models_together(table, tmp_path, monkeypatch):
    monkeypatch.setattr(training_runs, "write_atlas", lambda *_: None)
    runs = zukan.train_many(table, out=tmp_path / "many", seeds=2, prior="conditional", **FIELDS)
    alone = zukan.train(table, out=tmp_path / "alone", prior="conditional", **FIELDS, split_seed=0)
    assert runs[0].history["val_loss"] == pytest.approx(alone.history["val_loss"], rel=1e-4)


def test_data_without_labels(run, tmp_path):
    with pytest.raises(zukan.InputError, match="condition 'label' needs training and test items with labels"):
        zukan.train(np.random.default_rng(0).random((20, 3)), out=tmp_path / "new", condition="label")
    assert not (tmp_path / "new").exists()
    (tmp_path / "t.csv").write_text("a,b\n1,2\n3,4\n")
    with pytest.raises(zukan.InputError, match=r"(?s)kind"):
        commands.encode(run.path, tmp_path / "t.csv", tmp_path / "z.csv")
    with pytest.raises(zukan.InputError, match=r"data must have labels, in the column 'kind'.*got none"):
        commands.encode(run.path, np.ones((3, 2)), tmp_path / "z.csv")


def test_only_the_label_is_a_condition():
    with pytest.raises(zukan.InputError, match="condition must be one of 'label', got 'lable'; did you mean 'label'"):
        Recipe.of(condition="lable")


def test_whole_numbers_are_the_numbers_of_their_classes(monkeypatch):
    x, y = np.random.default_rng(0).random((20, 3), np.float32), np.arange(20) % 2 * 5 + 3
    found = conditions(Recipe(condition="label"), zukan.data.load((x, y)))
    assert found.classes == (3, 8)
    assert found.width == 9
    assert set(found.train) == {3, 8}
    assert class_numbers(np.array(["8", "3"]), found.classes).tolist() == [8, 3]
    monkeypatch.setattr(training_conditions, "MOST", 8)
    with pytest.raises(zukan.InputError, match="numbered from 0 to 7 at most, got labels from 3 to 8"):
        conditions(Recipe(condition="label"), zukan.data.load((x, y)))


def test_a_condition_for_a_run_without_one(tmp_path, monkeypatch):
    monkeypatch.setattr(training_runs, "write_atlas", lambda *_: None)
    plain = zukan.train(np.random.default_rng(0).random((20, 3)), out=tmp_path / "run", epochs=1)
    with pytest.raises(zukan.InputError, match="was trained without one, got '3'; train with --condition label"):
        commands.sample(plain.path, tmp_path / "s.csv", condition="3")
