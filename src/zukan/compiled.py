"""Whole-epoch training behind ``keras.Model.fit``: one compiled program runs many steps over arrays kept on the device.

The model overrides ``train_step`` and ``test_step``, Keras's documented hooks: when a batch is a table of row numbers,
the step runs once per row of the table inside a compiled loop. Callbacks, metrics and state stay Keras's own.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import tree

PIECES = 10  # items an epoch is cut into, so that a progress bar moves; costs under 3 % of the epoch


class Batches(keras.utils.PyDataset):
    """Arrays as batches, in an order drawn anew for each epoch from (seed, epoch).

    Stock Keras shuffles with a global generator; this order is the same on every backend and after a restart.

    Parameters
    ----------
    arrays : tree of arrays with the same length
    batch_size : int
    shuffle : bool
    seed : int
    """

    def __init__(self, arrays: Any, batch_size: int, *, shuffle: bool = False, seed: int = 0) -> None:
        super().__init__()
        self.arrays = arrays
        self.length = len(tree.flatten(arrays)[0])
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.seed = seed
        self.start_epoch(0)

    def start_epoch(self, epoch: int) -> None:
        """Draw the order of ``epoch``."""
        generator = np.random.default_rng([self.seed, epoch])
        self.order = (generator.permutation if self.shuffle else np.arange)(self.length).astype("int32")

    @property
    def num_batches(self) -> int:
        """Number of items in an epoch."""
        return -(-self.length // self.batch_size)

    def __getitem__(self, index: int) -> Any:
        """Return the rows of one batch."""
        rows = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        return tree.map_structure(lambda array: array[rows], self.arrays)


class Tables(Batches):
    """The same batches as tables of row numbers: a few items an epoch, plus one for a smaller last batch.

    Every full table has the same shape, with the number of steps beside it, so that one program serves them all.
    """

    def __init__(self, arrays: Any, batch_size: int, *, pieces: int = PIECES, **options: Any) -> None:
        import jax  # noqa: PLC0415 only this path needs it

        super().__init__(tree.map_structure(jax.device_put, arrays), batch_size, **options)
        self.full = self.length // batch_size
        self.steps = max(1, -(-self.full // pieces))

    @property
    def num_batches(self) -> int:
        """Number of tables in an epoch."""
        return -(-self.full // self.steps) + bool(self.length % self.batch_size)

    def __getitem__(self, index: int) -> dict[str, Any]:
        """Return the arrays, one table and the number of its rows that count."""
        done = index * self.steps
        if done >= self.full:
            table, count = self.order[None, self.full * self.batch_size :], 1
        else:
            count = min(self.steps, self.full - done)
            table = np.zeros((self.steps, self.batch_size), "int32")
            rows = self.order[done * self.batch_size : (done + count) * self.batch_size]
            table[:count] = rows.reshape(count, self.batch_size)
        return {"arrays": self.arrays, "table": table, "count": np.int32(count)}


class _Order(keras.callbacks.Callback):
    """Tells the batches which epoch begins, and the other callbacks, in ``params``, how many examples it has."""

    def __init__(self, batches: Batches) -> None:
        super().__init__()
        self.batches = batches

    def on_train_begin(self, logs: Any = None) -> None:  # noqa: ARG002
        if self.params:  # a CallbackList of the user's own may have none
            self.params["examples"] = self.batches.length

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        self.batches.start_epoch(epoch)


class CompiledEpochs(keras.Model):
    """A ``keras.Model`` that trains by whole epochs; it must be built before ``fit``.

    Arrays are fed as `Tables` where that works and pays (JAX, compiled, one device, data in memory, nothing that XLA
    convolves on a CPU), else as `Batches`; anything that is not an array goes to stock Keras. The order of shuffled
    rows depends only on ``seed`` and the epoch.
    """

    seed: int = 0
    pieces: int = PIECES

    def fit(self, x: Any = None, y: Any = None, batch_size: int | None = None, epochs: int = 1, verbose: Any = "auto",
            callbacks: Any = None, validation_split: float = 0.0, validation_data: Any = None, shuffle: bool = True,  # noqa: FBT001, FBT002 Keras's signature
            class_weight: Any = None, sample_weight: Any = None, initial_epoch: int = 0, **stock: Any) -> Any:
        """Train; arguments and result are those of ``keras.Model.fit``."""
        options = {"epochs": epochs, "verbose": verbose, "initial_epoch": initial_epoch, **stock}
        data: tuple[Any, ...] = (x, y, sample_weight)
        if class_weight is not None or stock.get("steps_per_epoch") or not _are_arrays(data):
            return super().fit(x, y, batch_size=batch_size, callbacks=callbacks, validation_split=validation_split,
                               validation_data=validation_data, shuffle=shuffle, class_weight=class_weight,
                               sample_weight=sample_weight, **options)
        if validation_split and validation_data is None:
            kept = int(len(x) * (1.0 - validation_split))
            held_out = tree.map_structure(lambda array: array[kept:], _pack(data))
            validation_data = held_out if isinstance(held_out, tuple) else (held_out,)
            data = tuple(None if array is None else array[:kept] for array in data)
        if not self.optimizer.built:
            self.optimizer.build(self.trainable_variables)
        batches = self._feed(data, batch_size or 32, pieces=self.pieces, shuffle=bool(shuffle), seed=self.seed)
        tell = _Order(batches)
        if isinstance(callbacks, keras.callbacks.CallbackList):
            callbacks.callbacks.append(tell)
        else:
            callbacks = [tell, *(callbacks if isinstance(callbacks, (list, tuple)) else [callbacks] * bool(callbacks))]
        if validation_data is not None and not stock.get("validation_steps"):
            held_out = keras.utils.unpack_x_y_sample_weight(validation_data)
            if _are_arrays(held_out):
                size = options.pop("validation_batch_size", None) or batch_size or 32
                validation_data = (self._feed(held_out, size, pieces=1),)
        return super().fit(batches, callbacks=callbacks, validation_data=validation_data, shuffle=False, **options)

    def evaluate(self, x: Any = None, y: Any = None, batch_size: int | None = None, verbose: Any = "auto",
                 sample_weight: Any = None, steps: int | None = None, **stock: Any) -> Any:
        """Evaluate; arguments and result are those of ``keras.Model.evaluate``."""
        data = (x, y, sample_weight)
        if not stock.get("_use_cached_eval_dataset") and steps is None and _are_arrays(data):
            return super().evaluate(self._feed(data, batch_size or 32, pieces=1), verbose=verbose, **stock)
        return super().evaluate(x, y, batch_size=batch_size, verbose=verbose, sample_weight=sample_weight, steps=steps,
                                **stock)

    def train_step(self, *args: Any) -> Any:
        """Run one step, or one per row of a table."""
        return self._run(super().train_step, *args)

    def test_step(self, *args: Any) -> Any:
        """Run one step, or one per row of a table."""
        return self._run(super().test_step, *args)

    def _feed(self, data: tuple[Any, ...], batch_size: int, *, pieces: int = PIECES, **order: Any) -> Batches:
        arrays = _pack(data)
        if self.compiles_epochs(arrays, batch_size):
            return Tables(arrays, batch_size, pieces=pieces, **order)
        return Batches(arrays, batch_size, **order)

    def compiles_epochs(self, arrays: Any, batch_size: int) -> bool:
        """Whether this model, as it is compiled, trains on ``arrays`` by whole epochs.

        It does on JAX, on one device that can hold the data, where XLA is not slowed down by that.
        """
        return (keras.backend.backend() == "jax" and self.jit_compile and not self.run_eagerly
                and self.steps_per_execution == 1 and keras.distribution.distribution() is None
                and _fits(arrays) and not self._convolves_on_cpu(arrays, batch_size))

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
        if not (isinstance(data, dict) and "table" in data):
            return step(*args)
        import jax  # noqa: PLC0415

        def one(i: Any, state: Any) -> Any:
            rows = data["table"][i]
            batch = jax.tree.map(lambda array: array.at[rows].get(mode="promise_in_bounds"), data["arrays"])
            _, new = step(state, batch)
            return jax.tree.map(lambda after, before: after.astype(before.dtype), new, state)

        state = jax.lax.fori_loop(0, data["count"], one, args[0])
        # Metrics are running means, so their state after the last step is all that the logs need.
        with keras.StatelessScope(state_mapping=list(zip(self.metrics_variables, state[-1], strict=True))):
            return self.get_metrics_result(), state


def _are_arrays(data: tuple[Any, ...]) -> bool:
    """Whether every item given is an array whose rows can be picked."""
    return data[0] is not None and all(item is None or isinstance(item, np.ndarray) for item in data)


def _pack(data: tuple[Any, ...]) -> Any:
    return keras.utils.pack_x_y_sample_weight(*data)


def _fits(arrays: Any) -> bool:
    """Whether the arrays can live on the device: they are in memory already, and take at most half of its memory."""
    import jax  # noqa: PLC0415

    flat = tree.flatten(arrays)
    limit = (jax.devices()[0].memory_stats() or {}).get("bytes_limit", float("inf"))
    return not any(isinstance(array, np.memmap) for array in flat) and 2 * sum(a.nbytes for a in flat) <= limit
