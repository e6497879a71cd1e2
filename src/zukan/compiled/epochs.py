"""Compiled epochs behind ``keras.Model.fit``: one program runs many steps over data on the device.

`CompiledSteps` runs the steps; here are the data, and ``fit`` and ``evaluate``. Callbacks, metrics and state stay
Keras's.
"""

from __future__ import annotations

import contextlib
from typing import Any

import keras
import numpy as np
from keras import tree

from zukan import checks
from zukan.compiled.feeds import Batches, Pieces, Tables
from zukan.compiled.interrupts import Interrupts
from zukan.compiled.items import Position, Validation
from zukan.compiled.placement import Placement
from zukan.compiled.states import distribution, whole_after_errors
from zukan.compiled.steps import CompiledSteps
from zukan.compiled.storing import fit, stored
from zukan.compiled.streams import Chunks, Stream
from zukan.streamed import Streamed


class _EpochStart(keras.callbacks.Callback):
    """Draws the order of each epoch, and puts the number of examples into the ``params`` of the other callbacks.

    The first epoch continues from ``position``, if there is one.
    """

    def __init__(self, batches: Batches, position: Position | None) -> None:
        super().__init__()
        self.batches = batches
        self.position = position

    def on_train_begin(self, logs: Any = None) -> None:  # noqa: ARG002
        if self.params:  # a CallbackList of the user may have no params
            self.params["examples"] = self.batches.length

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        position, self.position = self.position, None
        self.batches.start_epoch(epoch, position.steps if position else 0)
        if position:
            for variable, value in zip(self.model.metrics_variables, position.metrics, strict=True):
                variable.assign(value)


