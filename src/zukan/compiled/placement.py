"""Where the data of a training lies: on one device, or on all devices of a ``keras.distribution.DataParallel``."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from zukan import checks


class Placement:
    """Puts arrays on the devices of a training; state is replicated, and every batch is split (on JAX).

    Parameters
    ----------
    distribution : keras.distribution.Distribution, optional
        None for one device.
    """

    def __init__(self, distribution: Any = None) -> None:
        if distribution is not None and not isinstance(distribution, keras.distribution.DataParallel):
            raise checks.InputError(
                f"the distribution must be a keras.distribution.DataParallel, got {type(distribution).__name__}; "
                f"use keras.distribution.set_distribution(keras.distribution.DataParallel())")
        self.mesh: Any = None if distribution is None else distribution.device_mesh.backend_mesh
        self.axis = None if distribution is None else distribution.batch_dim_name

    @property
    def devices(self) -> int:
        """Number of devices."""
        return 1 if self.mesh is None else self.mesh.size

    def check(self, batch_size: int) -> None:
        """Raise `zukan.InputError` unless each device gets an equal part of a batch."""
        if batch_size % self.devices:
            nearest = max(1, round(batch_size / self.devices)) * self.devices
            raise checks.InputError(f"batch_size must be a multiple of the number of devices, which is {self.devices}, "
                                    f"got {batch_size}; use {nearest}")

    def whole(self, array: Any) -> Any:
        """Return ``array`` on every device; every process passes the same one."""
        import jax  # noqa: PLC0415 only this path needs it

        if self.mesh is None:
            return jax.device_put(array)
        return jax.make_array_from_callback(array.shape, self._sharding(), lambda index: array[index])

    def by_rows(self, array: np.ndarray) -> Any:
        """Return ``array`` with its rows divided among the devices; rows of zeros at the end make them equal parts."""
        import jax  # noqa: PLC0415

        n = -(-len(array) // self.devices) * self.devices
        shape = (n, *array.shape[1:])

        def part(index: Any) -> np.ndarray:
            rows = array[index]
            missing = min(n, index[0].stop or n) - (index[0].start or 0) - len(rows)
            return np.concatenate([rows, np.zeros((missing, *array.shape[1:]), array.dtype)]) if missing else rows

        return jax.make_array_from_callback(shape, self._sharding(self.axis), part)

    def part(self, batch_size: int) -> slice:
        """Return the part of each batch that the devices of this process get: all if they do not get equal parts."""
        if self.mesh is None or batch_size % self.devices:
            return slice(0, batch_size)
        mine = [i for i, device in enumerate(self.mesh.devices.flat) if device.process_index == _process()]
        each = batch_size // self.devices
        return slice(mine[0] * each, (mine[-1] + 1) * each)

    def batches(self, array: np.ndarray, batch_size: int) -> Any:
        """Return the batches of shape ``(steps, part, ...)`` that this process read, split among its devices."""
        if self.mesh is None or batch_size % self.devices:
            return self.whole(array)
        import jax  # noqa: PLC0415

        shape = (len(array), batch_size, *array.shape[2:])
        return jax.make_array_from_process_local_data(self._sharding(None, self.axis), array, shape)

    def split(self, batch: Any) -> Any:
        """Within a program, split each array of a batch among the devices, if they get equal parts."""
        return self._constrain(batch, lambda array: (self.axis,) if array.shape[0] % self.devices == 0 else ())

    def replicate(self, state: Any) -> Any:
        """Within a program, keep ``state`` whole on each device."""
        return self._constrain(state, lambda _: ())

    def _constrain(self, tree: Any, axes: Any) -> Any:
        if self.mesh is None:
            return tree
        import jax  # noqa: PLC0415

        return jax.tree.map(lambda a: jax.lax.with_sharding_constraint(a, self._sharding(*axes(a))), tree)

    def _sharding(self, *axes: str | None) -> Any:
        from jax.sharding import NamedSharding, PartitionSpec  # noqa: PLC0415

        return NamedSharding(self.mesh, PartitionSpec(*axes))


def _process() -> int:
    import jax  # noqa: PLC0415

    return jax.process_index()
