"""Rate and distortion of models, with the best that a decoder allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from zukan import checks
from zukan.plots import display, style, validate

NAMED = 10  # models that get a color and a name; all others are gray
LOW = 0.05  # the curve starts at this part of its largest rate: before it, distortions are too large to draw


@style.styled
def rate_distortion(models: Mapping[str, Sequence[float]], curve: Any = None,
                    ax: Axes | None = None) -> display.Display:
    """Draw the rate and the distortion of models, and lines of equal -ELBO, which is their sum.

    Parameters
    ----------
    models : mapping
        For each model, by name, its rate (the KL) and its distortion, -E[log p(x|z)], in nats per example.
    curve : array of shape (n, 2), optional
        Rates and distortions of the best encoders for one decoder and prior, as ``zukan.evaluate`` measures them with
        ``ais`` (arXiv:2008.06653).
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Display
        ``numbers``: ``names``, ``points`` (models, 2), and ``curve`` (n, 2) as drawn, or None.

    Raises
    ------
    zukan.InputError
        If ``models`` is empty, a value is not a finite number, or they are not pairs.
    """
    if not models:
        raise checks.InputError("models must map names to rate and distortion, got none; give at least one model")
    points = validate.array("models", list(models.values()), "(models, 2)", ndim=2)
    line = None if curve is None else validate.array("curve", curve, "(n, 2)", ndim=2)
    for name, pairs in (("models", points), ("curve", line)):
        if pairs is not None and pairs.shape[1] != 2:
            raise checks.InputError(
                f"{name} must hold pairs of rate and distortion, got {checks.plural(pairs.shape[1], 'number')} for "
                "each; give two")
    ax = style.axes(ax, 6.0, 4.2)
    if line is not None:
        line = line[line[:, 0] >= LOW * line[:, 0].max()]
        ax.plot(line[:, 0], line[:, 1], color=style.INK, label="best encoder for this decoder")
    colors = style.class_colors(min(len(models), NAMED))
    for i, (name, (rate, distortion)) in enumerate(zip(models, points, strict=True)):
        ax.scatter(rate, distortion, s=40, zorder=3, color=colors(i) if i < NAMED else style.FAINT,
                   label=name if i < NAMED else None)
    ax.margins(0.12)
    _equal_sums(ax)
    ax.set(xlabel="rate: KL, nats per example", ylabel="distortion: −log p(x|z), nats per example")
    ax.set_title("Rate and distortion")
    style.grid(ax)
    ax.legend(loc="best")
    return display.from_axes(ax, names=list(models), points=points, curve=line)


def _equal_sums(ax: Axes) -> None:
    """Draw four lines on which rate plus distortion, -ELBO, is the same."""
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    for total in np.linspace(left + low, right + high, 6)[1:-1]:
        ax.plot([left, right], [total - left, total - right], color=style.FAINT, linewidth=0.8,
                linestyle=(0, (4, 3)), zorder=1)
    ax.set(xlim=(left, right), ylim=(low, high))
