"""What a feed hands to the training step: types that JAX and Keras pass through unchanged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np


class Steps(NamedTuple):
    """Several steps of an epoch, which run as one program.

    Attributes
    ----------
    arrays : tree of arrays or of `Stored`
        Data on the device, packed as ``(x,)``, ``(x, y)`` or ``(x, y, sample_weight)``.
    rows : int32 array, shape (steps, batch_size)
        The rows of ``arrays`` that each step trains on.
    count : int32 scalar
        How many of these steps to run; the others are padding.
    """

    arrays: Any
    rows: Any
    count: Any


class Stored(NamedTuple):
    """An array as it is stored, which becomes float32 within the program.

    Attributes
    ----------
    values : array
    levels : float32 array, shape (256,) or (0,)
        The value of each byte; empty if the values are only cast.
    """

    values: Any
    levels: Any


class Skipped(NamedTuple):
    """A batch that was trained on before the epoch was interrupted: nothing happens."""

    placeholder: Any = np.int32(0)


@dataclass(frozen=True)
class Position:
    """A point within an epoch from which training can continue.

    Parameters
    ----------
    steps : int
        Steps of the epoch that are done.
    metrics : tuple of arrays
        Values of ``model.metrics_variables``: the running averages that the logs of the epoch are made of.
    """

    steps: int
    metrics: tuple[Any, ...]
