"""The floor: how long an epoch's matrix products alone would take at the rate that this machine reaches."""

from __future__ import annotations

import statistics
import time

import jax
import jax.numpy as jnp

WIDTHS = ((784, 256), (256, 4), (2, 256), (256, 784))  # the tutorial's layers; mean and log_var as one


def matrix_rate(size: int = 2048, times: int = 20) -> float:
    """Return operations a second of a large float32 product: the median of ``times``."""
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
    """Return the operations of an epoch's matrix products: forward, both gradients, none towards the data."""
    forward = sum(2 * rows * columns for rows, columns in WIDTHS)
    return images * (3 * forward - 2 * WIDTHS[0][0] * WIDTHS[0][1])


def seconds(images: int) -> float:
    """Return the floor of an epoch."""
    return operations(images) / matrix_rate()
