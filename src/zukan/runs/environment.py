"""What a run was trained with: versions, devices."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

PACKAGES = ("zukan", "keras", "jax", "jaxlib", "torch", "tensorflow", "numpy", "scikit-learn", "matplotlib")


def environment() -> dict[str, Any]:
    """Return versions of Python and packages, the backend, and the devices it sees."""
    import keras  # noqa: PLC0415 the versions alone do not need it

    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return {"python": platform.python_version(), "platform": platform.platform(), "cpus": os.cpu_count(),
            "backend": keras.backend.backend(), "devices": keras.distribution.list_devices(), "packages": found}
