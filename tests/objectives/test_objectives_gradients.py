"""Estimators of the gradient of importance-weighted bounds, in a tiny model in double precision."""

import jax
import keras
import numpy as np
import pytest
from jax import numpy as jnp

import zukan
from zukan.context import Draws
from zukan.objectives import IWAE

SEEDS = 3000


@pytest.fixture
def gradients(double):
    """A function that returns the losses, and the gradients of encoder and decoder with prior, for every seed."""
    rng = np.random.default_rng(0)
    x = rng.random((2, 3))

    def compute(objective, seeds=SEEDS):
        vae = zukan.VAE((3,), 2, encoder={"name": "mlp", "units": [3], "activation": "tanh"},
                        prior={"name": "mixture", "components": 2}, likelihood="normal", objective=objective)
        numbers = np.random.default_rng(1)
        variables = vae.trainable_variables
        for variable in variables:
            variable.assign(variable + 0.2 * numbers.normal(size=variable.shape))
        head = next(layer for layer in vae._inference.layers if layer.name == "log_var")
        head.bias.assign(head.bias + 1.0)  # wider than the exact posterior, so that no weight has heavy tails
        fixed = [(v, v.value) for v in vae.non_trainable_variables]
        encoders = {id(v) for v in vae._inference.trainable_variables}

        def loss(values, state):
            with keras.StatelessScope(state_mapping=[*zip(variables, values, strict=True), *fixed]):
                outputs = vae.run_pass(jnp.asarray(x), objective.samples, Draws(state))
                return jnp.mean(vae.objective(vae.forward_pass(jnp.asarray(x), outputs)).loss)

        states = jnp.asarray(np.random.default_rng(2).integers(0, 2**31, (seeds, 2)), "uint32")
        values = [v.value for v in variables]
        losses, grads = jax.jit(lambda states: jax.lax.map(
            lambda state: jax.value_and_grad(loss)(values, state), states, batch_size=500))(states)
        flat = [np.concatenate([np.asarray(g).reshape(seeds, -1) for v, g in zip(variables, grads, strict=True)
                                if (id(v) in encoders) is encoder], axis=1) for encoder in (True, False)]
        assert flat[0].dtype == np.float64
        return np.asarray(losses), *flat

    return compute


@pytest.mark.parametrize("gradient", ["stl", "dreg"])
@pytest.mark.parametrize(("k", "m", "elbo_weight"), [(7, 1, 0.0), (3, 2, 0.0), (3, 2, 0.4)])
def test_decoder_and_prior_follow_the_gradient_of_the_bound(gradients, k, m, elbo_weight, gradient):
    bound, _, expected = gradients(IWAE(k, m, elbo_weight), seeds=20)
    loss, _, got = gradients(IWAE(k, m, elbo_weight, gradient=gradient), seeds=20)
    np.testing.assert_allclose(loss, bound, rtol=1e-6)
    np.testing.assert_allclose(got, expected, rtol=1e-6, atol=1e-9)
    assert np.abs(expected).max() > 0.01


def test_piwae_trains_decoder_and_prior_by_one_bound_and_the_encoder_by_the_mean_of_several(gradients):
    loss, encoder, decoder = gradients(IWAE(3, 2, partial=True), seeds=20)
    of_all, other_encoder, expected_decoder = gradients(IWAE(6), seeds=20)
    _, expected_encoder, other_decoder = gradients(IWAE(3, 2), seeds=20)
    np.testing.assert_allclose(loss, of_all, rtol=1e-6)
    np.testing.assert_allclose(decoder, expected_decoder, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(encoder, expected_encoder, rtol=1e-6, atol=1e-9)
    assert np.abs(other_encoder - encoder).max() > 0.01
    assert np.abs(other_decoder - decoder).max() > 0.01


def test_piwae_with_one_draw_in_a_bound_trains_the_encoder_by_the_elbo(gradients):
    _, encoder, _ = gradients(IWAE(1, 4, partial=True, gradient="dreg"), seeds=20)
    _, elbo, _ = gradients(IWAE(1, 4, gradient="stl"), seeds=20)
    np.testing.assert_allclose(encoder, elbo, rtol=1e-6, atol=1e-9)


def test_without_the_score_both_are_the_same_for_one_draw(gradients):
    both = [gradients(IWAE(1, gradient=name), seeds=20)[1] for name in ("stl", "dreg")]
    np.testing.assert_allclose(*both, rtol=1e-6, atol=1e-9)
    elbo = gradients(IWAE(4, elbo_weight=1.0, gradient="dreg"), seeds=20)[1]
    np.testing.assert_allclose(elbo, gradients(IWAE(1, 4, gradient="stl"), seeds=20)[1], rtol=1e-6, atol=1e-9)


def difference(expected, got):
    """Return the largest difference of the means, in standard errors."""
    used = expected.std(0) > 1e-12
    error = np.sqrt((expected.var(0) + got.var(0)) / SEEDS)[used]
    return np.abs((expected.mean(0) - got.mean(0))[used] / error).max()


@pytest.mark.parametrize("k", [1, 4, 32])
def test_the_encoder_follows_that_gradient_in_expectation_with_less_noise(gradients, k):
    _, expected, _ = gradients(IWAE(k))
    _, got, _ = gradients(IWAE(k, gradient="dreg"))
    assert difference(expected, got) < 5
    signal = [np.linalg.norm(g.mean(0)) / np.sqrt(g.var(0).sum()) for g in (expected, got)]
    assert signal[1] > signal[0]
    if k == 32:
        assert got.var(0).sum() < 0.1 * expected.var(0).sum()


def test_dreg_is_unbiased_for_several_bounds_and_the_elbo_and_stl_is_biased(gradients):
    settings = {"k": 8, "m": 2, "elbo_weight": 0.3}
    _, expected, _ = gradients(IWAE(**settings))
    assert difference(expected, gradients(IWAE(**settings, gradient="dreg"))[1]) < 5
    assert difference(expected, gradients(IWAE(**settings, gradient="stl"))[1]) > 10
