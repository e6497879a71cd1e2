"""Points in a plane, colored by class or by density."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, LogNorm
from matplotlib.patheffects import withStroke

from zukan.plots import class_labels, display, style, validate

MAX_NAMES = 20  # more names would cover the map
NAME_SIZE = 9  # points
MIN_DENSITY = 500  # with fewer points, the points themselves are drawn


def draw(ax: Axes, plane: validate.Floats, classes: class_labels.Classes | None,
         middles: validate.Floats | None = None) -> display.Display:
    """Draw the points ``plane`` (n, 2) into ``ax``: colored by class or, without classes, by density.

    The names of the classes are written at ``middles`` (k, 2), by default the means of their points.
    """
    numbers: dict[str, Any] = {"points": plane}
    _set_limits(ax, plane)  # first, since the positions of the names depend on the limits
    if classes is None:
        _draw_density(ax, plane)
    else:
        numbers |= {"classes": classes.indices, "class_names": classes.names,
                    "centers": _draw_classes(ax, plane, classes, middles)}
    return display.from_axes(ax, **numbers)


def centers(points: validate.Floats, classes: class_labels.Classes) -> validate.Floats:
    """Return the mean of the ``points`` (n, d) of each class, shape (k, d); NaN for a class without points."""
    indices, size = classes.indices, len(classes.names)
    counts = np.bincount(indices, minlength=size)[:, None]
    sums = np.stack([np.bincount(indices, weights=column, minlength=size) for column in points.T], axis=1)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def _draw_classes(ax: Axes, points: validate.Floats, classes: class_labels.Classes,
                  middles: validate.Floats | None) -> validate.Floats:
    """Draw ``points`` (n, 2) in the colors of their classes, and return the centers of the classes."""
    indices, names = classes
    colors = style.class_colors(len(names))
    order = np.random.default_rng(0).permutation(len(points))  # in random order, no class covers the others
    ax.scatter(points[order, 0], points[order, 1], c=np.asarray(colors.colors)[indices[order]],
               s=_marker_area(len(points)), alpha=0.85 if len(points) < MIN_DENSITY else 0.55, linewidths=0,
               rasterized=True)
    middles = centers(points, classes) if middles is None else middles
    if len(names) <= MAX_NAMES:
        _write_names(ax, {name: center for name, center in zip(names, middles, strict=True)
                          if np.isfinite(center).all()})
    norm = BoundaryNorm(np.arange(len(names) + 1) - 0.5, len(names))
    bar = _colorbar(ax, ScalarMappable(norm, colors))
    every = -(-len(names) // 30)
    bar.set_yticks(range(0, len(names), every), list(map(class_labels.shortened, names[::every])))
    return middles


def _write_names(ax: Axes, places: dict[str, validate.Floats]) -> None:
    """Write each name at the center of its class, moved up or down if it would cover another name."""
    inches = ax.get_window_extent().height / ax.figure.dpi
    height = abs(ax.get_ylim()[1] - ax.get_ylim()[0]) * NAME_SIZE / 72 / inches
    left, right = ax.get_xlim()
    written: list[tuple[float, float, float]] = []
    for full_name, (center, y) in sorted(places.items(), key=lambda item: item[1][1]):
        name = class_labels.shortened(full_name)
        half_width = 0.33 * height * len(name)
        inward = half_width if len(name) > 8 else 0.0  # a long name stays inside the map
        x = min(max(center, left + inward), right - inward)
        shifts = [0.0, *(sign * 0.5 * height * step for step in range(1, 9) for sign in (1, -1))]
        free_y = next((y + shift for shift in shifts if all(
            abs(x - other_x) > half_width + other_half or abs(y + shift - other_y) > height
            for other_x, other_y, other_half in written)), y)
        written.append((x, free_y, half_width))
        ax.text(x, free_y, name, ha="center", va="center", fontsize=NAME_SIZE, fontweight="bold",
                path_effects=[withStroke(linewidth=2.6, foreground=style.PAPER)])


def _draw_density(ax: Axes, points: validate.Floats) -> None:
    """Draw the number of ``points`` (n, 2) per hexagon, on a logarithmic scale; few points are drawn themselves."""
    if len(points) < MIN_DENSITY:
        ax.scatter(points[:, 0], points[:, 1], color=style.BLUE, s=_marker_area(len(points)), alpha=0.7,
                   linewidths=0, rasterized=True)
        return
    size = int(np.clip(np.sqrt(len(points)) / 1.8, 12, 60))
    cells = ax.hexbin(points[:, 0], points[:, 1], gridsize=size, mincnt=1, cmap=style.sequential_colormap(0.15),
                      linewidths=0.2, rasterized=True)
    most = max(2.0, float(np.max(np.asarray(cells.get_array()))))
    cells.set_norm(LogNorm(1, most))
    bar = _colorbar(ax, cells)
    bar.set_yticks(ticks := style.round_numbers(1, most), [f"{tick:g}" for tick in ticks])
    bar.set_ylabel("items per cell")


def _set_limits(ax: Axes, points: validate.Floats) -> None:
    """Give ``ax`` a grid and the limits of a square that contains all ``points``, at the same scale on both axes."""
    ax.autoscale(enable=False)
    low, high = points.min(axis=0), points.max(axis=0)
    reach = 0.55 * float((high - low).max()) or 1.0
    middle = (low + high) / 2
    ax.set(xlim=(middle[0] - reach, middle[0] + reach), ylim=(middle[1] - reach, middle[1] + reach))
    ax.set_aspect("equal", adjustable="box")
    style.grid(ax)
    style.hide_frame(ax)


def _marker_area(count: int) -> float:
    return float(np.clip(50_000 / count, 2.0, 26.0))


def _colorbar(ax: Axes, mappable: Any) -> Axes:
    """Draw a color bar to the right of the map, as high as the map; return its axes."""
    side = ax.inset_axes((1.03, 0.0, 0.03, 1.0))
    bar = ax.figure.colorbar(mappable, cax=side)
    bar.outline.set_visible(False)
    side.minorticks_off()
    side.tick_params(length=0)
    return side
