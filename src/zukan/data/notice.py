"""The text that a built-in data set's licence asks to be passed on with it."""

from __future__ import annotations

from importlib import resources


def notice(source: str) -> str | None:
    """Return the notice of the data set of that name in the package; None for any other source."""
    if source != "mnist":
        return None
    return resources.files("zukan.data").joinpath("mnist.LICENSE.md").read_text("utf-8")
