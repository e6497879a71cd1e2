"""Averages with standard errors, the bound, and bits per dimension."""

import numpy as np
import pytest

from zukan.evaluation import elbo
from zukan.evaluation.averages import average, evenly
from zukan.evaluation.bound import bits_per_dimension, bound, log_volume


def test_an_average_has_its_standard_error():
    assert average("cost", [1.0, 2.0, 6.0]) == {"cost": 3.0, "cost_standard_error": pytest.approx(np.sqrt(7.0 / 3))}
    assert average("cost", [4.0]) == {"cost": 4.0}


def test_single_precision_does_not_lose_digits():
    values = np.full(100_000, 16_777_217.0 / 2**10, np.float32)
    assert average("cost", values)["cost"] == pytest.approx(float(values[0]), rel=1e-12)


@pytest.mark.parametrize(("n", "at_most"), [(5, 7), (7, 7), (10, 3), (10_000, 2000)])
def test_evenly_spaced_positions(n, at_most):
    chosen = evenly(n, at_most)
    assert len(chosen) == min(n, at_most)
    assert chosen[0] == 0
    assert len(set(chosen.tolist())) == len(chosen)
    assert np.ptp(np.diff(chosen)) <= 1
    assert chosen[-1] < n


def test_the_bound_is_compared_with_the_elbo_of_each_item():
    result = bound(np.array([-10.0, -20.0]), np.array([-11.0, -24.0]))
    assert result == {"bound": -15.0, "bound_standard_error": pytest.approx(5.0), "above_elbo": 2.5,
                      "above_elbo_standard_error": pytest.approx(1.5)}


def test_bits_per_dimension_by_hand():
    """A uniform probability over 256 levels has 8 bits; so has a uniform density over [0, 1] that stands for them."""
    assert bits_per_dimension(-12 * np.log(256), 12) == pytest.approx(8.0)
    assert bits_per_dimension(0.0, 12, log_volume(256.0, 12)) == pytest.approx(8.0)
    assert log_volume(np.array([2.0, 8.0, 1.0]), 3) == pytest.approx(np.log(16))


def test_terms_of_each_item(trained, x):
    values, kl = elbo.elbo_by_item(trained, x, seed=4)
    result = elbo.averages(values, kl)
    assert result["elbo"] == pytest.approx(-result["reconstruction"] - result["kl"])
    assert result["elbo_standard_error"] == pytest.approx(values.std(ddof=1) / np.sqrt(len(x)), rel=1e-5)
    errors = elbo.reconstruction_by_item(trained, x, seed=4)
    np.testing.assert_allclose(errors, -values - kl, atol=1e-3)
