"""The style of all figures: fonts, colors, lines, colormaps and the axes of a new figure."""

from __future__ import annotations

import contextlib
import math
import warnings
from collections.abc import Iterator
from typing import Any, Literal

from matplotlib import colormaps, rc_context, rcParamsDefault
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, ListedColormap
from matplotlib.figure import Figure

from zukan import checks

INK, MUTED, RULE, PAPER = "#1f2430", "#667080", "#e4e7ec", "#ffffff"
BLUE, VERMILION, FAINT = "#2b5c8a", "#c8452f", "#b9c0ca"
MISSING = "#efd9a7"  # a missing value: the color of sand, unlike any gray
RAMP = ["#ffffff", "#e5f1f5", "#c9e4ee", "#add6e7", "#94c8e0", "#7bb9d8", "#64a9d0", "#4f99c6", "#3e88bb",
        "#3278ae", "#2b679f", "#27568e", "#22477c", "#1e3969", "#182b55", "#131f41", "#0c142d"]
SMALL = 8.0
MIN_WIDTH = 3.3  # inches that the longest title needs

# Settings of the program rather than of a figure stay as the user has them.
_PROGRAM = ("backend", "interactive", "toolbar", "timezone", "webagg.", "keymap.", "savefig.directory", "docstring.")
RC_PARAMS: dict[Any, Any] = {
    **{name: value for name, value in rcParamsDefault.items() if not name.startswith(_PROGRAM)},
    "figure.facecolor": PAPER, "figure.dpi": 110, "savefig.facecolor": PAPER,
    "figure.constrained_layout.h_pad": 0.06, "figure.constrained_layout.w_pad": 0.06,
    "font.family": ["DejaVu Sans"], "font.size": 9, "text.color": INK,
    "text.parse_math": False,  # class names may contain "$" and are not formulas
    "axes.titlesize": 10.5, "axes.titleweight": "bold", "axes.titlelocation": "left", "axes.titlepad": 9,
    "axes.titlecolor": INK, "axes.facecolor": PAPER, "axes.edgecolor": FAINT, "axes.linewidth": 0.8,
    "axes.labelcolor": MUTED, "axes.labelsize": 9, "axes.labelpad": 5,
    "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True,
    "grid.color": RULE, "grid.linewidth": 0.7,
    "xtick.color": FAINT, "ytick.color": FAINT, "xtick.labelcolor": MUTED, "ytick.labelcolor": MUTED,
    "xtick.labelsize": SMALL, "ytick.labelsize": SMALL, "xtick.major.size": 3, "ytick.major.size": 3,
    "lines.linewidth": 1.6, "lines.solid_capstyle": "round",
    "legend.frameon": False, "legend.fontsize": SMALL,
    "svg.fonttype": "none", "pdf.fonttype": 42,
}


@contextlib.contextmanager
def applied() -> Iterator[None]:
    """Draw in this style, whatever matplotlibrc says. A character that the font lacks is a box, without a warning."""
    with rc_context(RC_PARAMS), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        yield


styled = applied()  # a decorator: the function draws in this style


def axes(ax: Axes | None, width: float, height: float) -> Axes:
    """Return ``ax``, or the axes of a new figure of ``width`` by ``height`` inches that pyplot does not manage."""
    if ax is None:
        figure = Figure(figsize=(max(width, MIN_WIDTH), height), layout="constrained")
        FigureCanvasAgg(figure)
        return figure.add_subplot()
    if not isinstance(ax, Axes):
        raise checks.InputError(
            f"ax must be one matplotlib Axes or None, got {checks.show(ax)}; pick one axes of the figure")
    return ax


def sequential_colormap(start: float = 0.0) -> LinearSegmentedColormap:
    """Return the colormap for amounts, from white to deep blue; ``start`` skips its lightest part.

    It is perceptually uniform: neighbors in `RAMP` are equally far apart in Oklab
    (https://bottosson.github.io/posts/oklab).
    """
    whole = LinearSegmentedColormap.from_list("zukan", RAMP)
    return LinearSegmentedColormap.from_list("zukan", whole([start + (1 - start) * step / 255 for step in range(256)]))


def class_colors(count: int) -> ListedColormap:
    """Return one color per class: ``tab10`` up to ten, ``tab20`` up to twenty, then steps along ``turbo``."""
    if count <= 10:
        return ListedColormap(list(colormaps["tab10"](range(count))), name="tab10")
    if count <= 20:
        return ListedColormap(list(colormaps["tab20"](range(count))), name="tab20")
    return ListedColormap(list(colormaps["turbo"]([(step + 0.5) / count for step in range(count)])), name="turbo")


def hide_frame(ax: Axes) -> None:
    """Hide the frame and the tick marks of ``ax``, and keep the tick labels."""
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)


def grid(ax: Axes, axis: Literal["both", "x", "y"] = "both") -> None:
    """Draw fine grid lines behind the data, even if ``ax`` was created in another style."""
    ax.grid(visible=True, axis=axis, color=RULE, linewidth=0.7)
    ax.set_axisbelow(True)


def round_numbers(low: float, high: float) -> list[float]:
    """Return the numbers 1, 2 and 5 times a power of ten from ``low`` to ``high``: ticks of a nonlinear scale."""
    powers = range(math.floor(math.log10(low)), math.floor(math.log10(high)) + 1)
    return [digit * 10.0**power for power in powers for digit in (1, 2, 5) if low <= digit * 10.0**power <= high]
