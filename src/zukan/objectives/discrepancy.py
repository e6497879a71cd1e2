"""How far two sets of codes are from one distribution: maximum mean discrepancy, and sliced Wasserstein distance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import ops

# From squared distances and a scale c > 0 in the same units; each is 1 at distance 0.
KERNELS: dict[str, Callable[[Any, float], Any]] = {
    "rbf": lambda square, c: ops.exp(-square / c),
    "imq": lambda square, c: c / (c + square),  # inverse multiquadric
}


def mmd(a: Any, b: Any, kernel: str, scales: Sequence[float]) -> Any:
    """Return the unbiased estimate of the squared maximum mean discrepancy, a scalar without units (arXiv:1711.01558).

    It can be negative. One pair of codes says nothing about the spread of either distribution, and gives 0.

    Parameters
    ----------
    a, b : tensor, shape (n, d)
        Draws from the two distributions.
    kernel : {"rbf", "imq"}
        exp(−|a − b|² / c) or c / (c + |a − b|²); see ``KERNELS``.
    scales : sequence of float
        The kernel is the sum over these values of c.
    """
    def total(u: Any, v: Any) -> Any:
        # By a matrix product: XLA on a CPU is slow to sum over a short last axis.
        square = ops.sum(ops.square(u), axis=1)[:, None] + ops.sum(ops.square(v), axis=1) - 2 * ops.matmul(
            u, ops.transpose(v))
        square = ops.maximum(square, 0.0)
        return sum(ops.sum(KERNELS[kernel](square, c)) for c in scales)

    n = ops.cast(ops.shape(a)[0], a.dtype)
    pairs = ops.maximum(n * (n - 1.0), 1.0)
    within = (total(a, a) + total(b, b) - 2.0 * len(scales) * n) / pairs  # without a code and itself
    return ops.where(n > 1.0, within - 2.0 * total(a, b) / (n * n), 0.0)


def sliced_wasserstein(a: Any, b: Any, slices: int, seed: Any) -> Any:
    """Return the mean squared 2-Wasserstein distance of projections to random directions, a scalar (arXiv:1804.01947).

    Parameters
    ----------
    a, b : tensor, shape (n, d)
        Draws from the two distributions.
    slices : int
        Number of directions, uniform on the sphere.
    seed : int or keras.random.SeedGenerator
    """
    directions = keras.random.normal((a.shape[-1], slices), dtype=a.dtype, seed=seed)
    directions = directions / ops.sqrt(ops.sum(ops.square(directions), axis=0))
    along = [ops.sort(ops.matmul(codes, directions), axis=0) for codes in (a, b)]
    return ops.mean(ops.square(along[0] - along[1]))
