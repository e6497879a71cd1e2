"""What a compiled epoch passes to the training step in place of a batch, and the position in an epoch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np


class End(NamedTuple):
    """What follows the batches of an item: it ends an epoch.

    Attributes
    ----------
    last : int32 array, shape (rows,), tree of arrays, shape (rows, ...), or None
        A smaller last batch: rows of the arrays, or what they hold.
    validation : Validation, optional
        What is evaluated then.
    """

    last: Any = None
    validation: Any = None


class Steps(NamedTuple):
    """Several steps of an epoch, which run as one program; their number is part of the program.

    Attributes
    ----------
    arrays : tree of arrays or of `Stored`, or None
        Data on the device, packed as ``(x,)``, ``(x, y)`` or ``(x, y, sample_weight)``. None if the batches hold the
        rows themselves.
    batches : int32 array, shape (steps, batch_size), tree of arrays, shape (steps, batch_size, ...), or None
        The rows of ``arrays`` that each step trains on, or what they hold.
    end : End
    """

    arrays: Any
    batches: Any
    end: End = End()


class Validation(NamedTuple):
    """The validation at the end of an epoch, within the same program.

    Attributes
    ----------
    steps : Steps
    metrics : list of arrays
        The values of ``model.metrics_variables`` at its start.
    starts : dict
        The values of further variables at its start, by their index in ``model.non_trainable_variables``.
    """

    steps: Steps
    metrics: Any
    starts: Any


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
