"""zukan: variational autoencoders on Keras 3, and an illustrated atlas of what they learned.

Names are imported on first use, so that ``import zukan`` and the command line's ``--help`` stay quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from zukan import backend
from zukan.checks import InputError

if TYPE_CHECKING:
    from zukan import (
        augmentations,
        data,
        distributions,
        explorer,
        export,
        likelihoods,
        networks,
        objectives,
        plots,
        posteriors,
        priors,
        schedules,
    )
    from zukan.commands import compare, diagnose, evaluate, train, train_many, tune
    from zukan.model import VAE, load
    from zukan.runs import Run, demo

__version__ = "0.1.0"

backend.choose()

_OBJECTS = {"VAE": "zukan.model", "load": "zukan.model", "Run": "zukan.runs", "demo": "zukan.runs",
            "train": "zukan.commands", "train_many": "zukan.commands", "compare": "zukan.commands",
            "diagnose": "zukan.commands", "evaluate": "zukan.commands", "tune": "zukan.commands"}
_WITHOUT_KERAS = {"Run", "data", "demo", "plots"}
_MODULES = {"augmentations", "data", "distributions", "explorer", "export", "likelihoods", "networks", "objectives",
            "optimizers", "plots", "posteriors", "priors", "schedules", "sklearn"}

# `sklearn` is not listed: `from zukan import *` would hide the package scikit-learn, which has the same name.
__all__ = ["VAE", "InputError", "Run", "augmentations", "compare", "data", "demo", "diagnose", "distributions",
           "evaluate", "explorer", "export", "likelihoods", "load", "networks", "objectives", "optimizers", "plots",
           "posteriors", "priors", "schedules", "train", "train_many", "tune"]


def __getattr__(name: str) -> Any:
    if name in {*_OBJECTS, *_MODULES} - _WITHOUT_KERAS:
        backend.start()
    if name in _OBJECTS:
        return getattr(importlib.import_module(_OBJECTS[name]), name)
    if name in _MODULES:
        return importlib.import_module(f"zukan.{name}")
    raise AttributeError(f"module 'zukan' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_MODULES})
