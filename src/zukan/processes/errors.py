"""Standard error of a process that is one of several: one sentence when another one dies, and not what C++ prints then.

JAX and its libraries print dozens of lines and abort when another process disappears.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Errors:
    """Holds back what C++ prints on standard error; Python's own messages are printed as ever.

    Parameters
    ----------
    aborted : callable
        Called when C++ aborts this process, which ends after it.
    """

    def __init__(self, aborted: Callable[[], None]) -> None:
        sys.stderr.flush()
        self._python, self._held = sys.stderr, tempfile.TemporaryFile()  # noqa: SIM115 open until `close`
        self._real = os.dup(2)
        os.dup2(self._held.fileno(), 2)
        sys.stderr = os.fdopen(os.dup(self._real), "w", buffering=1, encoding="utf-8", errors="replace")
        self._handler = ctypes.CFUNCTYPE(None, ctypes.c_int)(lambda _: aborted())
        if sys.platform != "win32":  # abort() raises the signal in its own thread, where Python may run
            ctypes.CDLL(None).signal(int(signal.SIGABRT), self._handler)

    def close(self) -> None:
        """Print on standard error again, first what was held back."""
        if sys.platform != "win32":
            signal.signal(signal.SIGABRT, signal.SIG_DFL)
        sys.stderr.close()
        sys.stderr = self._python
        os.dup2(self._real, 2)
        self.say(self.held())
        os.close(self._real)
        self._held.close()

    def held(self) -> str:
        """Return what was held back so far."""
        self._held.seek(0)
        return self._held.read().decode("utf-8", "replace")

    def say(self, text: str) -> None:
        """Print on standard error now."""
        os.write(self._real, text.encode("utf-8", "replace"))


def quietly(function: Callable[[], T]) -> T:
    """Return the result of a function, without what C++ prints on standard output meanwhile."""
    sys.stdout.flush()
    real, null = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    try:
        return function()
    finally:
        if sys.platform != "win32":
            ctypes.CDLL(None).fflush(None)
        os.dup2(real, 1)
        os.close(real)
        os.close(null)


def close_output() -> None:
    """Write what waits for output, and show the cursor again that a progress bar hides."""
    with contextlib.suppress(Exception):
        sys.stderr.flush()
        if sys.stdout.isatty():
            sys.stdout.write("\n\x1b[?25h")
        sys.stdout.flush()
