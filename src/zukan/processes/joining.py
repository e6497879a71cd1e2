"""The group of this process: joined for a command, left at its end."""

from __future__ import annotations

import atexit
import contextlib
import os
from collections.abc import Iterator

from zukan import backend, checks
from zukan.processes.errors import close_output
from zukan.processes.group import Group
from zukan.processes.launch import find

_current = Group()


def current() -> Group:
    """Return the group of this process."""
    return _current


@contextlib.contextmanager
def joined(processes: int | None = None, process_id: int | None = None, coordinator: str | None = None, *,
           splits: bool = False) -> Iterator[Group]:
    """Join the other processes that run the same command, for the block; alone if there are none.

    The arguments, or SLURM and MPI, say which process this is. If any process fails or dies, all end. Process 0 says
    why they failed; each that is left says which one died.

    Parameters
    ----------
    processes, process_id, coordinator
        As for `zukan.processes.find`.
    splits : bool
        Whether they share the rows of computations.

    Raises
    ------
    zukan.InputError
        If the arguments are incomplete, the backend is not JAX, or the processes do not find each other.
    """
    global _current  # noqa: PLW0603 a process has one group
    launch = find(processes, process_id, coordinator)
    if launch is None:
        yield _current
        return
    _check_backend()
    group = _current = Group(launch.processes, launch.process_id)
    group.join(launch)
    group.splits = splits
    atexit.register(end, 1)  # before JAX's own, which would wait for the others
    try:
        yield group
        group.leave()
    except BaseException as error:
        group.fail(error, _code(error))
        if not group.is_first:  # it has left the others, and process 0 says why
            raise SystemExit(_code(error)) from error
        raise


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Let each process do its own work in the block, as if there were no others."""
    global _current  # noqa: PLW0603
    group, _current = _current, Group()
    try:
        yield
    finally:
        _current = group


def end(code: int) -> None:
    """End this process without waiting for the others, if they are still joined after an error."""
    if _current.links:
        close_output()
        os._exit(code)


def _code(error: BaseException) -> int:
    """Return the exit code of a command that ends with this error."""
    if isinstance(error, KeyboardInterrupt):
        return 130
    return 2 if isinstance(error, checks.InputError) else 1


def _check_backend() -> None:
    backend.start()
    import keras  # noqa: PLC0415

    name = keras.backend.backend()
    if name != "jax":
        raise checks.InputError(f"several processes need the backend 'jax', got {name!r}; unset KERAS_BACKEND, or "
                                "start one process")
