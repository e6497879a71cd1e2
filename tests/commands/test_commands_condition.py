"""Runs that are conditioned on the class of each item, or on columns of a table."""

import csv
import json

import numpy as np
import pytest

import zukan
from zukan import commands
from zukan.commands import training_runs
from zukan.runs.data import features, read_items

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
    (field,) = json.loads(run.file(run.ENVIRONMENT).read_text("utf-8"))["condition"]
    assert (field["name"], field["classes"]) == ("label", ["high", "low", "mid"])
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
    tidy = features(run)[1].tidy  # moves values into the range of the table
    np.testing.assert_allclose(samples[None], tidy(run.model.sample(4, condition=[0, 1, 2, 0], draw=True)), rtol=1e-6)
    np.testing.assert_allclose(samples["low"], tidy(run.model.sample(4, condition=1, draw=True)), rtol=1e-6)
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
    with pytest.raises(zukan.InputError, match="condition 'label' needs items with labels, got none"):
        zukan.train(np.random.default_rng(0).random((20, 3)), out=tmp_path / "new", condition="label")
    assert not (tmp_path / "new").exists()
    (tmp_path / "t.csv").write_text("a,b\n1,2\n3,4\n")
    with pytest.raises(zukan.InputError, match=r"(?s)kind"):
        commands.encode(run.path, tmp_path / "t.csv", tmp_path / "z.csv")
    with pytest.raises(zukan.InputError, match=r"needs items with labels, in the column 'kind', got none"):
        commands.encode(run.path, np.ones((3, 2)), tmp_path / "z.csv")


def test_a_condition_for_a_run_without_one(tmp_path, monkeypatch):
    monkeypatch.setattr(training_runs, "write_atlas", lambda *_: None)
    plain = zukan.train(np.random.default_rng(0).random((20, 3)), out=tmp_path / "run", epochs=1)
    with pytest.raises(zukan.InputError, match="was trained without one, got '3'; train with --condition label"):
        commands.sample(plain.path, tmp_path / "s.csv", condition="3")


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    """A table of 60 people: the height depends on the sex, and the weight on the age."""
    path = tmp_path_factory.mktemp("people") / "people.csv"
    rng = np.random.default_rng(1)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["height", "weight", "sex", "age"])
        for i in range(60):
            age = int(rng.integers(20, 60))
            writer.writerow([rng.normal(180 if i % 2 else 165, 5), rng.normal(50 + age / 2, 3), "FM"[i % 2], age])
    return path


@pytest.fixture(scope="module")
def columns_run(people, tmp_path_factory):
    """A run with two columns as its condition, a class and a number, with its report."""
    fields = {**FIELDS, "label": None, "condition": "sex, age", "scaling": "standard"}
    return zukan.train(people, out=tmp_path_factory.mktemp("run") / "run", **fields)


def test_columns_as_condition_are_not_features(columns_run, people):
    assert columns_run.model.shapes[:3] == ((2,), 2, 3)
    assert columns_run.recipe.condition == "sex, age"
    x, labels, condition, *_ = read_items(columns_run, people)
    assert labels is None
    assert x.shape == (60, 2)
    raw = zukan.data.load(people, condition=["sex", "age"])
    np.testing.assert_allclose(condition[:, 2].mean(), 0, atol=0.3)
    np.testing.assert_array_equal(condition[:4, :2], [[1, 0], [0, 1], [1, 0], [0, 1]])
    assert raw.columns == ("height", "weight")


def test_samples_under_columns(columns_run, people, tmp_path):
    model, table = columns_run.model, zukan.data.load(people, condition=["sex", "age"], seed=0)
    commands.sample(columns_run.path, tmp_path / "s.npz", count=5, condition={"sex": "F", "age": 30}, draw=False)
    fitted = table.condition
    row = fitted.encode({"sex": np.array(["F"]), "age": np.array([30.0])})
    with np.load(tmp_path / "s.npz") as arrays:
        np.testing.assert_allclose(
            arrays["x"], table.scaling.undo(model.sample(5, condition=np.repeat(row, 5, axis=0))), rtol=1e-5)
        again = zukan.data.load(dict(arrays), condition=["sex", "age"])  # our own file keeps the condition
    assert set(again.condition.decode(again.train.condition)["sex"]) == {"F"}
    commands.sample(columns_run.path, tmp_path / "s.csv", count=40, condition=["age=30"])
    rows = list(csv.DictReader((tmp_path / "s.csv").read_text("utf-8").splitlines()))
    assert {float(row["age"]) for row in rows} == {30.0}
    assert {row["sex"] for row in rows} == {"F", "M"}  # those of the training items, in random order
    for condition, message in (("age", "must be a column and its value, got 'age'; give sex=VALUE"),
                               ("agee=3", "'agee'; did you mean 'age'"), ("sex=X", r"\(F, M\), got 'X'"),
                               ("age=old", "age must be a number, got 'old'"), ("age=nan", "age must be a finite number")):
        with pytest.raises(zukan.InputError, match=message):
            commands.sample(columns_run.path, tmp_path / "s.csv", condition=condition)


def test_the_report_names_the_columns(columns_run):
    text = columns_run.file(columns_run.REPORT).read_text("utf-8")
    assert "see the condition of x as well: sex and age." in text
    assert "All are decoded under the condition sex = " in text
    assert "then drawn from p(x|z)" in text
    for name in ("samples", "styles", "morph"):
        assert (columns_run.file(columns_run.FIGURES) / f"{name}.png").exists()


def test_data_without_the_columns(columns_run, tmp_path):
    (tmp_path / "t.csv").write_text("height,weight,sex\n1,2,F\n3,4,M\n")
    with pytest.raises(zukan.InputError, match=r"'height', 'weight', 'sex', got 'age'"):
        commands.encode(columns_run.path, tmp_path / "t.csv", tmp_path / "z.csv")
    with pytest.raises(zukan.InputError, match=r"condition 'sex' must be a column of a table"):
        commands.encode(columns_run.path, np.ones((3, 2)), tmp_path / "z.csv")


def test_frames_in_memory_keep_the_condition_in_the_run(tmp_path, monkeypatch):
    pandas = pytest.importorskip("pandas")
    monkeypatch.setattr(training_runs, "write_atlas", lambda *_: None)
    rng = np.random.default_rng(0)
    frame = pandas.DataFrame({"a": rng.normal(size=30), "b": rng.normal(size=30), "sex": ["F", "M", "M"] * 10})
    run = zukan.train(frame, out=tmp_path / "run", condition="sex", epochs=1, encoder={"name": "mlp", "units": [4]})
    x, _, condition, *_ = read_items(run)
    assert set(condition) <= {0, 1}
    assert len(x) == len(condition) == 5


def test_frames_in_memory_keep_the_names_of_their_rows(tmp_path, monkeypatch):
    pandas = pytest.importorskip("pandas")
    monkeypatch.setattr(training_runs, "write_atlas", lambda *_: None)
    frame = pandas.DataFrame(np.random.default_rng(0).normal(size=(12, 2)), [f"p{i}" for i in range(12)], ["a", "b"])
    run = zukan.train(frame, out=tmp_path / "run", epochs=1, encoder={"name": "mlp", "units": [4]})
    assert read_items(run).ids.tolist() == zukan.data.load(frame).test.ids.tolist()
