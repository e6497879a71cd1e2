"""Files that are written in the background, in order, while training continues."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

_threads: dict[Path, ThreadPoolExecutor] = {}
_jobs: dict[Path, list[Future[Any]]] = {}


def submit(folder: Path, job: Callable[..., Any], *arguments: Any) -> Future[Any]:
    """Run ``job`` after the earlier jobs of this folder, and return its future; raise if one of them has failed."""
    key = folder.resolve()
    earlier = _jobs.get(key, [])
    if any(future.done() and future.exception() for future in earlier):
        finish(folder)
    if key not in _threads:
        _threads[key] = ThreadPoolExecutor(1, "zukan files")
    future = _threads[key].submit(job, *arguments)
    _jobs[key] = [*(waiting for waiting in earlier if not waiting.done()), future]
    return future


def settle(folder: Path) -> None:
    """Wait for the jobs of this folder, whether or not they succeed."""
    wait(_jobs.get(folder.resolve(), []))


def finish(folder: Path) -> None:
    """Wait for the jobs of this folder and forget them; raise if one has failed."""
    jobs = _jobs.pop(folder.resolve(), [])
    if thread := _threads.pop(folder.resolve(), None):
        thread.shutdown()
    for job in jobs:
        job.result()


@contextlib.contextmanager
def finished(folder: Path) -> Iterator[None]:
    """Finish the jobs of this folder at the end of the block; an error of the block hides theirs."""
    try:
        yield
    except BaseException:
        with contextlib.suppress(Exception):
            finish(folder)
        raise
    finish(folder)


def _forget() -> None:
    _threads.clear()
    _jobs.clear()


if hasattr(os, "register_at_fork"):  # a forked process has no threads
    os.register_at_fork(after_in_child=_forget)
