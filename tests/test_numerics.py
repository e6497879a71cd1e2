"""Numerical helpers: flattened events, the mean in the log domain, the bounds of a log-variance, and gradients."""

import math

import jax
import keras
import numpy as np
import pytest
import scipy.special
import scipy.stats
from jax import numpy as jnp

from zukan import numerics


@pytest.mark.parametrize(("event_shape", "shape"), [((), (2, 3, 4, 1)), ((4,), (2, 3, 4)), ((3, 4), (2, 12)),
                                                    ((2, 3, 4), (24,))])
def test_flat_event_merges_the_event_axes(event_shape, shape):
    values = np.arange(24.0, dtype="float32").reshape(2, 3, 4)
    result = np.asarray(numerics.flat_event(jnp.asarray(values), event_shape))
    np.testing.assert_array_equal(result, values.reshape(shape))


@pytest.mark.parametrize("shape", [(), (1,), (4,), (3, 1), (1, 4)])
def test_flat_event_broadcasts_to_the_event_shape(shape):
    values = np.random.default_rng(0).normal(size=shape).astype("float32")
    result = np.asarray(numerics.flat_event(jnp.asarray(values), (3, 4)))
    np.testing.assert_array_equal(result, np.broadcast_to(values, (3, 4)).reshape(-1))


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("offset", [0.0, -1e5, 1e5])
def test_log_mean_exp_equals_scipy(axis, offset):
    values = np.random.default_rng(0).normal(size=(7, 3, 2)) * 20 + offset
    expected = scipy.special.logsumexp(values, axis=axis) - np.log(values.shape[axis])
    np.testing.assert_allclose(numerics.log_mean_exp(jnp.asarray(values), axis), expected, rtol=1e-13)


def test_log_mean_exp_of_equal_values_and_of_zero_probability():
    np.testing.assert_allclose(numerics.log_mean_exp(jnp.full((100, 2), -543.25)), -543.25, rtol=1e-6)
    half = numerics.log_mean_exp(jnp.array([[-jnp.inf], [-3.0]]))
    np.testing.assert_allclose(half, -3.0 - np.log(2), rtol=1e-6)


def test_bounded_log_var_clips_and_is_saved_under_its_registered_name():
    values = numerics.bounded_log_var(jnp.array([-1e9, -20.0, 0.5, 1e9]))
    np.testing.assert_array_equal(values, [-20.0, -20.0, 0.5, 20.0])
    assert np.isfinite(np.exp(np.asarray(values))).all()
    assert keras.saving.get_registered_object("zukan>bounded") is numerics.bounded_log_var


@pytest.mark.usefixtures("x64")
def test_a_gradient_has_gradients():
    x = jnp.asarray(np.random.default_rng(0).normal(size=(4, 3)))

    def f(x):
        return jnp.sin(x[:, 0]) * x[:, 1] ** 3 + jnp.exp(x[:, 2])

    first = numerics.gradient(f, x)
    expected = np.stack([np.cos(x[:, 0]) * x[:, 1] ** 3, 3 * np.sin(x[:, 0]) * x[:, 1] ** 2, np.exp(x[:, 2])], axis=1)
    np.testing.assert_allclose(first, expected, rtol=1e-12)
    second = jax.grad(lambda x: (numerics.gradient(f, x) ** 2).sum() / 2)(x)  # the Hessian times the gradient
    hessians = jax.vmap(jax.hessian(lambda row: f(row[None])[0]))(x)
    np.testing.assert_allclose(second, np.einsum("nij,nj->ni", hessians, expected), rtol=1e-10)
    np.testing.assert_allclose(jax.jit(lambda x: numerics.gradient(f, x))(x), expected, rtol=1e-12)


@pytest.mark.usefixtures("x64")
def test_log_gamma_and_its_derivatives_equal_scipy():
    x = np.exp(np.linspace(-12, 12, 49))
    np.testing.assert_allclose(numerics.lgamma(jnp.asarray(x)), scipy.special.gammaln(x), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(numerics.digamma(jnp.asarray(x)), scipy.special.digamma(x), rtol=1e-12)
    slope = jax.grad(lambda x: numerics.lgamma(x).sum())(jnp.asarray(x))
    np.testing.assert_allclose(slope, scipy.special.digamma(x), rtol=1e-12)
    curvature = jax.grad(lambda x: numerics.digamma(x).sum())(jnp.asarray(x))
    np.testing.assert_allclose(curvature, scipy.special.polygamma(1, x), rtol=1e-11)


def exact_log_beta(a, whole):
    """Return log B(a, b) for whole b: B(a, b) = (b - 1)! / (a (a + 1) … (a + b - 1)), with exactly rounded sums."""
    return math.fsum([math.log(i) for i in range(1, whole)] + [-math.log(a + i) for i in range(whole)])


@pytest.mark.usefixtures("x64")
def test_log_beta_equals_products_and_its_gradient_digamma():
    pairs = [(a, b) for a in (1e-5, 0.3, 9.9, 10.0, 500.5, 1e7) for b in (1, 2, 9, 10, 11, 300, 5000)]
    expected = [exact_log_beta(*pair) for pair in pairs]
    a, b = jnp.asarray(np.array(pairs, float).T)
    np.testing.assert_allclose(numerics.log_beta(a, b), expected, rtol=1e-12, atol=1e-13)
    np.testing.assert_array_equal(numerics.log_beta(a, b), numerics.log_beta(b, a))
    for slope, x in zip(jax.grad(lambda a, b: numerics.log_beta(a, b).sum(), (0, 1))(a, b), (a, b), strict=True):
        np.testing.assert_allclose(slope, scipy.special.digamma(x) - scipy.special.digamma(a + b), rtol=1e-8, atol=1e-9)


def test_log_beta_keeps_its_digits_in_single_precision():
    b = np.float32([0, 1, 30, 400]) + 1
    result = numerics.log_beta(jnp.full(4, 22026.0, "float32"), jnp.asarray(b))
    expected = [exact_log_beta(22026.0, int(whole)) for whole in b]
    np.testing.assert_allclose(result, expected, rtol=1e-6)
    differences = scipy.special.gammaln(np.float32(22026)) + scipy.special.gammaln(b) - scipy.special.gammaln(22026 + b)
    assert np.abs(differences.astype("float32") - expected).max() > 1e-3  # what would be left of them otherwise


@pytest.mark.parametrize("rate", [0.0, 0.3, 7.0, 4e4])
def test_poisson_draws_have_the_probabilities_of_scipy(rate):
    draws = np.asarray(jax.jit(lambda rate: numerics.poisson(rate, 0))(jnp.full(20_000, rate, "float32")))
    assert draws.dtype == np.float32
    np.testing.assert_array_equal(draws, np.rint(draws))
    edges = np.unique(scipy.stats.poisson.ppf(np.linspace(0.1, 0.9, 9), rate)) if rate else np.zeros(1)
    for edge in edges:
        p = scipy.stats.poisson.cdf(edge, rate)
        assert abs((draws <= edge).mean() - p) <= 5 * np.sqrt(p * (1 - p) / len(draws)) + 1e-12
