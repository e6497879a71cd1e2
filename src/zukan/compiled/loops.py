"""The loop over the steps of an item, as fast as the device allows (on JAX)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SMALL = 4  # elements: smaller parts of the state share one array on an accelerator, else each costs a kernel a step
UNROLLED = 2  # steps in one round of the loop on an accelerator, which saves copies of the state


def loop(step: Callable[[Any, Any], Any], state: Any, batches: Any) -> Any:
    """Return the state after ``state = step(state, batch)`` for each of ``batches``, stacked along their first axis."""
    import jax  # noqa: PLC0415 only this path needs it

    if jax.default_backend() == "cpu":  # the same operations as outside of a loop, so that results are equal
        return jax.lax.scan(lambda state, batch: (step(state, batch), None), state, batches)[0]
    pack, unpack = _packing(state)

    def packed(state: Any, batch: Any) -> Any:
        return pack(step(unpack(state), batch)), None

    return unpack(jax.lax.scan(packed, pack(state), batches, unroll=UNROLLED)[0])


def _packing(state: Any) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """Return functions that join the small parts of a state to one array for each dtype, and that take it apart."""
    import jax  # noqa: PLC0415

    leaves, structure = jax.tree.flatten(state)
    small: dict[str, list[int]] = {}
    for i, leaf in enumerate(leaves):
        if leaf.size <= SMALL:
            small.setdefault(str(leaf.dtype), []).append(i)
    large = sorted({*range(len(leaves))} - {i for members in small.values() for i in members})

    def pack(state: Any) -> Any:
        parts = jax.tree.leaves(state)
        return [parts[i] for i in large], {
            name: jax.numpy.concatenate([parts[i].ravel() for i in members]) for name, members in small.items()}

    def unpack(packed: Any) -> Any:
        parts: list[Any] = [None] * len(leaves)
        for i, part in zip(large, packed[0], strict=True):
            parts[i] = part
        for name, members in small.items():
            start = 0
            for i in members:
                stop = start + leaves[i].size
                parts[i] = packed[1][name][start:stop].reshape(leaves[i].shape)
                start = stop
        return jax.tree.unflatten(structure, parts)

    return pack, unpack
