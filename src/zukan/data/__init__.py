"""Data: arrays in, a checked, scaled and split `Dataset` out. Knows no models.

Names are imported on first use: the recipe reads `Options` from here, and ``zukan --help`` must not import NumPy.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zukan.data.dataset import Dataset, Split
    from zukan.data.loading import gathered, items, load
    from zukan.data.options import Options
    from zukan.data.scaling import Scaling

__all__ = ["Dataset", "Options", "Scaling", "Split", "gathered", "items", "load"]

_MODULES = {"Dataset": "dataset", "Split": "dataset", "Options": "options", "Scaling": "scaling"}


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(importlib.import_module(f"zukan.data.{_MODULES.get(name, 'loading')}"), name)
    raise AttributeError(f"module 'zukan.data' has no attribute {name!r}")
