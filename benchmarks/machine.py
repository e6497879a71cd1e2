"""The name of this machine's processor."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def processor() -> str:
    """Return the number of cores and the model."""
    names = [line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines()
             if line.startswith("model name")]
    return f"{os.cpu_count()} cores, {names[0] if names else platform.machine()}"
