"""How much memory may be taken: what is free, within the limits that were set for this process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from zukan import checks

_CGROUPS = Path("/sys/fs/cgroup")


def available() -> int:
    """Return the bytes that this process may still take.

    The least of what the machine has free, what its control groups leave (v1 and v2), and what ``ulimit -v`` and
    ``ulimit -d`` leave.
    """
    return max(0, min([_free(), *_cgroups(), *_limits()]))


def check_fits(label: str, nbytes: int) -> None:
    """Raise `checks.InputError` unless ``nbytes``, which a file promises to unpack to, can be taken."""
    free = available()
    if nbytes > free:
        raise checks.InputError(
            f"{label} must fit into memory, {free / 2**30:.1f} GiB of which are free, got "
            f"{nbytes / 2**30:,.1f} GiB; give fewer items or smaller ones")


def _free() -> int:
    try:
        return _number(Path("/proc/meminfo").read_text("ascii"), "MemAvailable:") << 10
    except (OSError, ValueError):  # not Linux
        if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
            return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
        return 4 << 30


def _cgroups(root: Path = _CGROUPS, own: Path = Path("/proc/self/cgroup")) -> Iterator[int]:
    """Yield what each control group above this process leaves; pages that the kernel can drop do not count as used."""
    try:
        lines = own.read_text("utf-8").splitlines()
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
                yield limit - used + _number((group / "memory.stat").read_text("ascii"), f"{names[2]} ")
            except (OSError, ValueError):  # it has none, or "max", or is not seen from inside a container
                continue


def _limits() -> Iterator[int]:
    try:
        import resource  # noqa: PLC0415 not on Windows

        status = Path("/proc/self/status").read_text("ascii")
    except (ImportError, OSError):
        return
    for kind, used in ((resource.RLIMIT_AS, "VmSize:"), (resource.RLIMIT_DATA, "VmData:")):
        soft, _ = resource.getrlimit(kind)
        if soft != resource.RLIM_INFINITY:
            yield soft - (_number(status, used) << 10)


def _number(text: str, name: str) -> int:
    """Return the number behind ``name`` in ``text``."""
    return int(text.split(name, 1)[1].split(maxsplit=1)[0]) if name in text else 0
