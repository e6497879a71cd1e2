"""Distribution of the values of each feature."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from zukan import checks
from zukan.data.tables.schema import ColumnType, Schema
from zukan.plots import display, style, validate
from zukan.plots.class_labels import room, shortened

MAX_FEATURES = 40
BAR, CHARACTER = 6.0, 0.17  # width of a bar of levels, and of a character in it, in standard deviations
LEVELS = (0.0, 0.01, 0.25, 0.5, 0.75, 0.99, 1.0)


@style.styled
def features(x: Any, names: Sequence[Any] | None = None, ax: Axes | None = None, *,
             schema: Schema | None = None) -> display.Display:
    """Draw the quantiles of each feature in standard deviations from its mean, and its range in its own units.

    Parameters
    ----------
    x : array of shape (n, d)
        NaN stands for a missing value and is ignored; every feature needs another value.
    names : sequence, optional
        Names of the features.
    schema : Schema, optional
        What the features are, if they are the columns of a table: of categories and booleans, a bar with the share of
        each level is drawn; the range of dates is written as dates.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Display
        ``numbers``: ``features``, the columns that are drawn, and ``quantiles``, shape (7, features), in the units
        of ``x``.
    """
    values = validate.array("x", x, "(n, d)", ndim=2, missing=True)
    empty = np.flatnonzero(np.isnan(values).all(axis=0))
    if len(empty):
        raise checks.InputError(
            f"x must hold a value of every feature, but all values of feature {empty[0]} are missing; remove it")
    feature_names = [f"feature {i}" for i in range(values.shape[1])] if names is None else validate.texts(
        "names", names, values.shape[1], "features")
    shown = np.unique(np.linspace(0, values.shape[1] - 1, min(MAX_FEATURES, values.shape[1])).astype(int))
    drawn = values[:, shown].astype(np.float64)
    quantiles = np.nanquantile(drawn, LEVELS, axis=0)
    mean, spread = np.nanmean(drawn, axis=0), np.nanstd(drawn, axis=0)
    places = np.clip((quantiles - mean) / np.where(spread > 0, spread, 1.0), -8, 8)
    row_names = [shortened(feature_names[i]) for i in shown]
    columns = [schema.columns[i] if schema else ColumnType(row_names[y]) for y, i in enumerate(shown)]
    has_levels = np.array([column.kind in {"category", "boolean"} for column in columns])
    ax = style.axes(ax, 6.4 + room(row_names, 10), 0.9 + 0.19 * len(shown))
    y = np.arange(len(shown))
    lines, places = y[~has_levels], places[:, ~has_levels]
    ax.hlines(lines, places[0], places[-1], color=style.FAINT, linewidth=1)
    ax.hlines(lines, places[1], places[-2], color=style.BLUE, linewidth=2)
    ax.hlines(lines, places[2], places[-3], color=style.BLUE, linewidth=6)
    ax.plot(places[3], lines, "o", color=style.PAPER, markersize=3)
    for i in y[has_levels]:
        _draw_levels(ax, i, columns[i], drawn[:, i])
    for i, column in enumerate(columns):
        missing = np.isnan(drawn[:, i]).mean()
        gaps = f", {missing:.0%} missing" if missing >= 0.005 else ", some missing" if missing else ""
        ax.annotate(_range(column, quantiles[0, i], quantiles[-1, i]) + gaps, (1.01, i), va="center",
                    xycoords=("axes fraction", "data"), fontsize=style.SMALL, color=style.MUTED)
    ax.set_yticks(y, row_names)
    ax.set_ylim(len(shown) - 0.4, -0.6)
    bars = "\nbars: the share of each level" if has_levels.any() else ""
    ax.set_xlabel(f"standard deviations from the mean (thick: middle 50 %, thin: 98 %, gray: all values){bars}")
    style.grid(ax, "x")
    selection = "" if len(shown) == values.shape[1] else f", {len(shown)} of them shown"
    ax.set_title(f"{values.shape[1]:,} features of {len(values):,} items{selection}")
    return display.from_axes(ax, features=shown.tolist(), quantiles=quantiles)


def _range(column: ColumnType, low: float, high: float) -> str:
    """Return what the values of a column range over, as text."""
    if column.kind == "category":
        return f"{len(column.levels):,} levels"
    if column.kind == "boolean":
        return "yes or no"
    if column.kind == "date":
        return " … ".join(str(np.datetime64(int(end), "s").astype("datetime64[D]")) for end in (low, high))
    return f"{low:.4g} … {high:.4g}"


def _draw_levels(ax: Axes, row: int, column: ColumnType, values: npt.NDArray[np.float64]) -> None:
    """Draw the share of each level, the most frequent one first, with its name if there is room for it."""
    names = column.levels or ("no", "yes")
    counts = np.bincount(values[~np.isnan(values)].astype(int), minlength=len(names))
    order = np.argsort(-counts, kind="stable")
    widths = BAR * counts[order] / counts.sum()
    left = -BAR / 2
    for rank, (place, width) in enumerate(zip(order.tolist(), widths.tolist(), strict=True)):
        ax.barh(row, width, 0.72, left, color=style.BLUE, alpha=0.3 if rank % 2 else 0.55, edgecolor=style.PAPER,
                linewidth=0.6)
        room_for = int(width / CHARACTER)
        if room_for >= min(3, len(names[place])):
            text = names[place] if len(names[place]) <= room_for else f"{names[place][:room_for - 1]}…"
            ax.annotate(text, (left + width / 2, row), ha="center", va="center", fontsize=style.SMALL, clip_on=True,
                        parse_math=False)
        left += width
