"""Data sets and generators that users pass to a model: every batch is checked like an array."""

from __future__ import annotations

import copy
import itertools
import math
import types
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np

from zukan import checks

_PEEKED = 3  # batches of a tf.data.Dataset that are checked before training; its others cannot be seen on their way
Check = Callable[[str, Any], Any]  # called with the name of the items of a batch and the items; returns what is fed


def is_stream(x: Any) -> bool:
    """Return whether ``x`` yields batches and is not an array."""
    return _kind(x) is not None


def checked(argument: str, x: Any, check: Check) -> Any:
    """Return a stream that is like ``x`` and gives the items of every batch as ``check`` returns them.

    Parameters
    ----------
    argument : str
        What messages call ``x``.
    x : PyDataset, generator, torch DataLoader, grain or tf.data data set
        Of a ``tf.data.Dataset``, the first batches are checked now; its items stay as they are.
    check : callable
        Called with the items of a batch, without labels and weights: an array, or a dictionary of arrays. Raises
        `zukan.InputError` for a batch that is wrong.
    """
    numbers = itertools.count()

    def through(batch: Any, place: Any = None) -> Any:
        items, *others = batch if isinstance(batch, (tuple, list)) and batch else (batch,)
        place = f"batch {next(numbers)}" if place is None else place
        checked_items = check(f"{argument} in {place}", items)
        if kind == "other" and isinstance(checked_items, dict) and np.ndim(items["condition"]) != 2:
            raise checks.InputError(
                f"condition of {argument} in {place} must be rows of numbers, since this data set is used as it is, "
                f"got {checks.show(items['condition'])}; turn classes into rows, with tf.one_hot for example")
        return (checked_items, *others)

    kind = _kind(x)
    if kind == "generator":
        return (through(batch) for batch in x)  # Keras takes no other iterator
    if kind == "keras":
        return _Checked(x, through)
    if kind == "torch":
        return _checked_loader(x, through)
    if kind == "grain":
        return x.map(lambda batch: through(batch, "a batch"))  # read in any order, some of them twice
    for batch in itertools.islice(iter(x), _PEEKED):
        through(batch)
    return x


def guarded(x: Any, callbacks: Any) -> Any:
    """Return the callbacks of a training; one more stops it at NaN if only the first batches of ``x`` are checked."""
    if _kind(x) != "other":
        return callbacks
    if isinstance(callbacks, keras.callbacks.CallbackList):
        callbacks.append(_StopAtNaN())
        return callbacks
    return [*(callbacks if isinstance(callbacks, (list, tuple)) else [callbacks] if callbacks else []), _StopAtNaN()]


class _StopAtNaN(keras.callbacks.Callback):
    """Stops a training at the first batch whose loss is NaN."""

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Raise `zukan.InputError` if the loss is NaN."""
        loss = (logs or {}).get("loss")
        if loss is not None and math.isnan(float(loss)):
            raise checks.InputError(
                f"x must give a finite loss, got NaN in batch {batch}; remove NaN from the data, or lower the learning "
                "rate")


class _Checked(keras.utils.PyDataset):
    """The batches of another `keras.utils.PyDataset`, each checked."""

    def __init__(self, dataset: Any, through: Callable[[Any, str], Any]) -> None:
        super().__init__(workers=dataset.workers, use_multiprocessing=dataset.use_multiprocessing,
                         max_queue_size=dataset.max_queue_size)
        self.dataset = dataset
        self.through = through

    @property
    def num_batches(self) -> Any:
        """Number of batches, None if they never end."""
        return self.dataset.num_batches

    def __getitem__(self, index: int) -> Any:
        return self.through(self.dataset[index], f"batch {index}")

    def on_epoch_begin(self) -> None:
        """Tell the data set."""
        self.dataset.on_epoch_begin()

    def on_epoch_end(self) -> None:
        """Tell the data set."""
        self.dataset.on_epoch_end()


def _checked_loader(loader: Any, through: Callable[[Any], Any]) -> Any:
    """Return a torch ``DataLoader`` like ``loader`` whose batches are checked."""
    base = type(loader)

    def iterate(self: Any) -> Iterator[Any]:
        return map(through, base.__iter__(self))

    new = copy.copy(loader)
    new.__class__ = type(base.__name__, (base,), {"__iter__": iterate, "__module__": base.__module__})
    return new


def _kind(x: Any) -> str | None:
    if isinstance(x, types.GeneratorType):
        return "generator"
    if isinstance(x, keras.utils.PyDataset):
        return "keras"
    bases = [(base.__module__.split(".")[0], base.__name__) for base in type(x).__mro__]
    if ("torch", "DataLoader") in bases:
        return "torch"
    if any(library == "grain" for library, _ in bases):
        return "grain" if hasattr(x, "map") else "other"
    return "other" if hasattr(x, "as_numpy_iterator") else None


def as_array(values: Any) -> Any:
    """Return values of a batch as an array; a masked array and a tensor of TensorFlow stay as they are."""
    values = values.detach().cpu() if hasattr(values, "detach") else values
    return values if hasattr(values, "__array__") else np.asarray(values)