class CompiledEpochs(CompiledSteps):
    """A ``keras.Model`` that trains by compiled epochs. It must be built before ``fit``.

    Arrays in memory become `Tables` if many steps can run as one program (on JAX; see `compiles_epochs`), else
    `Batches`. Data larger than the memory of the device becomes `Chunks` or `Stream` in the same way. Any other kind of
    data goes to Keras's own loop. The order of shuffled rows depends only on ``seed`` and the epoch.

    Under a ``keras.distribution.DataParallel``, which must be set before the model is built, every batch is split among
    its devices.
    """

    seed: int = 0
    steps: int | None = None  # in an item, if not as many as a live progress bar allows
    _training_feed: Batches | None = None
    _start: Position | None = None

    def fit(self, x: Any = None, y: Any = None, batch_size: int | None = None, epochs: int = 1, verbose: Any = "auto",
            callbacks: Any = None, validation_split: float = 0.0, validation_data: Any = None, shuffle: bool = True,  # noqa: FBT001, FBT002 Keras's signature
            class_weight: Any = None, sample_weight: Any = None, initial_epoch: int = 0, **stock: Any) -> Any:
        """Train. Arguments and result are those of ``keras.Model.fit``.

        Ctrl-C stops training before the next batches; a later ``fit`` continues with the model as it is then.
        """
        options = {"epochs": epochs, "verbose": verbose, "initial_epoch": initial_epoch, **stock}
        data: tuple[Any, ...] = (x, y, sample_weight)
        interrupts = Interrupts()
        if class_weight is not None or stock.get("steps_per_epoch") or not _are_arrays(data):
            with interrupts, whole_after_errors(self):
                return super().fit(x, y, batch_size=batch_size, callbacks=_with_ours(callbacks, last=interrupts),
                                   validation_split=validation_split, validation_data=validation_data, shuffle=shuffle,
                                   class_weight=class_weight, sample_weight=sample_weight, **options)
        if validation_split and validation_data is None:
            kept = int(len(tree.flatten(x)[0]) * (1.0 - validation_split))
            held_out = tree.map_structure(lambda array: _part(array, slice(kept, None)), _pack(data))
            validation_data = held_out if isinstance(held_out, tuple) else (held_out,)
            data = tuple(None if item is None else tree.map_structure(lambda array: _part(array, slice(kept)), item)
                         for item in data)
        if not self.optimizer.built:
            self.optimizer.build(self.trainable_variables)
        batches = self._feed(data, batch_size or 32, steps=self.steps, shuffle=bool(shuffle), seed=self.seed)
        feeds = [batches]
        if validation_data is not None and not stock.get("validation_steps"):
            held_out = keras.utils.unpack_x_y_sample_weight(validation_data)
            if _are_arrays(held_out):
                size = options.pop("validation_batch_size", None) or batch_size or 32
                feeds.append(self._feed(held_out, size, whole=True))
                validation_data = (feeds[-1],)
                if stock.get("validation_freq", 1) == 1 and self._validates_within(batches, feeds[-1], callbacks):
                    validation_data = None
        callbacks = _with_ours(callbacks, _EpochStart(batches, self._start), last=interrupts)
        self._start = None
        self._training_feed = batches
        try:
            with interrupts, whole_after_errors(self), self._placing(batches):
                return super().fit(batches, callbacks=callbacks, validation_data=validation_data, shuffle=False,
                                   **options)
        finally:
            self._training_feed = None
            for feed in feeds:
                feed.close()

    def _validates_within(self, batches: Batches, held_out: Batches, callbacks: Any) -> bool:
        """Let the program of the epoch's last steps run the validation too; return whether it can.

        It cannot if a callback acts on the steps of a validation or on the model before it, or if the validation is
        more than one item.
        """
        if not (isinstance(batches, Pieces) and isinstance(held_out, Tables)) or held_out.num_batches > 1:
            return False
        listening = tree.flatten(getattr(callbacks, "callbacks", callbacks))
        if not all(_allows(callback) for callback in listening if callback is not None):
            return False
        self.reset_metrics()
        starts = {id(variable): value for variable, value in self.test_start()}
        batches.validation = Validation(
            held_out[0], [np.array(variable) for variable in self.metrics_variables],
            {i: starts[id(variable)] for i, variable in enumerate(self.non_trainable_variables)
             if id(variable) in starts})
        return True

    def _placing(self, feed: Batches) -> contextlib.AbstractContextManager[None]:
        """Keep Keras from placing the items of a feed that are on their devices already."""
        if not isinstance(feed, Pieces):
            return contextlib.nullcontext()
        self.placement = feed.placement
        return distribution(None)

    def position_after(self, item: int) -> Position | None:
        """Return the position in the epoch after item ``item``, which is a batch to the callbacks of ``fit``.

        Return None at the end of the epoch, and on TensorFlow, whose graph cannot skip batches.
        """
        if self._training_feed is None or keras.backend.backend() == "tensorflow":
            return None
        steps = self._training_feed.steps_after(item)
        if steps == self._training_feed.num_steps:
            return None
        return Position(steps, tuple(variable.value for variable in self.metrics_variables))

    def start_from(self, position: Position) -> None:
        """Let the next ``fit`` start its first epoch at ``position``."""
        self._start = position

    def evaluate(self, x: Any = None, y: Any = None, batch_size: int | None = None, verbose: Any = "auto",
                 sample_weight: Any = None, steps: int | None = None, **stock: Any) -> Any:
        """Evaluate. Arguments and result are those of ``keras.Model.evaluate``."""
        data = (x, y, sample_weight)
        if stock.get("_use_cached_eval_dataset"):  # within fit
            return super().evaluate(x, y, batch_size=batch_size, verbose=verbose, sample_weight=sample_weight,
                                    steps=steps, **stock)
        interrupts = Interrupts(testing=True)
        stock["callbacks"] = _with_ours(stock.get("callbacks"), last=interrupts)
        if steps is not None or not _are_arrays(data):
            with interrupts, whole_after_errors(self):
                return super().evaluate(x, y, batch_size=batch_size, verbose=verbose, sample_weight=sample_weight,
                                        steps=steps, **stock)
        feed = self._feed(data, batch_size or 32, whole=True)
        try:
            with interrupts, whole_after_errors(self), self._placing(feed):
                return super().evaluate(feed, verbose=verbose, **stock)
        finally:
            feed.close()

    def _feed(self, data: tuple[Any, ...], batch_size: int, *, whole: bool = False, steps: int | None = None,
              **order: Any) -> Batches:
        """Return the batches of an epoch; with ``whole``, as few items as possible."""
        arrays = _pack(data)
        loops = self._loops(arrays, batch_size)
        spread = keras.distribution.distribution()
        if not loops and not (spread and self._compiles()):
            if spread:
                _check_divisible(len(tree.flatten(arrays)[0]), batch_size, Placement(spread).devices)
            streamed = any(isinstance(array, Streamed) for array in tree.flatten(arrays))
            return (Stream if streamed else Batches)(arrays, batch_size, **order)
        placement = Placement(spread)
        if order:  # training; a validation that does not divide runs whole on each device
            placement.check(batch_size)
        options = {"placement": placement, "steps": steps if loops else 1, **order}
        held = stored(arrays, placement)
        if held is None:
            return Chunks(arrays, batch_size, **options)
        if whole and loops:
            options["steps"] = len(tree.flatten(arrays)[0])
        return Tables(arrays, batch_size, held=held, **options)

    def compiles_epochs(self, arrays: Any, batch_size: int) -> bool:
        """Return whether this model, as Keras compiled it, trains on ``arrays`` by compiled epochs.

        True on JAX with a device that can hold the data, unless XLA would run convolutions on a CPU.
        """
        return self._loops(arrays, batch_size) and fit(arrays)

    def _compiles(self) -> bool:
        """Return whether a step is compiled by JAX."""
        return (keras.backend.backend() == "jax" and self.jit_compile and not self.run_eagerly
                and self.steps_per_execution == 1)

    def _loops(self, arrays: Any, batch_size: int) -> bool:
        """Return whether many steps run as one program."""
        return self._compiles() and not self._convolves_on_cpu(arrays, batch_size)

    def _convolves_on_cpu(self, arrays: Any, batch_size: int) -> bool:
        """Return whether XLA would run convolutions on a CPU: inside a loop they are many times slower than outside."""
        import jax  # noqa: PLC0415

        if jax.default_backend() != "cpu" or all(len(kernel.shape) < 3 for kernel in self.trainable_variables):
            return False
        x = keras.utils.unpack_x_y_sample_weight(arrays)[0]
        batch = jax.tree.map(lambda array: jax.ShapeDtypeStruct((batch_size, *array.shape[1:]), array.dtype), x)
        variables = [[variable.value for variable in part]
                     for part in (self.trainable_variables, self.non_trainable_variables)]
        return "conv_general_dilated" in str(jax.make_jaxpr(self.stateless_call)(*variables, batch))


