"""Measuring runs: every section works for every kind of model, or says in one sentence why it is absent."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

import zukan
from zukan import commands
from zukan.cli.app import app
from zukan.commands import training_runs
from zukan.data import Scaling
from zukan.evaluation import annealing
from zukan.runs.data import Read
from zukan.runs.sections import SECTIONS
from zukan.runs.subject import Subject

FIELDS = {"epochs": 2, "batch_size": 16, "encoder": {"name": "mlp", "units": [8]}}


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(training_runs, "write_atlas", lambda *_: None)


def table(path, n=90):
    rng = np.random.default_rng(0)
    cells = [f"{x:.2f},{'yes' if x + y > 0 else 'no'},{'' if y > 1 else rng.choice(['a', 'b', 'c'])}" for x, y in rng.normal(size=(n, 2))]
    path.write_text("\n".join(["size,sold,kind", *cells]) + "\n")
    return path


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """A run of labeled images."""
    folder, rng = tmp_path_factory.mktemp("images"), np.random.default_rng(0)
    y = np.arange(60) % 2
    np.savez(folder / "x.npz", x=((y[:, None, None] * 150 + rng.integers(0, 90, (60, 4, 4))).astype("uint8")), y=y)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training_runs, "write_atlas", lambda *_: None)
        return zukan.train(folder / "x.npz", out=folder / "run", likelihood="normal", **FIELDS)


def test_a_run_of_images_is_measured(images, tmp_path, capsys):
    result = zukan.evaluate(images, draws=20)
    assert images.evaluation == result
    assert [name for name in SECTIONS if name not in result] == list(result["absent"]) == ["ais", "factors", "quality", "imputation"]
    assert result["absent"]["quality"] == "The run was not trained on a table."
    assert set(result["seconds"]) == {name for name in SECTIONS if name in result}
    assert (result["bound"]["draws"], result["bound"]["items"]) == (20, result["classes"]["items"])
    expected = 8 - result["bound"]["bound"] / 16 / np.log(2)  # a density of x / 255, in the units of x
    assert result["bits"]["bits_per_dimension"] == pytest.approx(expected, abs=0.01)
    assert result["rate_distortion"]["rate"] == result["elbo"]["kl"]
    app(["evaluate", str(images.path), str(images.source), "--only", "elbo, classes", "-o", str(tmp_path / "e.json")])
    other = json.loads((tmp_path / "e.json").read_text())
    assert list(other) == ["elbo", "classes", "absent", "seconds"]
    assert other["elbo"]["items"] == 60
    printed = capsys.readouterr().out
    assert f"{-other['elbo']['elbo']:.2f} ± {other['elbo']['elbo_standard_error']:.2f} nats" in printed.replace("\N{MINUS SIGN}", "-")
    assert images.evaluation == result  # other items do not replace it


def test_sections_are_replaced_one_by_one(images):
    first = zukan.evaluate(images, draws=20, only=["elbo", "bound", "quality"], seed=1)
    second = zukan.evaluate(images.path, draws=30, only="bound", seed=2)
    stored = images.evaluation
    assert stored["elbo"] == first["elbo"]
    assert stored["bound"] == second["bound"]
    assert "quality" in stored["absent"]
    images.save_model(images.model)
    assert images.evaluation == {}  # it was of another model


def test_mistakes(images, tmp_path):
    cases = [({"only": ["bounds"]}, "only must be one of 'ais', 'bits', .* got 'bounds'; did you mean 'bound'"),
             ({"draws": 0}, "draws must be a whole number of at least 1, got 0"), ({"ais": -1}, "ais must be a whole number of at least 0, got -1"),
             ({"out": tmp_path / "e.csv"}, "ending of the output file must be one of '.json'"),
             ({"target": "size"}, "must be of a table, but it was trained on arrays or images; give a run of a table"),
             ({"data": np.zeros((3, 5, 5), "uint8")}, r"data must hold items of shape \(4, 4, 1\)")]
    for arguments, message in cases:
        with pytest.raises(zukan.InputError, match=message):
            zukan.evaluate(images, **arguments)
    with pytest.raises(zukan.InputError, match="holds no recipe.toml, so it is not a run"):
        zukan.evaluate(tmp_path)


def test_a_section_with_infinite_numbers_is_absent(images, monkeypatch):
    monkeypatch.setitem(SECTIONS, "elbo", SECTIONS["elbo"]._replace(measure=lambda _: {"a": [{"b": -np.inf}]}))
    result = zukan.evaluate(images, only=["elbo", "latent"])
    assert "infinite or NaN" in result["absent"]["elbo"]
    assert "elbo" not in images.evaluation
    assert "latent" in result


def test_a_run_with_missing_values_is_measured(tmp_path, capsys):
    run = zukan.train(table(tmp_path / "t.csv"), out=tmp_path / "run", missing=True, **FIELDS)
    options = {"count": 40, "target": "sold", "seed": 3, "draws": 10}
    result = commands.evaluate(run.path, out=tmp_path / "e.json", **options)
    assert json.loads((tmp_path / "e.json").read_text()) == result
    assert result["quality"]["rows"]["synthetic"] == 40
    assert result["quality"]["utility"]["target"] == "sold"
    assert list(result["imputation"]["methods"]) == ["mean or mode", "kNN", "IterativeImputer", "this model"]
    assert all(wrong is not None for wrong in result["imputation"]["methods"]["this model"]["wrong"])
    assert result["elbo"]["items"] == 15
    assert set(result["absent"]) == {"ais", "bits", "classes", "map", "factors", "generation"}
    app(["evaluate", str(run.path), "--count", "40", "--target", "sold", "--seed", "3", "--draws", "10"])
    again = json.loads((run.path / "evaluation.json").read_text())
    assert all(again[name] == result[name] for name in SECTIONS if name in result)
    printed = capsys.readouterr().out
    assert f"{result['quality']['overall']:.3f}" in printed
    assert "models that predict sold" in printed
    assert "this model" in printed
    with pytest.raises(zukan.InputError, match="target must be one of 'kind', 'size', 'sold', got 'solt'; did you mean"):
        commands.evaluate(run.path, target="solt")


def test_a_run_without_missing_values_has_no_errors_of_filled_gaps(tmp_path):
    rng = np.random.default_rng(0)
    (tmp_path / "t.csv").write_text("\n".join(["a,b", *(f"{a:.3f},{b:.3f}" for a, b in rng.normal(size=(60, 2)))]) + "\n")
    run = zukan.train(tmp_path / "t.csv", out=tmp_path / "run", **FIELDS)
    result = zukan.evaluate(run, only=["quality", "imputation"])
    assert result["absent"] == {"imputation": "The model fills no gaps: that needs missing values in training, densities, and no condition."}
    assert result["quality"]["rows"] == {"train": 50, "test": 10, "synthetic": 50}


KINDS = {
    "points": ({"posterior": "delta", "objective": "reconstruction"}, {"bound", "ais", "rate_distortion", "bits", "information"}),
    "codes": ({"posterior": {"name": "vq", "entries": 4}, "prior": "categorical"}, {"ais", "information", "map", "bits"}),
    "sphere": ({"posterior": "sphere", "prior": "sphere", "latent_dim": 3}, {"ais", "bits"}),
    "ladder": ({"posterior": {"name": "ladder", "widths": [1, 2], "units": 4}, "prior": "ladder", "latent_dim": 3}, {"bits"}),
    "flow": ({"posterior": {"name": "planar", "flows": 1}}, {"information", "bits"}),
    "condition": ({"condition": 2, "prior": "conditional"}, {"information", "bits"}),
}


SLOW = {"ladder", "sphere"}  # they compile for seconds; the other kinds cover the same branches but for the sphere's z


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=pytest.mark.thorough) if kind in SLOW else kind
                                  for kind in KINDS])
def test_every_kind_of_model(kind, make, x, monkeypatch):
    """An untrained model in place of a run's; ``absent`` are the sections that do not apply to its kind."""
    options, absent = KINDS[kind]
    monkeypatch.setattr("zukan.runs.subject.anneal", lambda *args, **known: annealing.anneal(
        *args, **known, temperatures=2, chains=2, leapfrogs=1))
    vae, y = make(**options), np.arange(len(x)) % 2
    items = Read(x, y, y if options.get("condition") else None, np.arange(len(x)), np.arange(len(x)))
    subject = Subject(SimpleNamespace(model=vae, recipe=SimpleNamespace(binarize="static")), draws=3, ais=4)
    subject.__dict__.update(train=items, test=items, scaling=Scaling(), schema=None)
    results = {name: section.measure(subject) for name, section in SECTIONS.items()}
    reasons = {name: result for name, result in results.items() if isinstance(result, str)}
    assert set(reasons) - {"quality", "imputation", "factors", "generation"} == absent
    assert all(reason.endswith(".") for reason in reasons.values())
    for name, section in SECTIONS.items():
        if name not in reasons:
            json.dumps(results[name], allow_nan=False)
            assert all(isinstance(text, str) for row in section.read(results[name]) for text in row)
    assert results["elbo"]["binarize"] == "static"
    if kind == "flow":
        assert list(results["ais"]["starts"]) == ["prior"]
