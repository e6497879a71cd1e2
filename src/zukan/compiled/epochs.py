"""Whole-epoch training behind ``keras.Model.fit``: one compiled program runs many steps over what is on the device.

The model overrides ``train_step`` and ``test_step``, Keras's documented hooks: when a batch is a table of row numbers,
the step runs once per row of the table inside a compiled loop. Callbacks, metrics and state stay Keras's own.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
from keras import tree

from zukan.compiled.feeds import PIECES, Batches, Tables
from zukan.compiled.interrupts import Interrupts
from zukan.compiled.streams import Chunks, Stream
from zukan.streamed import Streamed


class _Order(keras.callbacks.Callback):
    """Tells the batches which epoch begins, and the other callbacks, in ``params``, how many examples it has.

    The first epoch goes on where ``position`` says.
    """

    def __init__(self, batches: Batches, position: SimpleNamespace | None) -> None:
        super().__init__()
        self.batches = batches
        self.position = position

    def on_train_begin(self, logs: Any = None) -> None:  # noqa: ARG002
        if self.params:  # a CallbackList of the user's own may have none
            self.params["examples"] = self.batches.length

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        position, self.position = self.position, None
        self.batches.start_epoch(epoch, position.steps if position else 0)
        if position:
            for variable, value in zip(self.model.metrics_variables, position.metrics, strict=True):
                variable.assign(value)


class CompiledEpochs(keras.Model):
    """A ``keras.Model`` that trains by whole epochs; it must be built before ``fit``.

    Arrays are fed as `Tables` where that works and pays (JAX, compiled, one device, data in memory, nothing that XLA
    convolves on a CPU), else as `Batches`; what is larger than memory as `Chunks` and `Stream` in their place; anything
    else goes to stock Keras. The order of shuffled rows depends only on ``seed`` and the epoch.
    """

    seed: int = 0
    pieces: int = PIECES
    _fed: Any = None
    _position: Any = None

    def fit(self, x: Any = None, y: Any = None, batch_size: int | None = None, epochs: int = 1, verbose: Any = "auto",
            callbacks: Any = None, validation_split: float = 0.0, validation_data: Any = None, shuffle: bool = True,  # noqa: FBT001, FBT002 Keras's signature
            class_weight: Any = None, sample_weight: Any = None, initial_epoch: int = 0, **stock: Any) -> Any:
        """Train; arguments and result are those of ``keras.Model.fit``.

        Ctrl-C ends it before the next batches are begun, and the model goes on from there.
        """
        options = {"epochs": epochs, "verbose": verbose, "initial_epoch": initial_epoch, **stock}
        data: tuple[Any, ...] = (x, y, sample_weight)
        interrupts = Interrupts()
        if class_weight is not None or stock.get("steps_per_epoch") or not _are_arrays(data):
            with interrupts:
                return super().fit(x, y, batch_size=batch_size, callbacks=_among(callbacks, last=interrupts),
                                   validation_split=validation_split, validation_data=validation_data, shuffle=shuffle,
                                   class_weight=class_weight, sample_weight=sample_weight, **options)
        if validation_split and validation_data is None:
            kept = int(len(x) * (1.0 - validation_split))
            held_out = tree.map_structure(lambda array: _part(array, slice(kept, None)), _pack(data))
            validation_data = held_out if isinstance(held_out, tuple) else (held_out,)
            data = tuple(None if array is None else _part(array, slice(kept)) for array in data)
        if not self.optimizer.built:
            self.optimizer.build(self.trainable_variables)
        batches = self._feed(data, batch_size or 32, pieces=self.pieces, shuffle=bool(shuffle), seed=self.seed)
        feeds = [batches]
        callbacks = _among(callbacks, _Order(batches, self._position), last=interrupts)
        self._position = None
        if validation_data is not None and not stock.get("validation_steps"):
            held_out = keras.utils.unpack_x_y_sample_weight(validation_data)
            if _are_arrays(held_out):
                size = options.pop("validation_batch_size", None) or batch_size or 32
                feeds.append(self._feed(held_out, size, pieces=1))
                validation_data = (feeds[-1],)
        self._fed = SimpleNamespace(batches=batches)  # a namespace, so that Keras does not take it for a part
        try:
            with interrupts:
                return super().fit(batches, callbacks=callbacks, validation_data=validation_data, shuffle=False,
                                   **options)
        finally:
            self._fed = None
            for feed in feeds:
                feed.close()

    def steps_done(self, item: int) -> int | None:
        """Return how many steps of the epoch ``fit`` has done when callbacks hear of the end of batch ``item``.

        None where the epoch is over then, or `go_on_from` could not go on from there.
        """
        if self._fed is None or keras.backend.backend() == "tensorflow":  # its graph knows one structure of data
            return None
        steps = self._fed.batches.steps_after(item)
        return steps if steps < self._fed.batches.num_steps else None

    def go_on_from(self, steps: int, metrics: Any) -> None:
        """Let the next ``fit`` begin after ``steps`` steps of its first epoch, with those values of the metrics."""
        self._position = SimpleNamespace(steps=steps, metrics=list(metrics))

    def evaluate(self, x: Any = None, y: Any = None, batch_size: int | None = None, verbose: Any = "auto",
                 sample_weight: Any = None, steps: int | None = None, **stock: Any) -> Any:
        """Evaluate; arguments and result are those of ``keras.Model.evaluate``."""
        data = (x, y, sample_weight)
        if stock.get("_use_cached_eval_dataset"):  # within fit
            return super().evaluate(x, y, batch_size=batch_size, verbose=verbose, sample_weight=sample_weight,
                                    steps=steps, **stock)
        interrupts = Interrupts(testing=True)
        stock["callbacks"] = _among(stock.get("callbacks"), last=interrupts)
        if steps is not None or not _are_arrays(data):
            with interrupts:
                return super().evaluate(x, y, batch_size=batch_size, verbose=verbose, sample_weight=sample_weight,
                                        steps=steps, **stock)
        feed = self._feed(data, batch_size or 32, pieces=1)
        try:
            with interrupts:
                return super().evaluate(feed, verbose=verbose, **stock)
        finally:
            feed.close()

    def train_step(self, *args: Any) -> Any:
        """Run one step, or one per row of a table."""
        return self._run(super().train_step, *args)

    def test_step(self, *args: Any) -> Any:
        """Run one step, or one per row of a table."""
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
        """Whether this model, as it is compiled, trains on ``arrays`` by whole epochs.

        It does on JAX, on one device that can hold the data, where XLA is not slowed down by that.
        """
        return self._loops(arrays, batch_size) and _fits(arrays)

    def _loops(self, arrays: Any, batch_size: int) -> bool:
        """Whether many steps run as one program."""
        return (keras.backend.backend() == "jax" and self.jit_compile and not self.run_eagerly
                and self.steps_per_execution == 1 and keras.distribution.distribution() is None
                and not self._convolves_on_cpu(arrays, batch_size))

    def _convolves_on_cpu(self, arrays: Any, batch_size: int) -> bool:
        """Whether XLA would convolve on a CPU, which it does many times slower inside a loop than outside."""
        import jax  # noqa: PLC0415

        if jax.default_backend() != "cpu" or all(len(kernel.shape) < 3 for kernel in self.trainable_variables):
            return False
        x = keras.utils.unpack_x_y_sample_weight(arrays)[0]
        batch = jax.tree.map(lambda array: jax.ShapeDtypeStruct((batch_size, *array.shape[1:]), array.dtype), x)
        variables = [[variable.value for variable in part]
                     for part in (self.trainable_variables, self.non_trainable_variables)]
        return "conv_general_dilated" in str(jax.make_jaxpr(self.stateless_call)(*variables, batch))

    def _run(self, step: Any, *args: Any) -> Any:
        data = args[-1]
        if isinstance(data, dict) and "skipped" in data:
            return self._unchanged(*args)
        if not (isinstance(data, dict) and "table" in data):
            return step(*args)
        import jax  # noqa: PLC0415

        # Scaled before the loop: within it, XLA would fuse that into the step, which then rounds otherwise.
        arrays = _scaled(data["arrays"], data["levels"]) if "levels" in data else data["arrays"]

        def one(i: Any, state: Any) -> Any:
            rows = data["table"][i]
            batch = jax.tree.map(lambda array: array.at[rows].get(mode="promise_in_bounds"), arrays)
            _, new = step(state, batch)
            return jax.tree.map(lambda after, before: after.astype(before.dtype), new, state)

        state = jax.lax.fori_loop(0, data["count"], one, args[0])
        return self._unchanged(state, data)

    def _unchanged(self, *args: Any) -> Any:
        """Return what a step returns, for the state as it is: metrics are running means, all that the logs need."""
        if keras.backend.backend() != "jax":
            return self.get_metrics_result()
        with keras.StatelessScope(state_mapping=list(zip(self.metrics_variables, args[0][-1], strict=True))):
            return self.get_metrics_result(), args[0]


def _among(callbacks: Any, *first: keras.callbacks.Callback, last: keras.callbacks.Callback) -> Any:
    """Return the user's callbacks between ours."""
    if isinstance(callbacks, keras.callbacks.CallbackList):
        callbacks.callbacks += [*first, last]
        return callbacks
    return [*first, *(callbacks if isinstance(callbacks, (list, tuple)) else [callbacks] * bool(callbacks)), last]


