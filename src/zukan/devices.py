"""The devices that a training runs on: one, or several under ``keras.distribution.DataParallel``."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any

from zukan import checks


@contextlib.contextmanager
def scope(count: int | str | None) -> Iterator[None]:
    """Let models that are built within the block train on ``count`` devices.

    Every device holds the weights and a part of each batch; gradients are added up (data parallelism). The losses are
    those of one device, up to rounding.

    Parameters
    ----------
    count : int, "all" or None
        The number of devices; with several processes, of all of them together. None is one device.

    Raises
    ------
    zukan.InputError
        If JAX has fewer devices, or the backend is another one.
    """
    chosen = chosen_devices(count)
    if len(chosen) == 1:
        yield
        return
    import keras  # noqa: PLC0415

    from zukan.compiled import distribution  # noqa: PLC0415

    names = [f"{device.platform}:{device.id}" for device in chosen]
    with distribution(keras.distribution.DataParallel(devices=names, auto_shard_dataset=False)):
        yield


def chosen_devices(count: int | str | None, *, local: bool = False) -> list[Any]:
    """Return that many of JAX's devices; with ``local``, of this process only."""
    import keras  # noqa: PLC0415

    if keras.backend.backend() != "jax":
        if count in (None, 1):
            return [None]
        raise checks.InputError(f"devices needs the backend 'jax', got {keras.backend.backend()!r}; "
                                f"unset KERAS_BACKEND, or leave devices out")
    import jax  # noqa: PLC0415

    present = jax.local_devices() if local else jax.devices()
    if count == "all":
        return present
    number = checks.integer("devices", 1 if count is None else count)
    if number > len(present):
        raise checks.InputError(f"devices must be at most {len(present)}, the number that JAX has here "
                                f"({present[0].device_kind}), got {number}; use 'all'")
    return present[:number]


def one_per_core() -> None:
    """Give JAX a CPU device for each core, so that models which train together train at the same time.

    It has no effect if JAX is in use already, or if the user chose a number.
    """
    import jax  # noqa: PLC0415

    chosen = "JAX_NUM_CPU_DEVICES" in os.environ or "device_count" in os.environ.get("XLA_FLAGS", "")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not chosen:
        with contextlib.suppress(RuntimeError):
            jax.config.update("jax_num_cpu_devices", cores)


def on_one_device(model: Any) -> Any:
    """Return a model with the same state that computes on one device of this process."""
    import keras  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415

    if keras.backend.backend() != "jax" or all(len(v.value.sharding.device_set) == 1 for v in model.weights):
        return model
    new = type(model).from_config(model.get_config())
    new.compile(keras.optimizers.deserialize(keras.optimizers.serialize(model.optimizer)))
    new.optimizer.build(new.trainable_variables)
    for mine, theirs in zip([*new.variables, *new.optimizer.variables], [*model.variables, *model.optimizer.variables],
                            strict=True):
        mine.assign(np.asarray(theirs.value))
    return new
