"""What a run records about its training: package versions, devices, and the data."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from zukan import plugins
from zukan.data import Dataset
from zukan.training.recipe import FORMAT_VERSION

PACKAGES = ("zukan", "keras", "jax", "jaxlib", "torch", "tensorflow", "numpy", "scikit-learn", "matplotlib")


def record(dataset: Dataset) -> dict[str, Any]:
    """Return the content of ``environment.json`` for a training on ``dataset``."""
    condition = None if dataset.condition is None else dataset.condition.to_json()
    schema = dataset.schema
    return {"format_version": FORMAT_VERSION, **environment(), "plugins": plugins.loaded(), "data": dataset.provenance,
            "read": dataset.account.to_json(), "scaling": dataset.scaling.to_json(),
            "values": None if dataset.seen is None else dataset.seen.to_json(),
            "columns": None if schema is None else schema.to_json(),
            "library": "" if schema is None else schema.library, "condition": condition}


def environment() -> dict[str, Any]:
    """Return the versions of Python and packages, the Keras backend, and its devices."""
    import keras  # noqa: PLC0415 slow

    packages = {}
    for package in PACKAGES:
        try:
            packages[package] = version(package)
        except PackageNotFoundError:
            continue
    return {"python": platform.python_version(), "platform": platform.platform(), "cpus": os.cpu_count(),
            "backend": keras.backend.backend(), "devices": keras.distribution.list_devices(), "packages": packages}
