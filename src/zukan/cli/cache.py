"""A folder in which JAX keeps compiled programs, so that the next command need not compile them again."""

from __future__ import annotations

import hashlib
import os
import sys
import time
import warnings
from collections.abc import MutableMapping
from pathlib import Path

from zukan import files

KEPT = 60 * 60 * 24 * 30  # seconds after which a program is deleted


def enable(environment: MutableMapping[str, str] = os.environ) -> None:
    """Set JAX's cache by its environment variables, before JAX is imported; the user's own settings stay.

    Programs are machine code, so each kind of processor gets its own folder. A damaged or unwritable entry is harmless:
    the program is compiled again.
    """
    if "JAX_COMPILATION_CACHE_DIR" in environment or "jax" in sys.modules:
        return
    folder = files.cache_folder(environment) / f"programs-{_processor()}"
    _delete_old(folder)
    environment["JAX_COMPILATION_CACHE_DIR"] = str(folder)
    environment.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")  # also the small ones: there are few
    environment.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")
    warnings.filterwarnings("ignore", "Error (reading|writing) persistent compilation cache", UserWarning)


def _processor() -> str:
    """Return a short identifier of the processor's model and instruction sets."""
    try:
        first = Path("/proc/cpuinfo").read_text("utf-8").split("\n\n")[0].splitlines()
        features = [line for line in first if line.startswith(("model name", "flags", "Features", "CPU part"))]
    except OSError:
        features = list(os.uname()) if hasattr(os, "uname") else [os.environ.get("PROCESSOR_IDENTIFIER", "")]
    return hashlib.sha256("\n".join(features).encode()).hexdigest()[:12]


def _delete_old(folder: Path) -> None:
    """Delete old programs, so that the folder does not grow without limit."""
    try:
        for path in folder.iterdir():
            if path.stat().st_mtime < time.time() - KEPT:
                path.unlink()
    except OSError:
        return  # the folder does not exist yet, or is read-only
