"""A function applied to any number of rows, a batch at a time."""

from __future__ import annotations

import collections
from collections.abc import Callable
from typing import Any

import numpy as np
from keras import ops, tree

from zukan import checks, processes, progress
from zukan.backend import keras_defaults
from zukan.processes.sharing import of_all

IN_FLIGHT = 2  # batches in work before the oldest result is fetched: keeps the device busy in bounded memory


@keras_defaults()
def over_batches(function: Callable[..., Any], rows: Any, batch_size: int, seed: int, *, whole: bool = False,
                 what: str = "Computing") -> Any:
    """Apply ``function(batch, (seed, i))`` to the ``i``-th batch of ``rows`` and join the results.

    ``rows`` and results are arrays, or trees of arrays of equal length. A last batch that is shorter is padded to a
    power of two, so that one or two shapes are compiled instead of one for every number of rows; with ``whole``, it is
    padded to ``batch_size``, since rounding depends on the shape of a batch. The padding is cut off the result.

    Processes that split rows (`zukan.processes.Group`) take some of the batches each, and all get the joined results.
    """
    checks.integer("batch_size", batch_size)
    checks.integer("seed", seed, minimum=0)
    results: list[Any] = []
    waiting: collections.deque[Any] = collections.deque()
    n = len(tree.flatten(rows)[0])
    starts = range(0, n, batch_size)
    group = processes.current()
    mine = group.part(len(starts))
    for i in progress.steps(what, mine, min(n, batch_size * len(mine)), lambda _: batch_size):
        start = starts[i]
        stop = min(start + batch_size, n)
        size = batch_size if whole else min(batch_size, 1 << (stop - start - 1).bit_length())
        batch = tree.map_structure(lambda array, a=start, b=stop, size=size: _padded(array[a:b], size), rows)
        waiting.append(function(batch, (seed, i)))
        if len(waiting) > IN_FLIGHT:
            results.append(_fetched(waiting.popleft()))
    results += map(_fetched, waiting)
    result = tree.map_structure(lambda *pieces: np.concatenate(pieces), *results)
    if len(mine) < len(starts):
        joined = of_all(group, f"{what} of {n:,} rows", tree.flatten(result))
        result = tree.pack_sequence_as(result, joined)
    return tree.map_structure(lambda array: array[:n], result)


def another_seed(seed: int, i: int) -> int:
    """Return the seed of the ``i``-th of several computations with ``seed``; small seeds do not share any."""
    return (seed + 0x9E3779B1 * i) % 2**31


def _padded(batch: np.ndarray, size: int) -> np.ndarray:
    return batch if size == len(batch) else np.concatenate([batch, np.repeat(batch[-1:], size - len(batch), 0)])


def _fetched(result: Any) -> Any:
    return tree.map_structure(ops.convert_to_numpy, result)
