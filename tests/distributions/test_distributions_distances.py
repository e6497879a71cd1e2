"""Densities of every value under every normal: values and gradients are those of the plain formula."""

import jax
import numpy as np
import pytest
from scipy import stats

from zukan.distributions import Distribution, Normal


@pytest.fixture
def arrays():
    rng = np.random.default_rng(0)
    return rng.normal(size=(2, 3, 4)), rng.normal(size=(5, 4)), rng.normal(size=(5, 4))


def test_values_are_those_of_scipy(arrays):
    value, mean, log_var = arrays
    with jax.enable_x64(True):
        result = np.asarray(Normal(mean, log_var).log_prob_of_each(value))
    expected = stats.norm(mean, np.exp(0.5 * log_var)).logpdf(value[..., None, :]).sum(axis=-1)
    np.testing.assert_allclose(result, expected, rtol=1e-12)


def test_gradients_are_those_of_the_differences(arrays):
    weights = np.random.default_rng(1).normal(size=(2, 3, 5))

    def total(method, value, mean, log_var):
        return (weights * method(Normal(mean, log_var), value)).sum()

    with jax.enable_x64(True):
        ours, plain = (jax.grad(total, argnums=(1, 2, 3))(method, *map(jax.numpy.asarray, arrays))
                       for method in (Normal.log_prob_of_each, Distribution.log_prob_of_each))
    for result, expected in zip(ours, plain, strict=True):
        np.testing.assert_allclose(result, expected, rtol=1e-10)
