"""Priors over codes: probabilities that sum to one, no look ahead, draws that follow them, and models that sample."""

import itertools

import jax
import numpy as np
import pytest
import scipy.special
from jax import numpy as jnp

import zukan
from zukan.context import Context, Piece, Shapes
from zukan.priors import priors

GRID = Shapes((4, 4, 1), 4, 0, (2, 1), (Piece("categorical", 2),) * 4)  # two positions with two codes each
SMALL = {"autoregressive": {"units": 4, "depth": 2, "heads": 2}, "pixelcnn": {"units": 3, "depth": 2, "kernel_size": 3}}
each_prior = pytest.mark.parametrize("name", SMALL)


def built(name, condition=0, **sizes):
    """Return a prior over codes with random weights."""
    prior = priors.make({"name": name, **SMALL[name]})
    prior.build(GRID._replace(condition_dim=condition, **sizes))
    rng = np.random.default_rng(0)
    for weight in prior.trainable_variables:
        weight.assign(rng.normal(size=weight.shape))
    return prior


def hot(codes, classes=2):
    return np.eye(classes, dtype="float32")[codes].reshape(*codes.shape[:-1], -1)


EVERY = np.array(list(itertools.product(range(2), repeat=4)))


@each_prior
def test_the_probabilities_of_all_codes_sum_to_one_and_draws_follow_them(name):
    over = built(name).distribution(Context())
    p = np.exp(np.asarray(over.log_prob(jnp.asarray(hot(EVERY))), "float64"))
    assert p.sum() == pytest.approx(1, abs=1e-5)
    assert p.max() > 2 * p.min()
    draws = np.asarray(over.sample(10_000, 0)).reshape(-1, 4, 2).argmax(-1)
    shares = np.bincount(draws @ [8, 4, 2, 1], minlength=16) / len(draws)
    assert (np.abs(shares - p) < 5 * np.sqrt(p / len(draws)) + 1e-4).all()


@each_prior
def test_every_class_has_probabilities_of_its_own(name):
    prior = built(name, condition=3)
    over = prior.distribution(Context(condition=jnp.eye(3)))
    p = np.exp(np.asarray(over.log_prob(jnp.asarray(hot(EVERY))[:, None].repeat(3, 1)), "float64"))
    np.testing.assert_allclose(p.sum(0), 1, atol=1e-5)
    assert np.abs(np.log(p[:, 0] / p[:, 1])).max() > 0.02
    draws = np.asarray(over.sample(4000, 0)).reshape(-1, 3, 4, 2).argmax(-1) @ [8, 4, 2, 1]
    for c in range(3):
        shares = np.bincount(draws[:, c], minlength=16) / len(draws)
        assert (np.abs(shares - p[:, c]) < 5 * np.sqrt(p[:, c] / len(draws)) + 1e-3).all()


@pytest.mark.parametrize(("name", "positions", "channels"), [("autoregressive", (3, 3), 2), ("pixelcnn", (3, 3), 2), ("pixelcnn", (4, 5), 1)])
def test_a_code_depends_on_the_codes_before_it_and_on_all_of_them(name, positions, channels):
    length = positions[0] * positions[1] * channels
    prior = built(name, positions=positions, layout=(Piece("categorical", 2),) * length)
    if name == "pixelcnn":  # enough layers to see everything
        prior = priors.make({"name": name, "units": 16, "depth": 5, "kernel_size": 5})
        prior.build(GRID._replace(positions=positions, layout=(Piece("categorical", 2),) * length))
    over = prior.distribution(Context())
    x = jnp.asarray(np.random.default_rng(1).dirichlet(np.ones(2), size=length).astype("float32"))
    jacobian = np.abs(jax.jacobian(over.logits)(x)).sum((1, 3))  # (logits of, inputs of)
    assert (jacobian[np.triu_indices(length)] == 0).all()
    assert (jacobian[np.tril_indices(length, -1)] > 0).all()


