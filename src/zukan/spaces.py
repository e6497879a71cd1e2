"""Points of z in the spaces of its pieces: paths between them, and the nearest valid point.

Every piece that is not a sphere or a ball is taken as a flat space.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from zukan.context import Piece
from zukan.numerics import BORDER


def pieces(layout: Sequence[Piece]) -> Iterator[tuple[Piece, slice]]:
    """Yield each piece of z and its dimensions."""
    start = 0
    for piece in layout:
        yield piece, slice(start, start + piece.size)
        start += piece.size


def nearest(z: np.ndarray, layout: Sequence[Piece]) -> np.ndarray:
    """Return codes of shape ``(..., latent_dim)``, moved to the nearest points on their spheres and in their balls."""
    z = np.array(z)
    for piece, part in pieces(layout):
        length = np.linalg.norm(z[..., part], axis=-1, keepdims=True)
        if piece.kind == "sphere":
            pole = np.eye(piece.size, dtype=z.dtype)[0]  # the center has no nearest point
            z[..., part] = np.where(length > 0, z[..., part] / np.where(length > 0, length, 1), pole)
        elif piece.kind == "ball":
            z[..., part] *= np.minimum(1.0, BORDER / np.maximum(length, BORDER))
    return z


def path(a: np.ndarray, b: np.ndarray, weights: Any, layout: Sequence[Piece]) -> np.ndarray:
    """Return points on the shortest path from the code ``a`` to ``b``, at these shares of its length.

    That is a straight line, on a sphere an arc of a great circle (doi:10.1145/325165.325242), and in the Poincaré ball
    a geodesic of hyperbolic space.

    Parameters
    ----------
    a, b : array, shape (latent_dim,)
    weights : array, shape (steps,)
        0 for ``a``, 1 for ``b``.
    layout : sequence of Piece

    Returns
    -------
    array, shape (steps, latent_dim)
    """
    t = np.asarray(weights, "float64")[:, None]
    a, b = np.asarray(a), np.asarray(b)
    points: np.ndarray = (1.0 - t) * a + t * b
    for piece, part in pieces(layout):
        start, end = a[part].astype("float64"), b[part].astype("float64")
        if piece.kind == "sphere":
            points[:, part] = _great_circle(start, end, t)
        elif piece.kind == "ball":
            step = _moved(end, -start)
            length = np.linalg.norm(step)
            share = np.tanh(t * np.arctanh(np.minimum(length, BORDER))) / np.maximum(length, 1e-12)
            points[:, part] = _moved(share * step, start)
    return points.astype(a.dtype)


def to_plane(points: np.ndarray) -> np.ndarray:
    """Return points of the unit sphere, shape ``(..., 3)``, in an equal-area projection: the ellipse of Hammer (1892).

    z1 is at its center, z2 to the right and z3 at the top; -z1 is at the left and at the right end.
    """
    half, up = 0.5 * np.arctan2(points[..., 1], points[..., 0]), np.arcsin(np.clip(points[..., 2], -1.0, 1.0))
    scale = np.sqrt(2.0 / (1.0 + np.cos(up) * np.cos(half)))
    return np.stack([2.0 * scale * np.cos(up) * np.sin(half), scale * np.sin(up)], axis=-1)


def from_plane(plane: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the points of the sphere that `to_plane` shows at ``plane``, ``(..., 2)``, and where there are any."""
    x, y = plane[..., 0], plane[..., 1]
    valid = x**2 / 8.0 + y**2 / 2.0 <= 1.0
    z = np.sqrt(np.maximum(1.0 - x**2 / 16.0 - y**2 / 4.0, 0.5))
    across, up = 2.0 * np.arctan2(z * x, 2.0 * (2.0 * z**2 - 1.0)), np.arcsin(np.clip(z * y, -1.0, 1.0))
    return np.stack([np.cos(up) * np.cos(across), np.cos(up) * np.sin(across), np.sin(up)], axis=-1), valid


def _great_circle(a: np.ndarray, b: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Return points on the great circle through the unit vectors a and b; if they are opposite, on any one."""
    side = b - (a @ b) * a
    if np.linalg.norm(side) < 1e-9:
        side = np.eye(len(a))[np.argmin(np.abs(a))]
        side = side - (a @ side) * a
    angle = t * np.arctan2(np.linalg.norm(b - (a @ b) * a), a @ b)
    return np.cos(angle) * a + np.sin(angle) * side / np.linalg.norm(side)


def _moved(points: np.ndarray, center: np.ndarray) -> np.ndarray:
    """Return points of the Poincaré ball under the motion that takes 0 to ``center`` (Möbius addition)."""
    dot, square = 2.0 * np.sum(points * center, axis=-1, keepdims=True), np.sum(points**2, axis=-1, keepdims=True)
    own = float(center @ center)
    return ((1.0 + dot + square) * center + (1.0 - own) * points) / (1.0 + dot + own * square)


def with_values(z: np.ndarray, dims: Sequence[int], values: Any, layout: Sequence[Piece]) -> tuple[np.ndarray, Any]:
    """Return the code ``z`` with other values in ``dims``, and where there is such a point.

    On a sphere the other coordinates of the same piece are scaled so that the point stays on it.

    Parameters
    ----------
    z : array, shape (latent_dim,)
        A valid code.
    dims : sequence of int
    values : array, shape (..., len(dims))
    layout : sequence of Piece

    Returns
    -------
    array, shape (..., latent_dim), and bool array, shape (...)
    """
    values = np.asarray(values)
    points = np.broadcast_to(z, (*values.shape[:-1], len(z))).copy()
    points[..., list(dims)] = values
    valid = np.ones(values.shape[:-1], bool)
    for piece, part in pieces(layout):
        own = [dim for dim in range(part.start, part.stop) if dim in dims]
        if not own or piece.kind not in {"sphere", "ball"}:
            continue
        rest = [dim for dim in range(part.start, part.stop) if dim not in dims]
        room = 1.0 - np.sum(points[..., own] ** 2, axis=-1)
        if piece.kind == "sphere":
            others = nearest(points[..., rest], [Piece("sphere", len(rest))]) if rest else points[..., rest]
            points[..., rest] = others * np.sqrt(np.maximum(room, 0.0))[..., None]
            valid &= room > 0.0 if rest else np.isclose(room, 0.0)
        else:
            valid &= np.linalg.norm(points[..., part], axis=-1) < BORDER
    return nearest(points, layout), valid
