"""Free memory: what the machine, its control groups and the limits of this process still allow."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from zukan import checks

_CGROUPS = Path("/sys/fs/cgroup")


def available() -> int:
    """Return how many bytes this process can still allocate.

    The smallest of: the free memory of the machine, what its control groups (v1 and v2) leave, and what ``ulimit -v``
    and ``ulimit -d`` leave.
    """
    return max(0, min([_free(), *_cgroups(), *_limits()]))


def check_fits(name: str, nbytes: int) -> None:
    """Raise `checks.InputError` if the ``nbytes`` that a file unpacks to exceed the free memory."""
    free = available()
    if nbytes > free:
        raise checks.InputError(
            f"{name} must fit into the free memory of {free / 2**30:.1f} GiB, got {nbytes / 2**30:,.1f} GiB; "
            "give fewer or smaller items")


def _free() -> int:
    """Return the free bytes of the machine; an estimate on systems other than Linux."""
    try:
        return _number_after("MemAvailable:", Path("/proc/meminfo").read_text("ascii")) << 10
    except (OSError, ValueError):
        if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
            return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
        return 4 << 30


def _cgroups(root: Path = _CGROUPS, membership: Path = Path("/proc/self/cgroup")) -> Iterator[int]:
    """Yield the bytes that each control group above this process leaves; pages the kernel can drop count as free."""
    try:
        lines = membership.read_text("utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if not controllers:
            base, names = root, ("memory.max", "memory.current", "inactive_file")
        elif "memory" in controllers.split(","):
            base, names = root / "memory", ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
        else:
            continue
        folder = base / path.lstrip("/")
        for group in [base, *(base / parent for parent in folder.relative_to(base).parents), folder]:
            try:
                limit, used = (int((group / name).read_text("ascii")) for name in names[:2])
                yield limit - used + _number_after(f"{names[2]} ", (group / "memory.stat").read_text("ascii"))
            except (OSError, ValueError):  # no such file, the limit "max", or hidden from inside a container
                continue


def _limits() -> Iterator[int]:
    """Yield the bytes that the resource limits of this process leave."""
    try:
        import resource  # noqa: PLC0415 not on Windows

        status = Path("/proc/self/status").read_text("ascii")
    except (ImportError, OSError):
        return
    for kind, used in ((resource.RLIMIT_AS, "VmSize:"), (resource.RLIMIT_DATA, "VmData:")):
        soft, _ = resource.getrlimit(kind)
        if soft != resource.RLIM_INFINITY:
            yield soft - (_number_after(used, status) << 10)


def _number_after(name: str, text: str) -> int:
    """Return the number that follows ``name`` in ``text``; 0 if ``name`` is not there."""
    return int(text.split(name, 1)[1].split(maxsplit=1)[0]) if name in text else 0
