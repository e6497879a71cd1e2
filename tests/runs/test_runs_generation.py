"""Sections of an evaluation that need labels or factors: what is measured, and what is said if it cannot be."""

import json
import shutil
from types import SimpleNamespace

import numpy as np
import pytest

import zukan
from zukan.commands import training_runs
from zukan.evaluation.disentanglement import factors
from zukan.evaluation.generation import classifier
from zukan.evaluation.generation.frechet import frechet
from zukan.evaluation.generation.neighbors import neighbors
from zukan.runs import disentanglement
from zukan.runs.data import Read
from zukan.runs.generation import generation
from zukan.runs.sections import SECTIONS

FIELDS = {"epochs": 1, "batch_size": 32, "latent_dim": 3, "encoder": {"name": "mlp", "units": [8]}}
ONLY = ("factors", "generation")


@pytest.fixture(scope="module")
def arrays():
    generator = np.random.default_rng(0)
    known = np.stack([np.arange(96) % 2, np.arange(96) // 2 % 3], axis=1)
    x = np.float32(generator.random((96, 4, 4)) * 0.2)
    x[np.arange(96), known[:, 1]] += 0.4 + 0.4 * known[:, :1]
    return {"x": x, "y": known[:, 0], "factors": known, "factor_names": np.array(["light", "row"])}


@pytest.fixture(scope="module")
def patch():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training_runs, "write_atlas", lambda *_: None)
        patch.setattr(classifier, "STEPS", 5)
        yield patch


@pytest.fixture(scope="module")
def run(arrays, patch, tmp_path_factory):
    return zukan.train(arrays, out=tmp_path_factory.mktemp("run") / "run", **FIELDS)


@pytest.fixture(scope="module")
def result(run):
    return zukan.evaluate(run, only=ONLY)


def test_both_sections_are_written(run, result):
    written = json.loads(run.file(run.EVALUATION).read_text())
    assert {name: written[name] for name in ONLY} == {name: result[name] for name in ONLY}
    assert result["factors"]["names"] == ["light", "row"]
    assert result["generation"]["items"] == 16


def test_the_scores_are_those_of_the_test_items(run, arrays, result):
    test = zukan.data.load(arrays, **run.recipe.options).test
    assert result["factors"] == {**factors(run.model.encode(test.x), test.factors, test.y), "seed": 0}


def test_the_images_are_compared_in_the_features_of_the_stored_classifier(run, result, arrays):
    stored = classifier.Classifier.load(run.file(run.CLASSIFIER))
    test = zukan.data.load(arrays, **run.recipe.options).test
    real, samples, decoded = (stored.apply(x)[0] for x in (test.x, run.model.sample(16), run.model.reconstruct(test.x)))
    part = result["generation"]
    assert part["samples"] == pytest.approx({"frechet": frechet(real, samples), **neighbors(real, samples)}, rel=1e-4)
    assert part["reconstructions"]["frechet"] == pytest.approx(frechet(real, decoded), rel=1e-4)
    assert part["classifier"]["accuracy"] == np.mean(stored.apply(test.x)[1] == test.y)
    assert part["training"]["frechet"] > 0


def test_the_classifier_is_trained_once_for_the_same_data(run, result, monkeypatch, tmp_path):
    monkeypatch.setattr(classifier.Classifier, "trained", None)  # calling it raises
    assert zukan.evaluate(run, only=["generation"])["generation"] == result["generation"]
    copy = shutil.copytree(run.path, tmp_path / "copy")
    (copy / run.CLASSIFIER).unlink()
    assert zukan.evaluate(copy, only=["generation"], classifier=run.path)["generation"] == result["generation"]
    with pytest.raises(zukan.InputError, match=r"must hold a classifier of images of shape \(4, 4, 1\), got none; .* --only generation"):
        zukan.evaluate(run, only=["generation"], classifier=copy)
    monkeypatch.setitem(SECTIONS, "elbo", SECTIONS["elbo"]._replace(measure=None))  # calling it raises
    with pytest.raises(zukan.InputError, match="does not exist, so it is not a run"):
        zukan.evaluate(run, only=["elbo", "generation"], classifier=tmp_path / "none")


def test_binarized_images_are_compared_with_zeros_and_ones(arrays, patch, tmp_path, monkeypatch):
    run = zukan.train(arrays, out=tmp_path / "run", binarize="static", **FIELDS)
    seen, apply = [], classifier.Classifier.apply
    monkeypatch.setattr(classifier.Classifier, "apply", lambda self, x: seen.append(np.unique(x).tolist()) or apply(self, x))
    zukan.evaluate(run, only=["generation"])
    assert seen == [[0.0, 1.0]] * 5  # samples, reconstructions, training, the accuracy, real images


def test_other_items_are_measured_with_their_own_factors(run, arrays):
    some = {name: values[:60] if len(values) == 96 else values for name, values in arrays.items()}
    other = zukan.evaluate(run, some, only=ONLY)
    assert (other["factors"]["items"], other["generation"]["items"]) == (60, 60)


def subject(run, arrays, **changes):
    """Return a subject whose model has no weights: its images are noise around the conditions."""
    dataset = zukan.data.load(arrays, condition=None if arrays.get("y") is None else "label")

    def images(count, *, condition, draw=None, seed=0):
        return np.float32(np.random.default_rng(seed).normal(condition[:count, None, None, None], 0.1, (count, 4, 4, 1)))

    vae = SimpleNamespace(event_shape=dataset.event_shape, missing=False, sample=images,
                          reconstruct=lambda x, *, condition: images(len(x), condition=condition))
    splits = Read.of(dataset.train, None), Read.of(dataset.test, None)
    values = {"vae": vae, "train": splits[0], "test": splits[1], "splits": splits, "seed": 0, "classifier": run.path, "run": run}
    return SimpleNamespace(**(values | changes))


@pytest.mark.parametrize(("change", "section", "reason"), [
    ({"y": None}, generation, "needs labels of at least two classes"),
    ({"y": np.zeros(96, int)}, generation, "needs labels of at least two classes"),
    ({"x": np.ones((96, 16))}, generation, "compares images"),
    ({"factors": None}, disentanglement.factors, "factors are known"),
    ({"factors": np.ones((96, 2), int)}, disentanglement.factors, "No factor varies"),
])
def test_what_does_not_apply_is_absent_with_a_sentence(change, section, reason, arrays, run):
    assert reason in section(subject(run, arrays | change, means=np.ones((16, 2))))


def test_few_items_and_missing_values_are_no_case_for_neighbors(arrays, run):
    few = subject(run, arrays)
    few.test = few.test.at(slice(5))
    assert "at least 6 test images" in generation(few)
    few.vae.missing = True
    assert "missing values" in generation(few)


def test_a_conditional_model_draws_under_the_conditions_of_the_test_items(arrays, run, result):
    whole = subject(run, arrays)
    part = generation(whole)
    assert part["items"] == len(whole.test.x) == 16
    assert part["samples"] == part["reconstructions"]  # both are the same noise around the same conditions
    whole.test = whole.test._replace(condition=whole.test.condition * 0 + 5)
    assert generation(whole)["samples"] != part["samples"]


def test_rows_for_readers(result):
    rows = {name: SECTIONS[name].read(result[name]) for name in ONLY}
    assert ("MIG", f"{result['factors']['mig']:.3f}", "mutual information gap") in rows["factors"]
    assert rows["factors"][-1][1].startswith("light z")
    assert rows["generation"][0][:2] == ("Fréchet distance, samples", f"{result['generation']['samples']['frechet']:.2f}")