def _are_arrays(data: tuple[Any, ...]) -> bool:
    """Whether every item given is an array whose rows can be picked."""
    return data[0] is not None and all(item is None or isinstance(item, (np.ndarray, Streamed)) for item in data)


def _scaled(arrays: Any, levels: list[Any]) -> Any:
    """Return a chunk as the model sees it: bytes are looked up, since XLA's division rounds otherwise than NumPy's."""
    import jax  # noqa: PLC0415

    leaves, structure = jax.tree.flatten(arrays)
    return jax.tree.unflatten(structure, [
        table.at[leaf].get(mode="promise_in_bounds") if len(table) else leaf.astype(table.dtype)
        for leaf, table in zip(leaves, levels, strict=True)])


def _part(array: Any, rows: slice) -> Any:
    return array.take(rows) if isinstance(array, Streamed) else array[rows]


def _pack(data: tuple[Any, ...]) -> Any:
    return keras.utils.pack_x_y_sample_weight(*data)


def _fits(arrays: Any) -> bool:
    """Whether the arrays can live on the device: they are in memory already, and take at most half of its memory."""
    import jax  # noqa: PLC0415

    flat = tree.flatten(arrays)
    if any(isinstance(array, Streamed) for array in flat):
        return False
    limit = (jax.devices()[0].memory_stats() or {}).get("bytes_limit", float("inf"))
    return not any(isinstance(array, np.memmap) for array in flat) and 2 * sum(a.nbytes for a in flat) <= limit
