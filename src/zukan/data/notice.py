"""The license notice that must accompany a built-in data set."""

from __future__ import annotations

from importlib import resources


def notice(source: str) -> str | None:
    """Return the license notice of a built-in data set; None for any other source."""
    if source != "mnist":
        return None
    return resources.files("zukan.data").joinpath("mnist.LICENSE.md").read_text("utf-8")
