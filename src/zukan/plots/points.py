"""Points in a plane: by class with a colour bar and named centres, or by density where there are no labels."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, LogNorm
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from zukan.plots import classes, display, given, style

NAMED = 20  # more names than that would cover the map
POINTS = 9  # the size of a name
FEW = 500  # fewer points than that make no density


def draw(ax: Axes, plane: given.Floats, found: classes.Found | None) -> display.Display:
    """Draw ``plane`` (n, 2) into ``ax``: by class where there are classes, else by density."""
    numbers: dict[str, Any] = {"points": plane}
    _square(ax, plane)  # first: the names are placed within its limits
    if found is None:
        _by_density(ax, plane)
    else:
        numbers |= {"classes": found[0], "class_names": found[1], "centres": _by_class(ax, plane, *found)}
    return display.of(ax, **numbers)


def _by_class(ax: Axes, points: given.Floats, indices: NDArray[np.int64], names: list[str]) -> given.Floats:
    """Scatter ``points`` (n, 2) coloured by class; return the classes' centres (k, 2), NaN for one without points."""
    colours = style.classes(len(names))
    order = np.random.default_rng(0).permutation(len(points))  # no class lies on top because it came last
    ax.scatter(points[order, 0], points[order, 1], c=np.asarray(colours.colors)[indices[order]],
               s=_area(len(points)), alpha=0.85 if len(points) < FEW else 0.55, linewidths=0, rasterized=True)
    counts = np.bincount(indices, minlength=len(names))
    sums = np.stack([np.bincount(indices, weights=column, minlength=len(names)) for column in points.T], axis=1)
    centres = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], np.nan)
    if len(names) <= NAMED:
        _name(ax, {name: centre for name, centre in zip(names, centres, strict=True) if np.isfinite(centre).all()})
    norm = BoundaryNorm(np.arange(len(names) + 1) - 0.5, len(names))
    bar = _bar(ax, ScalarMappable(norm, colours))
    every = -(-len(names) // 30)
    bar.set_yticks(range(0, len(names), every), names[::every])
    return centres


def _name(ax: Axes, centres: dict[str, given.Floats]) -> None:
    """Write each name at its centre, moved up or down where it would cover one already written."""
    inches = ax.get_window_extent().height / ax.figure.dpi
    high = abs(ax.get_ylim()[1] - ax.get_ylim()[0]) * POINTS / 72 / inches
    written: list[tuple[float, float, float]] = []
    for name, (x, y) in sorted(centres.items(), key=lambda item: item[1][1]):
        half = 0.33 * high * len(name)
        steps = [0.0, *(sign * 0.5 * high * step for step in range(1, 9) for sign in (1, -1))]
        place = next((y + step for step in steps if all(
            abs(x - other) > half + wide or abs(y + step - level) > high for other, level, wide in written)), y)
        written.append((x, place, half))
        ax.text(x, place, name, ha="center", va="center", fontsize=POINTS, fontweight="bold",
                path_effects=[withStroke(linewidth=2.6, foreground=style.PAPER)])


def _by_density(ax: Axes, points: given.Floats) -> None:
    """Draw how many of ``points`` (n, 2) lie in each hexagon, on a logarithmic scale; a few lie as they are."""
    if len(points) < FEW:
        ax.scatter(points[:, 0], points[:, 1], color=style.BLUE, s=_area(len(points)), alpha=0.7, linewidths=0,
                   rasterized=True)
        return
    size = int(np.clip(np.sqrt(len(points)) / 1.8, 12, 60))
    cells = ax.hexbin(points[:, 0], points[:, 1], gridsize=size, mincnt=1, cmap=style.amounts(0.15),
                      linewidths=0.2, rasterized=True)
    most = max(2.0, float(np.max(np.asarray(cells.get_array()))))
    cells.set_norm(LogNorm(1, most))
    bar = _bar(ax, cells)
    bar.set_yticks(ticks := style.rounds(1, most), [f"{tick:g}" for tick in ticks])
    bar.set_ylabel("items in a cell")


def _square(ax: Axes, points: given.Floats) -> None:
    """Give ``ax`` a grid and one scale for both axes, in a square that holds all of ``points``."""
    ax.autoscale(enable=False)
    low, high = points.min(axis=0), points.max(axis=0)
    reach = 0.55 * float((high - low).max()) or 1.0
    middle = (low + high) / 2
    ax.set(xlim=(middle[0] - reach, middle[0] + reach), ylim=(middle[1] - reach, middle[1] + reach))
    ax.set_aspect("equal", adjustable="box")
    style.grid(ax)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)


def _area(count: int) -> float:
    return float(np.clip(50_000 / count, 2.0, 26.0))


def _bar(ax: Axes, drawn: Any) -> Axes:
    """Put a colour bar exactly as high as the map at its right; return the bar's axes."""
    side = ax.inset_axes((1.03, 0.0, 0.03, 1.0))
    bar = ax.figure.colorbar(drawn, cax=side)
    bar.outline.set_visible(False)
    side.minorticks_off()
    side.tick_params(length=0)
    return side
