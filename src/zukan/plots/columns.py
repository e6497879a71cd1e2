"""Real and synthetic rows side by side, column by column."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, date2num, num2date
from matplotlib.ticker import FuncFormatter, MaxNLocator

from zukan.data.tables.schema import ColumnType, Schema
from zukan.evaluation.tables.marginals import marginals
from zukan.evaluation.tables.values import DAY, is_number, level_count
from zukan.plots import display, style, validate
from zukan.plots.class_labels import shortened
from zukan.plots.panels import panels, wrapped

MAX_COLUMNS, ACROSS, MAX_LEVELS, BINS = 24, 4, 7, 24
TAIL = 0.005  # share of the values at each end that the outermost bars hold
REAL, SYNTHETIC = style.FAINT, style.BLUE


@style.styled
def columns(schema: Schema, real: Any, synthetic: Any, ax: Axes | None = None) -> display.Display:
    """Draw the distribution of each column among real and among synthetic rows, gaps included.

    Parameters
    ----------
    schema : Schema
    real, synthetic : array of shape (n, d) and (m, d)
        Raw rows; NaN is a gap. Of more than 24 columns, those that differ most are drawn.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Display
        ``numbers``: ``columns``, the places of the columns that are drawn, and ``scores``, 1 minus the distance of
        each (`zukan.evaluation.tables.marginals`).
    """
    rows = [validate.array(name, value, f"(n, {len(schema)})", ndim=2, missing=True).astype(np.float64)
            for name, value in (("real", real), ("synthetic", synthetic))]
    found = marginals(schema, *rows)["columns"]
    scores = np.array([1.0 - found[name]["distance"] for name in schema.names])
    shown = np.sort(np.argsort(scores, kind="stable")[:MAX_COLUMNS])
    ax, places = panels(ax, len(shown), ACROSS, (2.15, 1.15), (0.35, 0.72))
    for panel, place in zip(places, shown, strict=True):
        column, pair = schema.columns[place], [raw[:, place] for raw in rows]
        (_numbers if is_number(schema)[place] else _levels)(panel, column, *pair)
        panel.set_title(wrapped(column.name, 24), fontsize=9, pad=4)
        panel.annotate(f"{scores[place]:.2f}", (1.0, 1.0), xytext=(0, 4), xycoords="axes fraction", ha="right",
                       textcoords="offset points", fontsize=style.SMALL, color=style.MUTED)
    handles = [panel.plot([], [], "s", color=color, markersize=7)[0] for color in (REAL, SYNTHETIC)]
    ax.legend(handles, ["real rows", "synthetic rows"], loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2,
              borderaxespad=2.6, handletextpad=0.2, columnspacing=1.0)
    few = f" ({len(shown)} least alike of {len(schema)})" if len(shown) < len(schema) else ""
    ax.set_title(f"Columns{few}", pad=30)
    return display.from_axes(ax, columns=shown.tolist(), scores=scores[shown])


def _numbers(panel: Axes, column: ColumnType, real: np.ndarray, synthetic: np.ndarray) -> None:
    """Draw histograms over the range of the real values; the outermost bars hold what lies beyond."""
    observed = [values[~np.isnan(values)] for values in (real, synthetic)]
    base = observed[0] if len(observed[0]) else np.append(observed[1], 0.0)
    low, high = np.quantile(base, (TAIL, 1 - TAIL))
    whole = column.kind == "count" or column.stored == "integer"
    if whole and high - low < BINS:
        edges = np.arange(np.floor(low), np.ceil(high) + 2) - 0.5
    else:
        edges = np.linspace(low, high if high > low else low + 1.0, BINS + 1)
    width = edges[1] - edges[0]
    middle = (edges[:-1] + edges[1:]) / 2
    shares = [np.histogram(np.clip(values, middle[0], middle[-1]), edges)[0] / max(len(all_values), 1)
              for values, all_values in zip(observed, (real, synthetic), strict=True)]
    panel.bar(middle, shares[0], width, color=REAL)
    panel.stairs(shares[1], edges, color=SYNTHETIC, linewidth=1.3)
    _axis(panel, column, edges)
    gaps = [float(np.isnan(values).mean()) for values in (real, synthetic)]
    if max(gaps) > 0:
        extent = edges[-1] - edges[0]
        for gap, at, color in zip(gaps, (0.10, 0.17), (REAL, SYNTHETIC), strict=True):
            panel.bar(edges[-1] + at * extent, gap, 0.07 * extent, color=color)
        panel.annotate("gaps", (edges[-1] + 0.135 * extent, 0), xycoords=("data", "axes fraction"), xytext=(0, -4),
                       textcoords="offset points", ha="center", va="top", fontsize=style.SMALL, color=style.MUTED,
                       annotation_clip=False)
    _bare(panel)
    panel.set_ylim(0, 1.05 * max(shares[0].max(), shares[1].max(), *gaps) or 1.0)


def _axis(panel: Axes, column: ColumnType, edges: np.ndarray) -> None:
    """Mark a few values below the histogram, in the units of the column."""
    if column.kind != "date":
        ticks = [tick for tick in MaxNLocator(3, integer=column.kind == "count").tick_values(edges[0], edges[-1])
                 if edges[0] <= tick <= edges[-1]]
        panel.set_xticks(ticks)
        panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _text(value)))
        return
    ends = [datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=float(edge)) for edge in (edges[0], edges[-1])]
    with warnings.catch_warnings(action="ignore", category=UserWarning):  # that no interval gives so few ticks
        ticks = AutoDateLocator(minticks=2, maxticks=3, tz=UTC).tick_values(*ends)
    found = [tick for tick in ticks if date2num(ends[0]) <= tick <= date2num(ends[1])][:3]
    days = (ends[1] - ends[0]).days
    form = "%Y" if days > 1500 else "%Y-%m" if days > 100 else "%b %d" if days > 2 else "%H:%M"
    panel.set_xticks([tick * DAY for tick in found], [num2date(tick, UTC).strftime(form) for tick in found])


def _text(value: float) -> str:
    """Return a tick's number as text; powers of ten would not be read as fast."""
    text = f"{value:,.0f}" if 1e4 <= abs(value) < 1e8 else f"{value:.4g}"
    return text.replace("-", "\N{MINUS SIGN}")


