"""Compiled epochs behind ``keras.Model.fit``: one program runs many steps over data on the device.

The model overrides ``train_step`` and ``test_step``, Keras's documented hooks. A batch that is a table of row numbers
(`Steps`) runs the step once for each row of the table, in a compiled loop. Callbacks, metrics and state stay Keras's.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import tree

from zukan.compiled.feeds import PIECES, Batches, Tables
from zukan.compiled.interrupts import Interrupts
from zukan.compiled.items import Position, Skipped, Steps, Stored
from zukan.compiled.states import whole_after_errors
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


class CompiledEpochs(keras.Model):
    """A ``keras.Model`` that trains by compiled epochs. It must be built before ``fit``.

    Arrays in memory become `Tables` if many steps can run as one program (on JAX, on one device; see
    `compiles_epochs`), else `Batches`. Data larger than memory becomes `Chunks` or `Stream` in the same way. Any other
    kind of data goes to Keras's own loop. The order of shuffled rows depends only on ``seed`` and the epoch.
    """

    seed: int = 0
    pieces: int = PIECES
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
        batches = self._feed(data, batch_size or 32, pieces=self.pieces, shuffle=bool(shuffle), seed=self.seed)
        feeds = [batches]
        callbacks = _with_ours(callbacks, _EpochStart(batches, self._start), last=interrupts)
        self._start = None
        if validation_data is not None and not stock.get("validation_steps"):
            held_out = keras.utils.unpack_x_y_sample_weight(validation_data)
            if _are_arrays(held_out):
                size = options.pop("validation_batch_size", None) or batch_size or 32
                feeds.append(self._feed(held_out, size, pieces=1))
                validation_data = (feeds[-1],)
        self._training_feed = batches
        try:
            with interrupts, whole_after_errors(self):
                return super().fit(batches, callbacks=callbacks, validation_data=validation_data, shuffle=False,
                                   **options)
        finally:
            self._training_feed = None
            for feed in feeds:
                feed.close()

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
        feed = self._feed(data, batch_size or 32, pieces=1)
        try:
            with interrupts, whole_after_errors(self):
                return super().evaluate(feed, verbose=verbose, **stock)
        finally:
            feed.close()

    def train_step(self, *args: Any) -> Any:
        """Run one training step, or all steps of a `Steps`."""
        return self._run(super().train_step, *args)

    def test_step(self, *args: Any) -> Any:
        """Run one test step, or all steps of a `Steps`."""
        return self._run(super().test_step, *args)

    def _feed(self, data: tuple[Any, ...], batch_size: int, *, pieces: int = PIECES, **order: Any) -> Batches:
        arrays = _pack(data)
        if any(isinstance(array, Streamed) for array in tree.flatten(arrays)):
            if self._loops(arrays, batch_size):
                return Chunks(arrays, batch_size, pieces=pieces, **order)
            return Stream(arrays, batch_size, **order)
        if self.compiles_epochs(arrays, batch_size):
            return Tables(arrays, batch_size, pieces=pieces, **order)
        return Batches(arrays, batch_size, **order)

    def compiles_epochs(self, arrays: Any, batch_size: int) -> bool:
        """Return whether this model, as Keras compiled it, trains on ``arrays`` by compiled epochs.

        True on JAX with one device that can hold the data, unless XLA would run convolutions on a CPU.
        """
        return self._loops(arrays, batch_size) and _fit_on_device(arrays)

    def _loops(self, arrays: Any, batch_size: int) -> bool:
        """Return whether many steps run as one program."""
        return (keras.backend.backend() == "jax" and self.jit_compile and not self.run_eagerly
                and self.steps_per_execution == 1 and keras.distribution.distribution() is None
                and not self._convolves_on_cpu(arrays, batch_size))

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

    def _run(self, step: Any, *args: Any) -> Any:
        batch = args[-1]
        if isinstance(batch, Skipped):
            return self._unchanged(*args)
        if not isinstance(batch, Steps):
            return step(*args)
        import jax  # noqa: PLC0415

        # Converted before the loop: within it, XLA would fuse the conversion into the step and round differently.
        arrays = jax.tree.map(_as_floats, batch.arrays, is_leaf=lambda leaf: isinstance(leaf, Stored))

        def one(i: Any, state: Any) -> Any:
            rows = batch.rows[i]
            examples = jax.tree.map(lambda array: array.at[rows].get(mode="promise_in_bounds"), arrays)
            _, new = step(state, examples)
            return jax.tree.map(lambda after, before: after.astype(before.dtype), new, state)

        return self._unchanged(jax.lax.fori_loop(0, batch.count, one, args[0]))

    def _unchanged(self, *args: Any) -> Any:
        """Return the result of a step that changes nothing: the running averages in the state, and the state."""
        if keras.backend.backend() != "jax":
            return self.get_metrics_result()
        with keras.StatelessScope(state_mapping=list(zip(self.metrics_variables, args[0][-1], strict=True))):
            return self.get_metrics_result(), args[0]


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


def _as_floats(leaf: Any) -> Any:
    """Return a stored array as floats; bytes use a table, because XLA's division rounds differently from NumPy's."""
    if not isinstance(leaf, Stored):
        return leaf
    if not len(leaf.levels):
        return leaf.values.astype(leaf.levels.dtype)
    return leaf.levels.at[leaf.values].get(mode="promise_in_bounds")


def _part(array: Any, rows: slice) -> Any:
    return array.take(rows) if isinstance(array, Streamed) else array[rows]


def _pack(data: tuple[Any, ...]) -> Any:
    return keras.utils.pack_x_y_sample_weight(*data)


def _fit_on_device(arrays: Any) -> bool:
    """Return whether the arrays fit on the device: they are in memory, and take at most half of the device's."""
    import jax  # noqa: PLC0415

    flat = tree.flatten(arrays)
    if any(isinstance(array, Streamed) for array in flat):
        return False
    limit = (jax.devices()[0].memory_stats() or {}).get("bytes_limit", float("inf"))
    return not any(isinstance(array, np.memmap) for array in flat) and 2 * sum(a.nbytes for a in flat) <= limit
