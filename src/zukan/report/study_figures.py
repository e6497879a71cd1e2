"""The figures of a study: the criterion by trial, what mattered, and rate, distortion and time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm
from matplotlib.ticker import MaxNLocator

from zukan.plots import display, style
from zukan.tuning.criteria import Criterion
from zukan.tuning.records import Record, pareto_front


@style.styled
def by_trial(trials: Sequence[Record], criterion: Criterion) -> display.Display:
    """Draw the criterion of each complete trial, and the best one so far; the others are marks below."""
    ax = style.axes(None, 7.2, 3.6)
    complete = [trial for trial in trials if trial.value is not None]
    at, values = ([trial.number for trial in complete], np.array([trial.value for trial in complete], float))
    best = criterion.sign * np.maximum.accumulate(criterion.sign * values)
    ax.step([*at, max(trial.number for trial in trials)], [*best, best[-1]], where="post", color=style.INK,
            label="best so far")
    ax.scatter(at, values, color=style.BLUE, s=22, label="complete", zorder=3)
    low, high = float(values.min()), float(values.max())
    margin = 0.08 * (high - low) or 0.05 * abs(high) or 1.0
    ax.set_ylim(low - 2.5 * margin, high + margin)
    for state, color, mark in (("pruned", style.MUTED, "|"), ("failed", style.VERMILION, "x")):
        ended = [trial.number for trial in trials if trial.state == state]
        if ended:
            ax.scatter(ended, [low - 1.6 * margin] * len(ended), color=color, marker=mark, s=36, label=state)
    ax.set(xlabel="trial", ylabel=_label(criterion))
    ax.set_title("Criterion by trial")
    ax.xaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True, min_n_ticks=1))
    style.grid(ax, "y")
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return display.from_axes(ax, trial=at, value=values, best=best)


@style.styled
def importances(shares: Mapping[str, float]) -> display.Display:
    """Draw how much each field mattered, the most important one on top."""
    ax = style.axes(None, 5.6, 0.9 + 0.32 * len(shares))
    names = list(shares)[::-1]
    ax.barh(names, [shares[name] for name in names], color=style.BLUE, height=0.62)
    for place, name in enumerate(names):
        ax.annotate(f"{shares[name]:.2f}", (shares[name], place), xytext=(4, 0), textcoords="offset points",
                    va="center", color=style.MUTED, fontsize=style.SMALL)
    ax.set(xlabel="share of the importance", xlim=(0, 1.12 * max([*shares.values(), 1e-9])))
    ax.set_title("What mattered")
    style.hide_frame(ax)
    return display.from_axes(ax, importances=dict(shares))


@style.styled
def front(trials: Sequence[Record]) -> display.Display:
    """Draw rate and distortion of the complete trials, colored by time; those on the Pareto front are ringed."""
    points = np.array([[trial.measures[name] for name in ("rate", "distortion", "seconds")] for trial in trials])
    chosen = pareto_front(points)
    ax = style.axes(None, 6.4, 4.6)
    seconds = points[:, 2]
    low = float(seconds.min())
    high = max(float(seconds.max()), 1.01 * low)
    norm = LogNorm(low, high)
    colors = style.sequential_colormap(0.25)
    ax.scatter(points[:, 0], points[:, 1], c=seconds, cmap=colors, norm=norm, s=36, zorder=3,
               edgecolors=[style.VERMILION if ringed else "none" for ringed in chosen], linewidths=1.6)
    for trial, (rate, distortion, _), ringed in zip(trials, points, chosen, strict=True):
        if ringed:
            ax.annotate(str(trial.number), (rate, distortion), xytext=(5, 4), textcoords="offset points",
                        color=style.INK, fontsize=style.SMALL)
    bar = ax.figure.colorbar(ScalarMappable(norm, colors), ax=ax, label="seconds of training")
    bar.outline.set_visible(False)
    bar.ax.minorticks_off()
    ticks = [low, float(np.sqrt(low * high)), high]
    bar.set_ticks(ticks, labels=[f"{tick:.2g}" for tick in ticks])
    ax.set(xlabel="rate: KL, nats per item", ylabel="distortion: −log p(x|z), nats per item")
    ax.set_title("Rate, distortion and time")
    style.grid(ax)
    return display.from_axes(ax, points=points, front=chosen)


def _label(criterion: Criterion) -> str:
    return f"{criterion.title}{f', {criterion.unit} per item' if criterion.unit else ''}"