def _levels(panel: Axes, column: ColumnType, real: np.ndarray, synthetic: np.ndarray) -> None:
    """Draw a bar for each of the most frequent levels, all others together, and gaps."""
    names = list(column.levels) if column.kind == "category" else ["no", "yes"]
    counts = [np.bincount(values[~np.isnan(values)].astype(int), minlength=level_count(column)) / max(len(values), 1)
              for values in (real, synthetic)]
    order = np.argsort(-counts[0], kind="stable") if column.kind == "category" else np.arange(2)
    bars = [list(count[order]) for count in counts]
    names = [shortened(names[level], 15) for level in order]
    if len(names) > MAX_LEVELS:
        bars = [[*bar[: MAX_LEVELS - 1], sum(bar[MAX_LEVELS - 1 :])] for bar in bars]
        names = [*names[: MAX_LEVELS - 1], f"{len(names) - MAX_LEVELS + 1} others"]
    gaps = [float(np.isnan(values).mean()) for values in (real, synthetic)]
    if max(gaps) > 0:
        bars, names = [[*bar, gap] for bar, gap in zip(bars, gaps, strict=True)], [*names, "gaps"]
    y = np.arange(len(names))
    panel.barh(y - 0.2, bars[0], 0.4, color=REAL)
    panel.barh(y + 0.2, bars[1], 0.4, color=SYNTHETIC)
    panel.set_ylim(len(names) - 0.4, -0.6)
    panel.set_yticks([])
    most = max(map(max, bars)) or 1.0
    panel.set_xlim(0, 2.1 * most)  # the names stand inside of the panel, to the right of the bars
    for at, (name, one, other) in enumerate(zip(names, *bars, strict=True)):
        panel.annotate(name, (max(one, other), at), xytext=(3, 0), textcoords="offset points", va="center",
                       fontsize=min(style.SMALL, 58 / len(names)), color=style.MUTED)
    panel.set_xticks([])
    panel.spines[:].set_visible(False)
    panel.axvline(0, color=style.FAINT, linewidth=0.8)


def _bare(panel: Axes) -> None:
    panel.set_yticks([])
    panel.spines["left"].set_visible(False)
    panel.tick_params(axis="x", length=2, pad=2)
