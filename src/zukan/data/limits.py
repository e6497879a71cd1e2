"""How much memory there is, so that what a file promises is refused before it is taken."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from zukan import checks

_CGROUP = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"), (
    "/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes")


def free_memory() -> int:
    """Return the bytes that this process can still take: what the system has left, or its limits leave."""
    least = 2**62
    with contextlib.suppress(OSError, ValueError, AttributeError):
        least = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with contextlib.suppress(OSError, ValueError, StopIteration):  # Linux counts what it can give back as available
        line = next(line for line in Path("/proc/meminfo").read_text("ascii").splitlines() if "MemAvailable" in line)
        least = int(line.split()[1]) * 1024
    for limit, used in _CGROUP:
        with contextlib.suppress(OSError, ValueError):  # "max" is no number
            least = min(least, int(Path(limit).read_text("ascii")) - int(Path(used).read_text("ascii")))
    return max(least, 0)


def check_fits(label: str, nbytes: int) -> None:
    """Raise `checks.InputError` unless ``nbytes`` can be taken."""
    free = free_memory()
    if nbytes > free:
        msg = (f"{label} must fit into memory, {free / 2**30:.1f} GiB of which are free, got "
               f"{nbytes / 2**30:,.1f} GiB; give fewer items or smaller ones")
        raise checks.InputError(msg)
