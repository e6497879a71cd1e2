"""The scikit-learn transformer: scikit-learn's own checks, and use as its users would."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

import zukan
from zukan.sklearn import VAETransformer

TINY = {"encoder": {"name": "mlp", "units": [3]}, "epochs": 1, "samples": 2, "random_state": 0}


@parametrize_with_checks([VAETransformer(**TINY)])
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def digits():
    data = load_digits()
    return data.data, data.target


@pytest.fixture(scope="module")
def fitted(digits):
    return VAETransformer(latent_dim=8, epochs=30, learning_rate=3e-3, random_state=0).fit(digits[0])


def test_codes_tell_digits_apart(fitted, digits):
    x, y = digits
    classifier = LogisticRegression(max_iter=2000).fit(fitted.transform(x[:1200]), y[:1200])
    assert classifier.score(fitted.transform(x[1200:]), y[1200:]) > 0.7


def test_reconstructions_are_in_the_units_of_the_rows(fitted, digits):
    x = digits[0]
    back = fitted.inverse_transform(fitted.transform(x))
    assert back.shape == x.shape
    assert ((back - x) ** 2).mean() < 0.6 * x.var(axis=0).mean()


def test_scores_are_densities_in_the_units_of_the_rows(digits):
    x = digits[0][:200, [2, 3, 4]]
    one = VAETransformer(**TINY).fit(x)
    other = VAETransformer(**TINY).fit(x * 1000)
    np.testing.assert_allclose(other.score_samples(x * 1000), one.score_samples(x) - 3 * np.log(1000), rtol=1e-3, atol=1e-2)
    assert one.score(x) == pytest.approx(one.score_samples(x).mean())


def test_strange_rows_score_low(fitted, digits):
    x = digits[0]
    assert fitted.score_samples(x).min() > fitted.score_samples(np.full((1, 64), 16.0))[0]


def test_pickled_through_the_safe_format(fitted, digits):
    state = fitted.__getstate__()
    assert state["vae_"].startswith(b"PK")
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.transform(digits[0]), fitted.transform(digits[0]))
    state["vae_"] = b"PK not a model"
    with pytest.raises(zukan.InputError):
        VAETransformer().__setstate__(state)


def test_pipeline_and_grid_search(digits):
    x, y = digits
    pipeline = make_pipeline(VAETransformer(**TINY), LogisticRegression())
    search = GridSearchCV(pipeline, {"vaetransformer__latent_dim": [1, 2]}, cv=2).fit(x[:120], y[:120])
    assert search.best_params_["vaetransformer__latent_dim"] in {1, 2}
    assert search.predict(x[:3]).shape == (3,)
    assert clone(pipeline).get_params()["vaetransformer__epochs"] == 1


def test_names_and_frames(digits):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(digits[0][:60, 2:5], columns=["a", "b", "c"])
    out = VAETransformer(**TINY).set_output(transform="pandas").fit_transform(frame)
    assert list(out.columns) == ["vaetransformer0", "vaetransformer1"]


@pytest.mark.parametrize(("given", "words"), [
    ({"scaling": "log"}, "scaling must be one of"), ({"event_shape": (2, 2)}, "event_shape must be"), ({"samples": 0}, "samples must be"),
    ({"latent_dim": 0}, "latent_dim must be"), ({"likelihood": "poisson"}, "likelihood must be")])
def test_mistakes(given, words, digits):
    with pytest.raises(zukan.InputError, match=words):
        VAETransformer(**{**TINY, **given}).fit(digits[0][:20])
