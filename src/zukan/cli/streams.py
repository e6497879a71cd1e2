"""The standard streams: printing never fails, whatever the terminal can show and whichever streams are closed."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

_MODES = {"stdin": "r", "stdout": "w", "stderr": "w"}


def prepare() -> None:
    """Open closed streams on the null device, and replace characters that a stream cannot show."""
    for number, (name, mode) in enumerate(_MODES.items()):
        if getattr(sys, name) is None:
            _occupy(number)
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 open until the end
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a notebook's stream takes every character
            stream.reconfigure(errors="replace")


def _occupy(number: int) -> None:
    """Open the closed file ``number`` on the null device: the next file to be opened would be written to by a print."""
    try:
        os.fstat(number)
    except OSError:
        with contextlib.suppress(OSError):
            null = os.open(os.devnull, os.O_RDWR)
            if null != number:
                os.dup2(null, number)
                os.close(null)
