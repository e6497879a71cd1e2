"""The return value of every figure function: the figure and the numbers it shows."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zukan import checks, files
from zukan.plots import style

DPI = 160  # dots per inch of a saved figure


@dataclass(frozen=True)
class Display:
    """A figure and the numbers it shows; Jupyter displays it as a picture.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
        The whole figure.
    axes : matplotlib.axes.Axes
        The axes that contain the drawing: the ``ax=`` that was passed, or the axes of a new figure.
    numbers : dict
        The numbers shown, by name: arrays, floats and lists, as documented by the figure's function.
    """

    figure: Figure
    axes: Axes
    numbers: dict[str, Any]

    def png(self, dpi: float = DPI) -> bytes:
        """Return the figure as the bytes of a PNG file."""
        return self._render("png", dpi)

    def save(self, path: str | Path, dpi: float = DPI) -> Path:
        """Write the figure to ``path`` and return it; the ending selects the format (``.png``, ``.pdf``, ``.svg`` …).

        Raises
        ------
        zukan.InputError
            If the format is unknown, the folder does not exist, or the file cannot be written.
        """
        path = Path(path)
        formats = self.figure.canvas.get_supported_filetypes()
        kind = checks.choice("the ending of path", path.suffix.lstrip(".").lower(), formats)
        if not path.parent.is_dir():
            raise checks.InputError(
                f"path must lie in an existing folder, got {str(path)!r}; create {str(path.parent)!r} first")
        with files.replacing(path) as temporary:
            temporary.write_bytes(self._render(kind, dpi))
        return path

    def _render(self, kind: str, dpi: float) -> bytes:
        dpi = checks.number("dpi", dpi, above=0.0)
        buffer = io.BytesIO()
        with style.applied():  # matplotlib creates the tick labels only now
            # The mark by which a reader of images knows that this is not a photo of the user's.
            self.figure.savefig(buffer, format=kind, dpi=dpi, metadata={"Software": "zukan"} if kind == "png" else None)
        return buffer.getvalue()

    def _repr_png_(self) -> bytes:
        return self.png()


def from_axes(ax: Axes, **numbers: Any) -> Display:
    """Return the display of ``ax`` with its ``numbers``."""
    return Display(ax.figure.figure, ax, numbers)  # .figure twice: the axes may be in a subfigure
