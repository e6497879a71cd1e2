"""An epoch's batches of data that is larger than memory, read ahead by Grain.

What is read needs three things: ``rows[numbers]``, float32; ``rows.raw(numbers)``, the same rows as small as they are
"""

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

import keras
import numpy as np
from keras import tree

from zukan import checks
from zukan.compiled.feeds import Batches, Pieces
from zukan.streamed import Streamed

CHUNK = 1 << 23  # bytes of a chunk at most
THREADS, AHEAD = 2, 2  # chunks read at once, and chunks that wait
PATIENCE = 5.0  # seconds without a chunk after which a dead process is told of
MISSING = 60.0  # and one that was never seen
EXTRA = "data larger than memory is read by Grain, which is not installed: pip install 'zukan[stream]'"


@dataclass(frozen=True)
class _Reader:
    """What Grain's threads or processes call: from the number of an item to its rows, one array for each of ``arrays``.

    ``raw`` asks for them as they are stored, in ``steps`` full batches, or in what is left when fewer are.
    """

    arrays: list[Any]
    order: np.ndarray
    steps: int
    batch_size: int
    raw: bool

    def __len__(self) -> int:
        full, rest = divmod(len(self.order), self.batch_size)
        return -(-full // self.steps) + bool(rest)

    def __getitem__(self, index: int) -> list[np.ndarray]:
        full = len(self.order) // self.batch_size
        start, size = min(index * self.steps, full) * self.batch_size, self.steps * self.batch_size
        if start == full * self.batch_size:
            return [self._rows(array, self.order[start:]) for array in self.arrays]
        numbers = self.order[start : min(start + size, full * self.batch_size)]
        found = []
        for array in self.arrays:
            rows = self._rows(array, numbers)
            if len(rows) < size:  # the shape stays, so that one program serves all
                rows = np.concatenate([rows, np.zeros((size - len(rows), *rows.shape[1:]), rows.dtype)])
            found.append(rows)
        return found

    def _rows(self, array: Any, numbers: np.ndarray) -> np.ndarray:
        return array.raw(numbers) if self.raw and isinstance(array, Streamed) else array[numbers]


class Ahead:
    """Items of a `_Reader` one after the other, in their order, read ahead.

    Parameters
    ----------
    workers : int
        Processes that read; with 0, threads of this one do.
    put : callable
        Applied to the arrays of an item as soon as they are read.
    """

    def __init__(self, workers: int, put: Callable[[Any], Any] = lambda x: x) -> None:
        self.workers = workers
        self.put = put
        self.closed = False
        self.drop()

    def drop(self) -> None:
        """Forget what was read, since the order is another now, and give its memory back."""
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None
        if trim is not None:  # glibc keeps what each reading thread freed, more with every epoch
            trim(0)
        self.found: Any = None
        self.next = 0
        self.processes: dict[int | None, Any] = {}
        self.started = 0

    def close(self) -> None:
        """End the processes that read, and those lines that Python's tracker of shared memory would write otherwise."""
        self.closed = True  # TensorFlow may still ask, in a thread of its own
        if self.workers and self.found is not None:
            with contextlib.suppress(Exception):  # a process that is only just starting; what ended the training counts
                self.found.close()
        self.drop()

    def item(self, reader: _Reader, index: int) -> list[Any]:
        """Return an item; the one after the last that was asked for is on its way already."""
        if self.closed:
            raise RuntimeError("what reads ahead is closed")
        if self.found is None or self.next != index:
            self.found = self._begin(reader, index)
        self.next = index + 1
        try:
            rows = self._watched(self.found) if self.workers else next(self.found)
        except checks.InputError as error:  # Grain adds lines of its own
            self.drop()
            raise checks.InputError(str(error).split("\n", maxsplit=1)[0]) from None
        except Exception as error:
            self.drop()
            if not self.workers:
                raise
            raise checks.InputError(
                f"workers must read until the training ends, but one of {self.workers} was killed or failed "
                f"({type(error).__name__}); go on with zukan resume, and see that memory suffices for all of them"
            ) from error
        if self.next == len(reader):
            next(self.found, None)  # so that processes end by themselves
            self.drop()
        return rows if not self.workers else self.put(rows)

    def _watched(self, found: Iterator[Any]) -> Any:
        """Return what ``found`` yields next, unless a process that reads is dead: Grain may wait for it for ever."""
        answers: list[Any] = []
        failed: list[BaseException] = []

        def ask() -> None:
            if hasattr(signal, "pthread_sigmask"):  # processes that start here inherit it: Ctrl-C is ours to answer
                signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            try:
                answers.append(next(found))
            except BaseException as error:  # noqa: BLE001 it is raised below
                failed.append(error)

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        begun = time.monotonic()
        while asking.is_alive():
            asking.join(0.1)
            self.processes |= {child.pid: child for child in multiprocessing.active_children()
                               if child.name.startswith("grain-process")}
            codes, waited = [child.exitcode for child in self.processes.values()], time.monotonic() - begun
            if (any(codes) and waited > PATIENCE) or (len(codes) < self.started and waited > MISSING):
                raise RuntimeError("a process that reads is dead")
        if failed:
            raise failed[0]
        return [np.array(array) for array in answers.pop()]  # shared memory that JAX held would outlive the processes

    def _begin(self, reader: _Reader, index: int) -> Iterator[Any]:
        grain = library()
        items = grain.MapDataset.source(reader)[index:]
        self.started = min(self.workers, len(items))
        threads = grain.ReadOptions(num_threads=THREADS, prefetch_buffer_size=AHEAD)
        if not self.workers:
            return iter(items.map(self.put).to_iter_dataset(threads))
        from absl import flags  # noqa: PLC0415 Grain's own

        if not flags.FLAGS.is_parsed():  # Grain's processes look at flags, which only a program of absl's parses
            flags.FLAGS.mark_as_parsed()
        if os.name == "posix":
            resource_tracker.ensure_running()  # which would unblock Ctrl-C where the processes start
        return iter(items.to_iter_dataset(threads).mp_prefetch(
            grain.multiprocessing.MultiprocessingOptions(num_workers=self.workers, per_worker_buffer_size=1)))


def _workers(arrays: Any) -> int:
    """Return how many processes read ``arrays``; 0 for threads."""
    return max(array.workers for array in tree.flatten(arrays) if isinstance(array, Streamed))


def library() -> Any:
    """Return Grain.

    Raises
    ------
    zukan.InputError
        When it is not installed.
    """
    try:
        import grain  # noqa: PLC0415 an extra
    except ImportError as error:
        raise checks.InputError(EXTRA) from error
    return grain


class Stream(Batches):
    """Batches in float32, for whatever does not run many steps at once."""

    def __init__(self, arrays: Any, batch_size: int, **options: Any) -> None:
        library()
        self.ahead = Ahead(_workers(arrays))
        super().__init__(arrays, batch_size, **options)

    def start_epoch(self, epoch: int, done: int = 0) -> None:
        """Draw the order of ``epoch``."""
        super().start_epoch(epoch, done)
        self.ahead.drop()
        self.reader = _Reader(tree.flatten(self.arrays), self.order, 1, self.batch_size, raw=False)

    def __getitem__(self, index: int) -> Any:
        """Return the rows of one batch."""
        if index < self.done:
            return {"skipped": np.int32(0)}
        return tree.pack_sequence_as(self.arrays, self.ahead.item(self.reader, index))


class Chunks(Pieces):
    """Chunks of rows as they are stored, put on the device, with the rows of every step within them."""

    def __init__(self, arrays: Any, batch_size: int, **options: Any) -> None:
        import jax  # noqa: PLC0415 only this path needs it

        library()
        self.ahead = Ahead(_workers(arrays), lambda rows: [jax.device_put(array) for array in rows])
        first = [array.raw(slice(0, 1)) if isinstance(array, Streamed) else array[:1] for array in tree.flatten(arrays)]
        at_most = max(1, CHUNK // (batch_size * sum(array.nbytes for array in first)))
        super().__init__(arrays, batch_size, at_most=at_most, **options)
        self.first = first
        self.levels = [np.asarray(array.levels if isinstance(array, Streamed) else (), keras.config.floatx())
                       for array in tree.flatten(arrays)]

    def start_epoch(self, epoch: int, done: int = 0) -> None:
        """Draw the order of ``epoch``."""
        super().start_epoch(epoch, done)
        self.ahead.drop()

    def __getitem__(self, index: int) -> dict[str, Any]:
        """Return one chunk, its table, the number of rows that count, and what the bytes stand for."""
        start, stop = self.span(index)
        if stop <= self.done:
            size = self.steps * self.batch_size
            rows = [np.zeros((size, *array.shape[1:]), array.dtype) for array in self.first]
        else:
            reader = _Reader(tree.flatten(self.arrays), self.order, self.steps, self.batch_size, raw=True)
            rows = self.ahead.item(reader, index)
        places = np.arange(-start * self.batch_size, self.length - start * self.batch_size, dtype="int32")
        return {"arrays": tree.pack_sequence_as(self.arrays, rows), "levels": self.levels,
                **self.table(places, start, stop)}
