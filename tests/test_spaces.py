"""Paths, nearest points and projections in the spaces of z."""

import numpy as np
import pytest

from zukan import spaces
from zukan.context import Piece

LAYOUT = (Piece("sphere", 3), Piece("real", 2), Piece("ball", 2))
A = np.array([1.0, 0.0, 0.0, 3.0, 4.0, 0.5, -0.3])
B = np.array([0.0, 0.6, 0.8, -1.0, 0.0, -0.2, 0.9])


def distance(a, b):
    """Return the distance of points of the Poincaré disc."""
    return np.arccosh(1 + 2 * ((a - b) ** 2).sum(-1) / ((1 - (a**2).sum(-1)) * (1 - (b**2).sum(-1))))


def test_a_path_is_an_arc_a_line_and_a_geodesic():
    weights = np.linspace(0, 1, 9)
    points = spaces.path(A, B, weights, LAYOUT)
    np.testing.assert_allclose(points[[0, -1]], [A, B], atol=1e-9)
    arc, line, ball = points[:, :3], points[:, 3:5], points[:, 5:]
    np.testing.assert_allclose(np.linalg.norm(arc, axis=1), 1)
    np.testing.assert_allclose(np.arccos(np.clip(arc @ A[:3], -1, 1)), weights * np.pi / 2, atol=1e-7)
    np.testing.assert_allclose(line, (1 - weights)[:, None] * A[3:5] + weights[:, None] * B[3:5])
    np.testing.assert_allclose(distance(ball, A[5:]), weights * distance(A[5:], B[5:]), atol=1e-6)
    np.testing.assert_allclose(distance(ball, B[5:]), (1 - weights) * distance(A[5:], B[5:]), atol=1e-6)


def test_between_opposite_points_the_path_stays_on_the_sphere():
    points = spaces.path(A[:3], -A[:3], np.linspace(0, 1, 5), LAYOUT[:1])
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1)
    np.testing.assert_allclose(points[2] @ A[:3], 0, atol=1e-9)


def test_nearest_points():
    z = np.array([[3.0, 4.0, 0.0, 7.0, 8.0, 0.0, -9.0], [0.0, 0.0, 0.0, 0.0, 0.0, 0.3, 0.4]])
    expected = [[0.6, 0.8, 0.0, 7.0, 8.0, 0.0, -0.99999], [1.0, 0.0, 0.0, 0.0, 0.0, 0.3, 0.4]]
    np.testing.assert_allclose(spaces.nearest(z, LAYOUT), expected)
    assert z[0, 0] == 3.0


def test_other_values_keep_a_code_in_its_space():
    points, valid = spaces.with_values(B, [1, 5], np.array([[0.5, 0.1], [1.2, 0.0], [0.0, 0.9]]), LAYOUT)
    assert valid.tolist() == [True, False, False]
    np.testing.assert_allclose(points[0], [0.0, 0.5, np.sqrt(0.75), -1.0, 0.0, 0.1, 0.9], atol=1e-12)
    np.testing.assert_allclose(points, spaces.nearest(points, LAYOUT))


def test_the_projection_of_the_sphere_keeps_areas_and_can_be_inverted():
    x = np.random.default_rng(0).normal(size=(200_000, 3))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    plane = spaces.to_plane(x)
    back, valid = spaces.from_plane(plane)
    np.testing.assert_allclose(back, x, atol=1e-6)
    assert valid.all()
    np.testing.assert_allclose(spaces.to_plane(np.array([[1.0, 0, 0], [0, 0, 1.0]])), [[0, 0], [0, np.sqrt(2)]], atol=1e-12)
    inside = (np.abs(plane[:, 0]) < 1) & (np.abs(plane[:, 1]) < 0.5)  # a share of the ellipse's area, which is 4 pi
    assert inside.mean() == pytest.approx(2 / (4 * np.pi), abs=5 * np.sqrt(0.16 * 0.84 / len(x)))
    assert not spaces.from_plane(np.array([2.8, 1.0]))[1]