def _with_ours(callbacks: Any, *first: keras.callbacks.Callback, last: keras.callbacks.Callback) -> Any:
    """Return the user's callbacks with ours before and after them."""
    if isinstance(callbacks, keras.callbacks.CallbackList):
        callbacks.callbacks += [*first, last]
        return callbacks
    return [*first, *(callbacks if isinstance(callbacks, (list, tuple)) else ([callbacks] if callbacks else [])), last]


def _are_arrays(data: tuple[Any, ...]) -> bool:
    """Return whether all items are arrays in memory or streamed."""
    arrays = tree.flatten([item for item in data if item is not None])
    return data[0] is not None and all(isinstance(array, (np.ndarray, Streamed)) for array in arrays)


def _allows(callback: Any) -> bool:
    """Return whether a callback neither hears of a validation nor acts on the model at the end of the last steps."""
    base = keras.callbacks.Callback
    names = [name for name in dir(base) if name.startswith("on_test")]
    if not getattr(callback, "only_reads", False):
        names += ["on_batch_begin", "on_batch_end", "on_train_batch_begin", "on_train_batch_end"]
    return all(getattr(getattr(callback, name), "__func__", None) is getattr(base, name) for name in names)


def _check_divisible(length: int, batch_size: int, devices: int) -> None:
    """Raise `zukan.InputError` unless Keras's own loop can divide all batches among the devices."""
    if batch_size % devices or length % batch_size % devices:
        raise checks.InputError(
            f"batches must divide among {devices} devices, got {length} items in batches of {batch_size}; leave "
            f"run_eagerly, jit_compile and steps_per_execution out of compile, or leave out items")


def _part(array: Any, rows: slice) -> Any:
    return array.take(rows) if isinstance(array, Streamed) else array[rows]


def _pack(data: tuple[Any, ...]) -> Any:
    return keras.utils.pack_x_y_sample_weight(*data)
