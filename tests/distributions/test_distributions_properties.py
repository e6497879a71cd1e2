"""Properties of the densities for random parameters: no overflow, binary cross-entropy, gradients, and KL >= 0."""

import jax
import numpy as np
import scipy.special
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from jax import numpy as jnp

from zukan.distributions import Bernoulli, Mixture, Normal, kl_terms


def arrays(low, high):
    return hnp.arrays(np.float32, (2, 3), elements=st.floats(low, high, width=32))


@given(arrays(0, 1), arrays(-(2.0**100), 2.0**100))
def test_bernoulli_is_finite_and_never_positive_at_extreme_logits(x, logits):
    log_prob = np.asarray(Bernoulli(jnp.asarray(logits)).log_prob(x))
    assert np.isfinite(log_prob).all()
    assert (log_prob <= 1e-5 * np.abs(logits).sum(-1) + 1e-6).all()


@given(arrays(0, 1), arrays(-30, 30))
def test_bernoulli_on_gray_levels_is_minus_the_binary_cross_entropy(x, logits):
    double = logits.astype(float)
    cross_entropy = -(x * scipy.special.log_expit(double) + (1 - x.astype(float)) * scipy.special.log_expit(-double))
    log_prob = np.asarray(Bernoulli(jnp.asarray(logits)).log_prob(x))
    np.testing.assert_allclose(log_prob, -cross_entropy.sum(-1), rtol=1e-4, atol=1e-5)


@given(arrays(0, 1), arrays(-100, 100))
@example(np.full((2, 3), 0.25, "float32"), np.zeros((2, 3), "float32"))
def test_the_gradient_of_the_bernoulli_log_density_is_value_minus_mean(x, logits):
    gradient = jax.grad(lambda logits: Bernoulli(logits).log_prob(x).sum())(jnp.asarray(logits))
    np.testing.assert_allclose(gradient, x - scipy.special.expit(logits.astype(float)), atol=1e-6)


@given(arrays(-100, 100), arrays(-100, 100), arrays(-20, 20))
def test_normal_is_finite_within_the_bounds_of_a_log_variance(x, mean, log_var):
    assert np.isfinite(np.asarray(Normal(jnp.asarray(mean), jnp.asarray(log_var)).log_prob(x))).all()


@given(arrays(-10, 10), arrays(-8, 8), arrays(-10, 10), arrays(-8, 8))
def test_kl_is_never_negative(mean, log_var, other_mean, other_log_var):
    q = Normal(jnp.asarray(mean), jnp.asarray(log_var))
    p = Normal(jnp.asarray(other_mean), jnp.asarray(other_log_var))
    terms = np.asarray(kl_terms(q, p, None))
    assert np.isfinite(terms).all()
    assert (terms >= -1e-5 * (1 + np.abs(terms))).all()
    np.testing.assert_array_equal(np.asarray(kl_terms(q, q, None)), 0)


@given(arrays(-1e4, 1e4), arrays(-1e4, 1e4))
def test_mixture_density_is_between_its_best_component_and_half_of_it(z, centers):
    components = Normal(jnp.asarray(centers), jnp.zeros((2, 3)))
    log_prob = np.asarray(Mixture(jnp.zeros(2), components).log_prob(z))
    best = np.asarray(components.log_prob(z[:, None])).max(-1)
    slack = 1e-5 * np.abs(best) + 1e-4
    assert (log_prob <= best + slack).all()
    assert (log_prob >= best - np.log(2) - slack).all()
