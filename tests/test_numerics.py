"""Events as one axis, and means in the log domain."""

import numpy as np
import pytest
import scipy.special
from jax import numpy as jnp

from zukan import numerics


@pytest.mark.parametrize(("event_shape", "shape"), [((), (2, 3, 4, 1)), ((4,), (2, 3, 4)), ((3, 4), (2, 12)),
                                                    ((2, 3, 4), (24,))])
def test_flat_event_makes_the_event_one_axis(event_shape, shape):
    values = np.arange(24.0, dtype="float32").reshape(2, 3, 4)
    found = np.asarray(numerics.flat_event(jnp.asarray(values), event_shape))
    np.testing.assert_array_equal(found, values.reshape(shape))


@pytest.mark.parametrize("given", [(), (1,), (4,), (3, 1), (1, 4)])
def test_flat_event_broadcasts_a_value_to_the_event(given):
    values = np.random.default_rng(0).normal(size=given).astype("float32")
    found = np.asarray(numerics.flat_event(jnp.asarray(values), (3, 4)))
    np.testing.assert_array_equal(found, np.broadcast_to(values, (3, 4)).reshape(-1))


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
