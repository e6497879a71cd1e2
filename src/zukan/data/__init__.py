"""Data: load any source as a checked, scaled and split `Dataset`.

Names are imported on first use, so that `zukan.data.options` stays quick to import for the command line's ``--help``.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zukan.data.dataset import Dataset, Split
    from zukan.data.loading import collect, items, load
    from zukan.data.options import Options
    from zukan.data.scaling import Scaling
    from zukan.data.tables.schema import ColumnType, Schema

__all__ = ["ColumnType", "Dataset", "Options", "Scaling", "Schema", "Split", "collect", "items", "load"]

_MODULES = {"ColumnType": "tables.schema", "Dataset": "dataset", "Options": "options", "Scaling": "scaling",
            "Schema": "tables.schema", "Split": "dataset", "collect": "loading", "items": "loading", "load": "loading"}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(importlib.import_module(f"zukan.data.{_MODULES[name]}"), name)
    raise AttributeError(f"module 'zukan.data' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
