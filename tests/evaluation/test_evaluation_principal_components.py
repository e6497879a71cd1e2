"""Principal components against an eigendecomposition."""

import numpy as np
import pytest

from zukan.evaluation.principal_components import principal_components


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_against_the_eigenvectors_of_the_covariance(dtype):
    z = (np.random.default_rng(0).normal(size=(200, 5)) * [3.0, 0.1, 2.0, 0.5, 1.0] + 4).astype(dtype)
    plane = principal_components(z)
    values, vectors = np.linalg.eigh(np.cov(z.astype("float64").T))
    assert plane.explained == pytest.approx((values[::-1] / values.sum())[:2], rel=1e-4)
    assert np.abs(plane.components @ vectors[:, ::-1])[[0, 1], [0, 1]] == pytest.approx([1, 1], abs=1e-4)
    np.testing.assert_allclose(plane.mean, z.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(plane.points, (z - plane.mean) @ plane.components.T, atol=1e-4)


def test_equal_codes_explain_nothing():
    plane = principal_components(np.ones((5, 3)))
    assert plane.explained.tolist() == [0.0, 0.0]
    assert np.isfinite(plane.components).all()
