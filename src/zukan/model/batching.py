"""A function applied to any number of rows, a batch at a time."""

from __future__ import annotations

import collections
from collections.abc import Callable
from typing import Any

import numpy as np
from keras import ops

from zukan import checks

IN_FLIGHT = 2  # batches in work before the oldest result is fetched: keeps the device busy in bounded memory


def over_batches(function: Callable[..., Any], rows: np.ndarray, batch_size: int, seed: int) -> np.ndarray:
    """Apply ``function(batch, (seed, i))`` to the ``i``-th batch of ``rows`` and join the results.

    A last batch that is shorter is padded to a power of two, so that one or two shapes are compiled instead of one for
    every number of rows. The padding is cut off the result.
    """
    checks.integer("batch_size", batch_size)
    checks.integer("seed", seed, minimum=0)
    results: list[np.ndarray] = []
    waiting: collections.deque[Any] = collections.deque()
    for i, start in enumerate(range(0, len(rows), batch_size)):
        batch = rows[start : start + batch_size]
        size = min(batch_size, 1 << (len(batch) - 1).bit_length())
        padded = batch if size == len(batch) else np.concatenate([batch, np.repeat(batch[-1:], size - len(batch), 0)])
        waiting.append(function(padded, (seed, i)))
        if len(waiting) > IN_FLIGHT:
            results.append(ops.convert_to_numpy(waiting.popleft()))
    results += map(ops.convert_to_numpy, waiting)
    return np.concatenate(results)[: len(rows)]