@pytest.mark.parametrize("condition", [False, True])
def test_learned_probabilities_are_those_of_the_logits(condition):
    prior = priors.make({"name": "categorical", "learned": True})
    prior.build(GRID._replace(condition_dim=3 if condition else 0))
    logits = np.random.default_rng(0).normal(size=prior.logits.shape)
    prior.logits.assign(logits)
    over = prior.distribution(Context(condition=jnp.eye(3) if condition else None))
    expected = scipy.special.softmax(logits.reshape(-1, 4, 2), axis=-1).reshape(-1, 8)
    np.testing.assert_allclose(over.mean, expected if condition else expected[0], rtol=1e-5)


def test_without_learning_every_code_is_equally_probable():
    prior = priors.make("categorical")
    prior.build(GRID)
    assert prior.trainable_variables == []
    np.testing.assert_allclose(prior.distribution(Context()).log_prob(jnp.asarray(hot(EVERY))), -4 * np.log(2), rtol=1e-6)


@pytest.mark.parametrize(("prior", "condition"), [("autoregressive", None), ("autoregressive", 2), ("pixelcnn", None), ("pixelcnn", 2)])
def test_a_prior_fitted_afterwards_learns_the_codes_and_samples(prior, condition):
    """Images of two kinds, dark and bright; every model with a fitted prior draws images of these kinds."""
    rng, classes = np.random.default_rng(0), np.arange(64) % 2
    x = np.clip(np.where(classes, 0.95, 0.05)[:, None, None, None] + 0.02 * rng.normal(size=(64, 4, 4, 1)), 0, 1).astype("float32")
    rows = {} if condition is None else {"condition": classes}
    vae = zukan.VAE((4, 4, 1), 8, encoder={"name": "conv", "filters": [4]}, prior="categorical", condition=condition,
                    posterior={"name": "vq", "entries": 4})
    vae.compile("adam")
    vae.optimizer.learning_rate = 0.02
    vae.fit(x, epochs=8, batch_size=16, verbose=0, **rows)
    new = vae.fit_prior(x, prior={"name": prior, **SMALL[prior], "units": 16}, epochs=30, **rows)
    before, after = vae.elbo(x, **rows), new.elbo(x, **rows)
    np.testing.assert_allclose(vae.reconstruct(x, **rows), new.reconstruct(x, **rows), rtol=1e-6)
    assert after.mean() > before.mean() + 1  # the uniform prior costs log 256 nats
    drawn = new.sample(40, **({} if condition is None else {"condition": np.arange(40) % 2})).reshape(40, -1)
    assert drawn.shape == (40, 16)
    if condition:
        assert drawn[1::2].mean() > drawn[::2].mean() + 0.4
    else:
        assert drawn.std(axis=1).mean() < drawn.mean(axis=1).std()


def test_the_codes_have_no_gradient_for_the_encoder_through_the_prior(make, x):
    vae = make(posterior={"name": "vq", "entries": 4}, latent_dim=2, prior={"name": "autoregressive", "units": 4})
    rows = jnp.asarray(x)

    def kl(values):
        import keras

        with keras.StatelessScope(state_mapping=[*zip(vae.trainable_variables, values, strict=True),
                                                 *((v, v.value) for v in vae.non_trainable_variables)]):
            outputs = vae.run_pass(rows, 1, keras.random.SeedGenerator(0), training=True)
            return vae.forward_pass(rows, outputs, training=True).kl.sum()

    gradients = jax.grad(kl)([v.value for v in vae.trainable_variables])
    prior = {id(v) for v in vae.prior.trainable_variables}
    assert any(np.abs(g).max() > 0 for v, g in zip(vae.trainable_variables, gradients, strict=True) if id(v) in prior)
    for variable, gradient in zip(vae.trainable_variables, gradients, strict=True):
        if id(variable) not in prior:
            np.testing.assert_array_equal(gradient, 0, err_msg=variable.path)
