"""Files that are written in the background, in order, while training continues."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

_threads: dict[Path, ThreadPoolExecutor] = {}
_jobs: dict[Path, list[Future[Any]]] = {}


def submit(folder: Path, job: Callable[..., Any], *arguments: Any) -> Future[Any]:
    """Run ``job`` after the earlier jobs of this folder, and return its future; raise if one of them has failed."""
    if folder not in _threads:
        _threads[folder] = ThreadPoolExecutor(1, "zukan files")
    waiting = []
    for earlier in _jobs.get(folder, []):
        if earlier.done():
            earlier.result()
        else:
            waiting.append(earlier)
    future = _threads[folder].submit(job, *arguments)
    _jobs[folder] = [*waiting, future]
    return future


def settle(folder: Path) -> None:
    """Wait for the jobs of this folder, whether or not they succeed."""
    wait(_jobs.get(folder, []))


def finish(folder: Path) -> None:
    """Wait for the jobs of this folder; raise if one has failed."""
    jobs = _jobs.pop(folder, [])
    wait(jobs)
    if thread := _threads.pop(folder, None):
        thread.shutdown()
    for job in jobs:
        job.result()
