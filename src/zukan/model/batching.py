"""Functions of a model's weights, compiled where the backend can, over batches of any number of rows."""

from __future__ import annotations

import collections
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from zukan import checks

AHEAD = 2  # batches handed to an asynchronous backend before the oldest is waited for: busy, in bounded memory


def compiled(function: Callable[..., Any], variables: list[Any]) -> Callable[..., Any]:
    """Return ``function`` such that it reads ``variables`` anew at each call, without gradients, compiled on JAX.

    ``function`` takes tensors (as positional arguments) and a ``SeedGenerator`` last. The returned function takes
    arrays and, last, the generator's state: two whole numbers, so that a draw depends on nothing else. It reads other
    variables, those of a twin of the model, where ``variables=`` is given.
    """
    draws = keras.random.SeedGenerator(0)
    backend = keras.backend.backend()

    def run(values: list[Any], state: Any, *arrays: Any) -> Any:
        mapping = [*zip(variables, values, strict=True), (draws.state, state)]
        with keras.StatelessScope(state_mapping=mapping):
            return function(*arrays, draws)

    if backend == "jax":
        import jax  # noqa: PLC0415

        run = jax.jit(run)
    elif backend == "torch":
        import torch  # noqa: PLC0415

        run = torch.no_grad()(run)

    def call(*arguments: Any, variables: list[Any] = variables) -> Any:
        *arrays, state = arguments
        given = [np.array(state, draws.state.dtype), *arrays]
        if backend != "jax":  # a compiled function takes arrays as they are, faster than `convert_to_tensor`
            given = [*map(ops.convert_to_tensor, given)]
        return run([variable.value for variable in variables], *given)

    return call


def row_by_row(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``function(rows, draws)`` such that each row is a batch of its own, with the same draws as every other."""
    import jax  # noqa: PLC0415 only JAX hands one stretch of random numbers to every row

    def each(rows: Any, draws: Any) -> Any:
        return jax.vmap(lambda row: function(row[None], draws)[0])(rows)

    return each


def over_batches(function: Callable[..., Any], rows: np.ndarray, batch_size: int, seed: int) -> np.ndarray:
    """Apply ``function(batch, (seed, i))`` to the ``i``-th batch of ``rows`` and join the results.

    A short last batch is padded, to a power of two, and its padding cut off: one or two shapes to compile for instead
    of one per length.
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
        if len(waiting) > AHEAD:
            results.append(ops.convert_to_numpy(waiting.popleft()))
    results += map(ops.convert_to_numpy, waiting)
    return np.concatenate(results)[: len(rows)]
