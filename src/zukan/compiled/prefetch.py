"""Prefetch streamed items in the order of an epoch, by threads or worker processes of Grain."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing import resource_tracker
from typing import Any

import numpy as np

from zukan import checks
from zukan.streamed import Streamed

THREADS, PREFETCHED = 2, 2  # items read at the same time, and items that wait to be used
PATIENCE = 5.0  # seconds to wait for an item after a worker died
MISSING = 60.0  # seconds to wait for a worker that never appeared


@dataclass(frozen=True)
class Reader:
    """Reads item ``index`` of an epoch: its rows of each array, as ``(batches, last)``.

    Parameters
    ----------
    arrays : list of arrays and of `zukan.streamed.Streamed`
    numbers : list of (array of shape (steps, batch_size), array of shape (rows,))
        The rows in the batches of each item, and in a smaller last batch.
    raw : bool
        Whether streamed rows are returned as they are stored.
    """

    arrays: list[Any]
    numbers: list[tuple[np.ndarray, np.ndarray]]
    raw: bool

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, index: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
        whole, last = self.numbers[index]
        rows = [self._rows(array, np.concatenate([whole.ravel(), last])) for array in self.arrays]
        return ([array[: whole.size].reshape(*whole.shape, *array.shape[1:]) for array in rows],
                [array[whole.size :] for array in rows])

    def _rows(self, array: Any, numbers: np.ndarray) -> np.ndarray:
        return array.raw(numbers) if self.raw and isinstance(array, Streamed) else array[numbers]


class Prefetcher:
    """Yields the items of a `Reader` in order and reads the next ones in the background.

    Parameters
    ----------
    workers : int
        Number of worker processes; 0 uses threads of this process.
    put : callable
        Applied to the arrays of an item as soon as they are read.
    """

    def __init__(self, workers: int, put: Callable[[Any], Any] = lambda x: x) -> None:
        self.workers = workers
        self.put = put
        self.closed = False
        self.drop()

    def drop(self) -> None:
        """Forget the items in the background, because the order has changed, and return their memory to the system."""
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None
        if trim is not None:  # glibc keeps the memory that each thread freed, more with every epoch
            trim(0)
        self.iterator: Any = None
        self.next = 0
        self.processes: dict[int | None, Any] = {}
        self.started = 0

    def close(self) -> None:
        """End the worker processes, before Python's tracker of shared memory would print warnings about them."""
        self.closed = True  # TensorFlow may still ask for an item from a thread of its own
        if self.workers and self.iterator is not None:
            with contextlib.suppress(Exception):  # a process that is still starting; the training's own error counts
                self.iterator.close()
        self.drop()

    def item(self, reader: Reader, index: int) -> tuple[list[Any], list[Any]]:
        """Return item ``index``; if it follows the last one, it is already being read."""
        if self.closed:
            raise RuntimeError("the prefetcher is closed")
        if self.iterator is None or self.next != index:
            self.iterator = self._begin(reader, index)
        self.next = index + 1
        try:
            rows = self._from_workers(self.iterator) if self.workers else next(self.iterator)
        except checks.InputError as error:  # Grain adds lines to the message
            self.drop()
            raise checks.InputError(str(error).split("\n", maxsplit=1)[0]) from None
        except Exception as error:
            for process in self.processes.values():  # the others would wait for the dead one
                process.kill()
            self.drop()
            if not self.workers:
                raise
            raise checks.InputError(
                f"workers must run until the training ends, but one of {self.workers} was killed or failed "
                f"({type(error).__name__}); check that there is memory for all of them, and continue with zukan resume"
            ) from error
        if self.next == len(reader):
            with contextlib.suppress(Exception):  # all items are read, so a worker that died now does not matter
                next(self.iterator, None)  # lets the processes end by themselves
            self.drop()
        return rows if not self.workers else self.put(rows)

    def _from_workers(self, iterator: Iterator[Any]) -> Any:
        """Return the next item of ``iterator``, or raise if a worker died: Grain itself may then wait forever."""
        items: list[Any] = []
        errors: list[BaseException] = []

        def ask() -> None:
            if hasattr(signal, "pthread_sigmask"):  # inherited by the workers: only this process answers Ctrl-C
                signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            try:
                items.append(next(iterator))
            except BaseException as error:  # noqa: BLE001 it is raised below
                errors.append(error)

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        begun = time.monotonic()
        while asking.is_alive():
            asking.join(0.1)
            codes, waited = self._exit_codes(), time.monotonic() - begun
            lacks = len(codes) < self.started
            is_dead = any(codes) or (lacks and _lost_a_child())
            if (is_dead and waited > PATIENCE) or (lacks and waited > MISSING):
                raise RuntimeError("a worker process is dead")
        self._exit_codes()  # so that all are known by now: a process that is killed between two items leaves no trace
        if errors:
            raise errors[0]
        # A copy: JAX would keep the workers' shared memory.
        whole, last = items.pop()
        return [np.array(array) for array in whole], [np.array(array) for array in last]

    def _exit_codes(self) -> list[int | None]:
        """Return the exit code of each worker that was ever seen; None while it runs."""
        self.processes |= {child.pid: child for child in multiprocessing.active_children()
                           if child.name.startswith("grain-process")}
        return [child.exitcode for child in self.processes.values()]

    def _begin(self, reader: Reader, index: int) -> Iterator[Any]:
        grain = library()
        items = grain.MapDataset.source(reader)[index:]
        self.started = min(self.workers, len(items))
        threads = grain.ReadOptions(num_threads=THREADS, prefetch_buffer_size=PREFETCHED)
        if not self.workers:
            return iter(items.map(self.put).to_iter_dataset(threads))
        from absl import flags  # noqa: PLC0415 a dependency of Grain

        if not flags.FLAGS.is_parsed():  # Grain's workers read flags, which only programs built on absl parse
            flags.FLAGS.mark_as_parsed()
        if os.name == "posix":
            resource_tracker.ensure_running()  # if it started together with the workers, it would unblock Ctrl-C
        return iter(items.to_iter_dataset(threads).mp_prefetch(
            grain.multiprocessing.MultiprocessingOptions(num_workers=self.workers, per_worker_buffer_size=1)))


def _lost_a_child() -> bool:
    """Return whether a child of this process was killed that `multiprocessing` does not know: while it started."""
    if not hasattr(os, "waitid"):  # on Windows and macOS, only the time limit shows it
        return False
    try:
        ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:  # this process has no child processes
        return False
    return ended is not None and ended.si_code in {os.CLD_KILLED, os.CLD_DUMPED}


def library() -> Any:
    """Return Grain.

    Raises
    ------
    zukan.InputError
        If it is not installed.
    """
    try:
        import grain  # noqa: PLC0415 an extra
    except ImportError as error:
        raise checks.not_installed("data larger than memory", "grain", "stream") from error
    return grain
