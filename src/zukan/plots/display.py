"""What every figure returns: the drawing, and the numbers that were drawn."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zukan import checks
from zukan.plots import style


@dataclass(frozen=True)
class Display:
    """A figure with its numbers; Jupyter shows it as a picture.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
        The whole figure.
    axes : matplotlib.axes.Axes
        The axes drawn into: the one given as ``ax=``, or that of a new figure.
    numbers : dict
        What was drawn, by name: arrays, floats and lists; the figure's function says which.
    """

    figure: Figure
    axes: Axes
    numbers: dict[str, Any]

    def png(self, dpi: float = 160) -> bytes:
        """Return the figure as the bytes of a PNG file."""
        return self._render("png", dpi)

    def save(self, path: str | Path, dpi: float = 160) -> Path:
        """Write the figure to ``path``; its ending picks the format (``.png``, ``.pdf``, ``.svg`` …)."""
        path = Path(path)
        formats = self.figure.canvas.get_supported_filetypes()
        kind = checks.choice("the ending of path", path.suffix.lstrip(".").lower(), formats)
        if not path.parent.is_dir():
            raise checks.InputError(
                f"path must lie in an existing folder, got {str(path)!r}; create {str(path.parent)!r} first")
        beside = path.with_name(f".{path.name}.part")
        try:
            beside.write_bytes(self._render(kind, dpi))
            beside.replace(path)  # renamed when complete: a reader never sees half a picture
        finally:
            beside.unlink(missing_ok=True)
        return path

    def _render(self, kind: str, dpi: float) -> bytes:
        dpi = checks.number("dpi", dpi, above=0.0)
        buffer = io.BytesIO()
        with rc_context(style.LOOK):  # matplotlib makes tick labels as late as here
            self.figure.savefig(buffer, format=kind, dpi=dpi)
        return buffer.getvalue()

    def _repr_png_(self) -> bytes:
        return self.png()


def of(ax: Axes, **numbers: Any) -> Display:
    """Return the display of what ``ax`` holds."""
    return Display(ax.figure.figure, ax, numbers)  # .figure twice: an axes may sit in a subfigure
