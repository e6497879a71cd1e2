"""A page to explore the latent space of a run: as a folder, on a local server, or in a notebook.

``Explorer``, the widget, and ``compare`` are imported on first use, because their package anywidget is optional.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from zukan.explorer.item_columns import ItemColumn, item_column
from zukan.explorer.metadata import read_metadata
from zukan.explorer.server import Server, signals_as_ctrl_c
from zukan.explorer.site import build, check_free, check_page

if TYPE_CHECKING:
    from zukan.explorer.widget import Explorer, compare

__all__ = ["Explorer", "ItemColumn", "Server", "build", "check_free", "check_page", "compare", "item_column",
           "read_metadata", "signals_as_ctrl_c"]


def __getattr__(name: str) -> Any:
    if name in {"Explorer", "compare"}:
        return getattr(importlib.import_module("zukan.explorer.widget"), name)
    raise AttributeError(f"module 'zukan.explorer' has no attribute {name!r}")
