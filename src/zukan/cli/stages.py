"""The progress of long stages besides training: a live bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from zukan import progress
from zukan.cli.printing import make_console

if TYPE_CHECKING:
    from rich.console import Console

PATIENCE, PAUSE = 1.0, 10.0  # seconds before a bar appears; seconds before a line, and between two lines


class Stages:
    """Show the progress of the loop that runs, if it takes long.

    Parameters
    ----------
    console : Console
    clock : callable
        Returns the time in seconds.
    """

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self.console, self.clock = console, clock
        self.stage: tuple[str, int] | None = None
        self.bar: Any = None

    def __call__(self, what: str, done: int, total: int) -> None:
        """Take note of the progress of the loop that does ``what``."""
        now = self.clock()
        if self.stage != (what, total):
            self.close()
            self.stage, self.started, self.said = (what, total), now, now
        if done >= total:
            self.close()
        elif self.console.is_terminal:
            if now - self.started >= PATIENCE:
                self._move(what, done, total)
        elif now - self.said >= PAUSE:
            self.said = now
            self.console.print(f"{what}: {done:,} of {total:,}")

    def close(self) -> None:
        """Remove the bar."""
        self.stage = None
        if self.bar is not None:
            self.bar.stop()
            self.bar = None

    def _move(self, what: str, done: int, total: int) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

        if self.bar is None:
            self.bar = Progress(TextColumn("{task.description}", markup=False), BarColumn(24), MofNCompleteColumn(),
                                TimeRemainingColumn(), console=self.console, transient=True)
            self.task = self.bar.add_task(what, total=total)
            self.bar.start()
        self.bar.update(self.task, completed=done)


@contextlib.contextmanager
def shown() -> Iterator[None]:
    """Show the progress of every long stage inside this block."""
    stages = Stages(make_console())
    try:
        with progress.told_to(stages):
            yield
    finally:
        stages.close()
