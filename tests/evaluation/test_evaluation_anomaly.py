"""Scores, thresholds, p-values and attributions against closed forms."""

import csv

import numpy as np
import pytest
import scipy.stats

import zukan
from zukan import plots
from zukan.evaluation.anomaly import p_values, threshold
from zukan.scoring import score


@pytest.fixture(scope="module")
def model():
    return zukan.VAE((5,), encoder={"name": "mlp", "units": [6]}, likelihood={"name": "normal", "scale": 0.5})


X = np.random.default_rng(0).normal(size=(9, 5)).astype("float32")


@pytest.mark.parametrize("samples", [1, 3])
def test_attributions_add_up_to_the_elbo(model, samples):
    parts = model.attribution(X, samples=samples, seed=4)
    assert parts.shape == X.shape
    total = parts.sum(axis=1) + model.kl_terms(X).sum(axis=1)
    np.testing.assert_allclose(total, -model.elbo(X, samples=samples, seed=4), rtol=1e-5)


def test_attributions_are_densities_of_elements(model):
    z = model.encode(X, sample=True, seed=4)
    expected = -scipy.stats.norm.logpdf(X, model.decode(z), 0.5)
    np.testing.assert_allclose(model.attribution(X, seed=4), expected, rtol=1e-4, atol=1e-5)
    images = (np.random.default_rng(1).random((4, 3, 2, 1)) > 0.5).astype("float32")
    vae = zukan.VAE((3, 2, 1), encoder={"name": "mlp", "units": [6]})
    p = vae.decode(vae.encode(images, sample=True))
    np.testing.assert_allclose(vae.attribution(images), -np.log(np.where(images > 0, p, 1 - p)), rtol=1e-4)


def test_scores_are_minus_the_bounds(model):
    np.testing.assert_array_equal(model.score(X, samples=1), -model.elbo(X, batch_size=256))
    np.testing.assert_array_equal(model.score(X), -model.log_likelihood(X, samples=32, batch_size=256))


def test_attribution_needs_independent_elements():
    from zukan.distributions import Mixture, Normal

    with pytest.raises(zukan.InputError, match="attribution needs .* got Mixture, which has none"):
        Mixture(np.zeros(2), Normal(np.zeros((2, 3)), np.zeros((2, 3)))).log_prob_terms(np.zeros(3))


@pytest.mark.parametrize(("n", "quantile", "rank"), [(99, 0.99, 99), (199, 0.99, 198), (9, 0.5, 5), (19, 0.95, 19)])
def test_threshold_is_the_conformal_quantile(n, quantile, rank):
    values = np.random.default_rng(n).permutation(n).astype(float)
    assert threshold(values, quantile) == rank - 1


def test_the_rate_of_false_alarms():
    rng = np.random.default_rng(0)
    alarms = [rng.exponential() > threshold(rng.exponential(size=29), 0.9) for _ in range(4000)]
    assert scipy.stats.binomtest(int(np.sum(alarms)), 4000, 0.1).pvalue > 1e-3


def test_p_values_against_a_count():
    held_out, scores = np.array([3.0, 1.0, 2.0, 2.0]), np.array([0.0, 1.0, 2.0, 2.5, 9.0])
    assert p_values(scores, held_out).tolist() == [(1 + (held_out >= s).sum()) / 5 for s in scores]


@pytest.mark.parametrize("quantile", [0.999, 1.0, 2.0])
def test_a_quantile_that_needs_more_held_out_items(quantile):
    with pytest.raises(zukan.InputError, match=r"quantile must be at most 0.9 with 9 held-out items, got .*; hold out more"):
        threshold(np.zeros(9), quantile)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(120, 5)), np.array(["a", "b"] * 60)
    return zukan.train((x, y), out=tmp_path_factory.mktemp("r") / "run", epochs=3, encoder={"name": "mlp", "units": [6]}, test_fraction=0.25)


def test_an_unusual_item_is_found_and_written(run, tmp_path):
    x = np.random.default_rng(1).normal(size=(20, 5))
    x[7] = 30
    lines = []
    scores = score(run.path, (x, np.array(["a", "b"] * 10)), tmp_path / "s.csv", picture=tmp_path / "s.png", quantile=0.9, tell=lines.append)
    assert scores.strangest[0] == 7
    assert scores.above[7]
    assert scores.above.sum() <= 8
    with (tmp_path / "s.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["item", "score", "p_value", "above", "label"]
    assert (rows[7]["item"], rows[7]["above"], rows[7]["label"]) == ("7", "True", "b")
    assert float(rows[7]["p_value"]) == pytest.approx(1 / 31)
    assert float(rows[3]["score"]) == pytest.approx(scores.scores[3])
    assert (tmp_path / "s.png").stat().st_size > 1000
    assert lines[-1] == "Scoring 20 items, and 30 that were held out"


def test_invalid_arguments(run, tmp_path):
    for options, message in (({"quantile": 0.99}, "at most 0.9677 with 30"), ({"quantile": 1.0}, "above 0 and below 1, got 1"),
                           ({"count": -1}, "count must be"), ({"picture": tmp_path / "a.jpg"}, "ending of the picture"),
                           ({"out": tmp_path / "a.txt"}, "ending of the output")):
        with pytest.raises(zukan.InputError, match=message):
            score(run.path, np.zeros((3, 5)), **options)
    with pytest.raises(zukan.InputError, match="x must have shape"):
        score(run.path, np.zeros((3, 4)), quantile=0.9)


@pytest.mark.parametrize("shape", [(5,), (6, 4, 1), (6, 4, 3), (6, 4, 2)])
def test_figure_of_anomalies(shape):
    rng = np.random.default_rng(0)
    x, excess = rng.random((4, *shape)), rng.normal(size=(4, *shape))
    display = plots.anomalies(x, 1 - x, excess, [9, 8, 7.4, 1])
    assert [text.get_text() for text in display.axes.get_xticklabels()] == ["9", "8", "7", "1"]
    assert display.numbers["most"] > 0
    with pytest.raises(zukan.InputError, match="scores must have one entry"):
        plots.anomalies(x, 1 - x, excess, [9])
