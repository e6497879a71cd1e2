"""Many training or test steps as one program.

The model overrides ``train_step`` and ``test_step``, Keras's documented hooks. A batch that holds several batches
(`Steps`) runs the step once for each of them, in a compiled loop.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

from zukan.compiled.items import Skipped, Steps, Stored
from zukan.compiled.loops import loop
from zukan.compiled.placement import Placement
from zukan.compiled.storing import floats


class CompiledSteps(keras.Model):
    """A ``keras.Model`` whose steps may be many.

    Attributes
    ----------
    placement : Placement
        Where the state and the batches of the steps lie.
    pull : callable, optional
        Gives the variables their values when a callback asks for them, if they lie elsewhere during a training.
    """

    placement = Placement()
    pull: Callable[[], None] | None = None

    def jax_state_sync(self) -> None:
        """Give the variables their values; Keras calls it when a callback uses its model."""
        pull, self.pull = self.pull, None
        if pull is not None:
            pull()
        super().jax_state_sync()

    def test_start(self) -> list[tuple[Any, Any]]:
        """Return the variables that every validation starts from the same value, with this value."""
        return []

    def train_step(self, *args: Any) -> Any:
        """Run one training step, or all steps of a `Steps` and the validation after them."""
        result = self._run(super().train_step, *args)
        if not isinstance(args[-1], Steps) or args[-1].end.validation is None:
            return result
        logs, (trainable, others, optimizer, _) = result
        held_out, metrics, starts = args[-1].end.validation
        begun = [starts.get(i, value) for i, value in enumerate(others)]
        tested, (_, others, metrics) = self._run(super().test_step, (trainable, begun, metrics), held_out)
        return {**logs, **{f"val_{name}": value for name, value in tested.items()}}, (
            trainable, others, optimizer, metrics)

    def test_step(self, *args: Any) -> Any:
        """Run one test step, or all steps of a `Steps`."""
        return self._run(super().test_step, *args)

    def _run(self, step: Any, *args: Any) -> Any:
        batch = args[-1]
        if isinstance(batch, Skipped):
            return self._unchanged(*args)
        if not isinstance(batch, Steps):
            return step(*args)
        import jax  # noqa: PLC0415

        placement = self.placement

        def examples(rows: Any) -> Any:
            if batch.arrays is None:
                return rows
            # Rounded as if the floats were stored: XLA must not fuse the conversion into the step.
            return jax.tree.map(lambda leaf: _taken(leaf, rows), batch.arrays, is_leaf=_is_stored)

        def one(state: Any, rows: Any) -> Any:
            _, new = step(state, placement.split(examples(rows)))
            return placement.replicate(jax.tree.map(lambda after, before: after.astype(before.dtype), new, state))

        # Converted before the loop: within it, XLA would fuse the conversion into the step and round differently.
        batches, last = jax.tree.map(floats, (batch.batches, batch.end.last), is_leaf=_is_stored)
        state = args[0]
        if batches is not None:
            state = loop(one, state, batches)
        if last is not None:
            state = one(state, last)
        return self._unchanged(state, batch)

    def _unchanged(self, *args: Any) -> Any:
        """Return the result of a step that changes nothing: the running averages in the state, and the state."""
        if keras.backend.backend() != "jax":
            return self.get_metrics_result()
        with keras.StatelessScope(state_mapping=list(zip(self.metrics_variables, args[0][-1], strict=True))):
            return self.get_metrics_result(), args[0]


def _is_stored(leaf: Any) -> bool:
    return isinstance(leaf, Stored)


def _taken(leaf: Any, rows: Any) -> Any:
    """Return rows of an array on the device as floats."""
    import jax  # noqa: PLC0415

    if not isinstance(leaf, Stored):
        return leaf.at[rows].get(mode="promise_in_bounds")
    taken = leaf._replace(values=leaf.values.at[rows].get(mode="promise_in_bounds"))
    return jax.lax.optimization_barrier(floats(taken))
