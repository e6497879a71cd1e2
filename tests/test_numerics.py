"""Sums over event axes, and means in the log domain."""

import numpy as np
import pytest
import scipy.special
from jax import numpy as jnp

from zukan import numerics


@pytest.mark.parametrize(("event_ndim", "shape"), [(0, (2, 3, 4)), (1, (2, 3)), (2, (2,)), (3, ())])
def test_sum_event_sums_the_last_axes(event_ndim, shape):
    values = np.arange(24.0, dtype="float32").reshape(2, 3, 4)
    found = np.asarray(numerics.sum_event(jnp.asarray(values), event_ndim))
    assert found.shape == shape
    np.testing.assert_array_equal(found, values.reshape(*shape, -1).sum(-1))


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("offset", [0.0, -1e5, 1e5])
def test_log_mean_exp_equals_scipy(axis, offset):
    values = np.random.default_rng(0).normal(size=(7, 3, 2)) * 20 + offset
    expected = scipy.special.logsumexp(values, axis=axis) - np.log(values.shape[axis])
    np.testing.assert_allclose(numerics.log_mean_exp(jnp.asarray(values), axis), expected, rtol=1e-13)


def test_log_mean_exp_of_equal_values_is_that_value_and_takes_zero_probability():
    np.testing.assert_allclose(numerics.log_mean_exp(jnp.full((100, 2), -543.25)), -543.25, rtol=1e-6)
    half = numerics.log_mean_exp(jnp.array([[-jnp.inf], [-3.0]]))
    np.testing.assert_allclose(half, -3.0 - np.log(2), rtol=1e-6)
