"""The name of this machine's processor."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def processor() -> str:
    """Return the number of cores that this process may use, and the model."""
    names = [line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines()
             if line.startswith("model name")]
    cores = len(os.sched_getaffinity(0))
    return f"{cores} core{'s' * (cores > 1)}, {names[0] if names else platform.machine()}"


def device() -> str:
    """Return the accelerator that JAX uses; without one, the processor."""
    import jax

    return processor() if jax.default_backend() == "cpu" else f"one {jax.devices()[0].device_kind}"
