"""Every line of docs/models.md builds a model that trains on real digits, is saved and loaded, encodes and samples.

In a usual run every line builds its model, and every third one trains; `pytest -m thorough` trains the others.
"""

import re

import keras
import numpy as np
import pytest
from pages import DOCS

import zukan
from zukan.objectives import LearnedObjective

PAGE = (DOCS / "models.md").read_text("utf-8")
LINES = list(dict.fromkeys(re.findall(r"`(VAE\(.*?\))` \|", PAGE)))
PRIORS = list(dict.fromkeys(re.findall(r"`((?:vae|codes)\.fit_prior\(x, .*?\))` \|", PAGE)))
OTHER_GOALS = (LearnedObjective,)  # the loss of two players need not fall


@pytest.fixture(scope="module")
def digits():
    """Return 96 digits of MNIST and their classes."""
    split = zukan.data.load("mnist").train
    return np.asarray(split.x[:96]), split.y[:96]


@pytest.fixture(scope="module")
def classifier():
    """Return a network for the perceptual loss."""
    x = keras.Input((28, 28, 1))
    h = keras.layers.Conv2D(4, 3, strides=2, activation="relu", name="features")(x)
    return keras.Model(x, h)


def as_items(vae, x):
    """Return digits as this model takes them: gray levels, whole counts, or with missing values."""
    if vae.likelihood.unit == 1:
        x = np.rint(255 * x / 8)
    x = x.reshape(len(x), *vae.event_shape).astype("float32")
    if vae.missing:
        x = np.where(np.random.default_rng(0).random(x.shape) < 0.3, np.nan, x).astype("float32")
    return x


def condition_of(vae, y):
    """Return the argument ``condition``, if this model has one."""
    return {"condition": y % vae.shapes.condition_dim} if vae.shapes.condition_dim else {}


@pytest.mark.parametrize("line", LINES)
def test_a_line_builds_a_model(line, digits, classifier):
    """Every line; those that follow train."""
    vae = eval(line, {"VAE": zukan.VAE, "classifier": classifier})
    assert vae.count_params() > 0
    as_items(vae, digits[0])


@pytest.mark.parametrize("line", [pytest.param(line, marks=[pytest.mark.thorough] if place % 3 else [])
                                  for place, line in enumerate(LINES)])
def test_a_line_builds_a_model_that_works(line, digits, classifier, tmp_path):
    vae = eval(line, {"VAE": zukan.VAE, "classifier": classifier})
    x, condition = as_items(vae, digits[0]), condition_of(vae, digits[1])
    vae.compile(keras.optimizers.Adam(2e-3))
    history = vae.fit(x, batch_size=16, epochs=3, verbose=0, **condition).history
    assert np.isfinite(list(history.values())).all()
    term = "reconstruction" if isinstance(vae.objective, OTHER_GOALS) else "loss"
    assert history[term][-1] < history[term][0]
    vae.save(tmp_path / "model.keras")
    loaded = zukan.load(tmp_path / "model.keras")
    for ours, theirs in zip(loaded.variables, vae.variables, strict=True):  # quicker than all results of both
        np.testing.assert_array_equal(ours, theirs)
    z = loaded.encode(x, **condition)
    assert z.shape == (len(x), vae.latent_dim)
    assert z.std(axis=0).max() > 0
    few = {name: value[:4] for name, value in condition.items()}
    new = loaded.sample(4, draw=True, **few)
    assert new.shape == (4, *vae.event_shape)
    assert np.isfinite(new).all()
    if vae.density:
        assert np.isfinite(loaded.elbo(x[:8], **{name: value[:8] for name, value in condition.items()})).all()


@pytest.fixture(scope="module")
def trained(digits):
    """Return a model with a normal posterior, trained for a few steps."""
    vae = zukan.VAE(latent_dim=4)
    vae.compile(keras.optimizers.Adam(2e-3))
    vae.fit(digits[0], batch_size=16, epochs=3, verbose=0)
    return vae


@pytest.fixture(scope="module")
def codes():
    """Return a model of codes on a grid."""
    return zukan.VAE(encoder={"name": "conv", "filters": [4, 8, 8]}, latent_dim=32, posterior={"name": "vq", "entries": 8},
                     prior="categorical")


@pytest.mark.parametrize("line", PRIORS)
def test_a_sampler_is_fitted_afterwards(line, trained, codes, digits):
    new = eval(line, {"vae": trained, "codes": codes, "x": digits[0]})
    assert new.sample(4).shape == (4, 28, 28, 1)
    old = codes if line.startswith("codes") else trained
    np.testing.assert_array_equal(new.encode(digits[0]), old.encode(digits[0]))


def test_the_page_has_lines_for_every_part():
    """Every posterior, prior, likelihood and objective is on the page."""
    assert len(LINES) > 40
    assert len(PRIORS) > 4
    missing = [f"{registry.kind} {name}" for registry in (zukan.posteriors.posteriors, zukan.priors.priors,
                                                          zukan.likelihoods.likelihoods, zukan.objectives.objectives)
               for name in registry.members if name != "normal" and f'"{name}"' not in " ".join(LINES + PRIORS)
               and registry.members[name].__module__.startswith("zukan.") and name not in {"bernoulli", "elbo"}]
    assert missing == []
