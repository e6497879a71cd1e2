"""What one command compiled, the next one reads back: JAX's own cache of programs, in a folder of the user's."""

from __future__ import annotations

import hashlib
import os
import sys
import time
import warnings
from collections.abc import MutableMapping
from pathlib import Path

KEPT = 60 * 60 * 24 * 30  # seconds after which a program that was not made again may go


def enable(environment: MutableMapping[str, str] = os.environ) -> None:
    """Set JAX's cache by its environment variables, before anything imports JAX; what the user has set stays.

    A program is machine code and must not meet another processor, so its folder is named by this one's features.
    A damaged or unwritable entry costs a compilation and nothing else.
    """
    if "JAX_COMPILATION_CACHE_DIR" in environment or "jax" in sys.modules:
        return
    home = environment.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(home) / "zukan" / f"programs-{_processor()}"
    _forget(folder)
    environment["JAX_COMPILATION_CACHE_DIR"] = str(folder)
    environment.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.1")
    environment.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")
    warnings.filterwarnings("ignore", "Error (reading|writing) persistent compilation cache", UserWarning)


def _processor() -> str:
    """Return a short name for this processor's features."""
    try:
        first = Path("/proc/cpuinfo").read_text("utf-8").split("\n\n")[0].splitlines()
        features = [line for line in first if line.startswith(("model name", "flags", "Features", "CPU part"))]
    except OSError:
        features = list(os.uname()) if hasattr(os, "uname") else [os.environ.get("PROCESSOR_IDENTIFIER", "")]
    return hashlib.sha256("\n".join(features).encode()).hexdigest()[:12]


def _forget(folder: Path) -> None:
    """Remove programs that are old, so that the folder does not grow for ever."""
    try:
        for path in folder.iterdir():
            if path.stat().st_mtime < time.time() - KEPT:
                path.unlink()
    except OSError:
        return  # there is no folder yet, or it may not be changed
