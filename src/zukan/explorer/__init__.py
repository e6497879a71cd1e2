"""The latent space of a run as a page that decodes under the pointer: as a folder, from a server, in a notebook.

``Explorer``, the widget, is imported on first use, since the package anywidget is an extra.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from zukan.explorer.server import Server, ended_alike
from zukan.explorer.site import build, check_free, check_page

if TYPE_CHECKING:
    from zukan.explorer.widget import Explorer

__all__ = ["Explorer", "Server", "build", "check_free", "check_page", "ended_alike"]


def __getattr__(name: str) -> Any:
    if name == "Explorer":
        return importlib.import_module("zukan.explorer.widget").Explorer
    raise AttributeError(f"module 'zukan.explorer' has no attribute {name!r}")
