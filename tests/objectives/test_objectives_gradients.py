"""Doubly reparameterized gradients against those of the importance-weighted bound, in a tiny model in double precision."""

import jax
import keras
import numpy as np
import pytest
from jax import numpy as jnp

import zukan
from zukan.context import Draws
from zukan.objectives import IWAE, DReG

pytestmark = pytest.mark.usefixtures("x64")
SEEDS = 3000


@pytest.fixture(scope="module")
def floats64():
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_dtype_policy(policy)


@pytest.fixture
def gradients(floats64):
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


def test_decoder_and_prior_follow_the_gradient_of_the_bound(gradients):
    bound, _, expected = gradients(IWAE(7), seeds=20)
    loss, _, got = gradients(DReG(7), seeds=20)
    np.testing.assert_allclose(loss, bound, rtol=1e-10)
    np.testing.assert_allclose(got, expected, rtol=1e-6, atol=1e-9)
    assert np.abs(expected).max() > 0.01


@pytest.mark.parametrize("k", [1, 4, 32])
def test_the_encoder_follows_that_gradient_in_expectation_with_less_noise(gradients, k):
    _, expected, _ = gradients(IWAE(k))
    _, got, _ = gradients(DReG(k))
    used = expected.std(0) > 1e-12
    error = np.sqrt((expected.var(0) + got.var(0)) / SEEDS)[used]
    difference = (expected.mean(0) - got.mean(0))[used]
    assert np.abs(difference / error).max() < 5
    signal = [np.linalg.norm(g.mean(0)) / np.sqrt(g.var(0).sum()) for g in (expected, got)]
    assert signal[1] > signal[0]
    if k == 32:
        assert got.var(0).sum() < 0.1 * expected.var(0).sum()
