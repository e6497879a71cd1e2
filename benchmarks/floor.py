"""A lower bound of an epoch: the time of its matrix products alone, at the rate of a large product on this machine."""

from __future__ import annotations

import statistics
import time

import jax
import jax.numpy as jnp

WIDTHS = ((784, 256), (256, 4), (2, 256), (256, 784))  # the layers of the tutorial, with mean and log_var as one


def matrix_rate(size: int = 2048, times: int = 20) -> float:
    """Return the operations per second of a large float32 product: the median of ``times`` products."""
    a = jnp.ones((size, size))
    product = jax.jit(jnp.matmul)
    product(a, a).block_until_ready()
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        product(a, a).block_until_ready()
        seconds.append(time.perf_counter() - start)
    return 2 * size**3 / statistics.median(seconds)


def operations(images: int) -> int:
    """Return the operations of the matrix products of an epoch: forward and both gradients, but none for the data."""
    forward = sum(2 * rows * columns for rows, columns in WIDTHS)
    return images * (3 * forward - 2 * WIDTHS[0][0] * WIDTHS[0][1])


def seconds(images: int) -> float:
    """Return the lower bound of an epoch, in seconds."""
    return operations(images) / matrix_rate()
