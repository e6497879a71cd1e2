"""The figures of discrete codes: how often each is used, and what it stands for."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops

from zukan import plots, spaces
from zukan.evaluation.codes import counts
from zukan.evaluation.condition import repeated
from zukan.model import VAE

ROWS, COLUMNS = 16, 12  # codes on a sheet, and items of each
VARIABLES, CLASSES = 10, 16  # rows and columns of the figure of categorical variables
AROUND = 3  # width of a patch, in positions


def draw(vae: VAE, x: Any, means: np.ndarray, condition: Any, typical: np.ndarray | None) -> dict[str, plots.Display]:
    """Draw how often each code is used, and items of each; of several categorical variables, also each class decoded.

    Parameters
    ----------
    vae : VAE
        Some pieces of its z have finitely many values.
    x, means, condition
        The test items, their codes of shape (m, latent_dim), and their conditions.
    typical : array, optional
        The condition under which codes are decoded.
    """
    codes = vae.codes(x, condition=condition)
    used = counts(vae, codes)
    usual = np.array([np.bincount(column).argmax() for column in codes.T])
    kinds = [piece for piece in vae.shapes.layout if piece.choices]
    grid = vae.shapes.positions
    first = codes[:, :: len(used) if grid else len(usual)]  # of the first codebook, or the first code
    having = np.bincount(first.ravel(), minlength=used.shape[1])
    rows = np.argsort(-having, kind="stable")[: min(ROWS, int((having > 0).sum()))]
    rows = np.sort(rows) if kinds[0].kind == "categorical" else rows

    def decoded(changed: np.ndarray) -> np.ndarray:
        z = _points(vae, means, changed)
        return vae.decode(z, condition=repeated(typical, len(z)))

    several = {"categorical": "classes"}.get(kinds[0].kind, "codes")
    figures = {"codebook": plots.codebook(used, several)}
    if not grid or (len(grid) == 2 and len(vae.event_shape) == 3):
        found = [_few(np.argwhere(first == code)) for code in rows]
        labels = np.repeat(np.arange(len(rows)), list(map(len, found)))
        items, places = np.concatenate(found).T
        shown = x[items]
        if grid:
            drawn = vae.decode(means[items], condition=None if condition is None else condition[items])
            shown, drawn = (np.stack([_patch(image, place, grid) for image, place in zip(images, places, strict=True)])
                            for images in (shown, drawn))
            starts = np.stack([drawn[labels == row].mean(axis=0) for row in range(len(rows))])
        else:
            changed = np.repeat(usual[None], len(rows), axis=0)
            changed[:, 0] = rows
            starts = decoded(changed)
        names = [f"{code} · {number:,}" for code, number in zip(rows, having[rows], strict=True)]
        figures["codes"] = plots.contact_sheet(shown, labels, names, starts=starts,
                                               title=f"Images of the most frequent {several}")
    if len(kinds) > 1 and kinds[0].kind == "categorical" and not grid:
        shape = min(len(kinds), VARIABLES), min(kinds[0].choices, CLASSES)
        changed = np.tile(usual, (*shape, 1))
        for row in range(shape[0]):
            changed[row, :, row] = np.arange(shape[1])
        images = decoded(changed.reshape(-1, len(usual))).reshape(*shape, *vae.event_shape)
        figures["variables"] = plots.traversals(images, np.arange(shape[1]), range(shape[0]),
                                                one="categorical variable")
    return figures


def _points(vae: VAE, means: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return z of shape (n, latent_dim) for codes of shape (n, pieces); real numbers are at their mean."""
    if vae.shapes.layout[0].kind == "code":
        return np.asarray(ops.convert_to_numpy(vae.posterior.embed(codes)))
    z = np.repeat(means.mean(axis=0, keepdims=True), len(codes), axis=0)
    parts = [(piece.size, part) for piece, part in spaces.pieces(vae.shapes.layout) if piece.choices]
    for (size, part), column in zip(parts, codes.T, strict=True):
        z[:, part] = np.eye(size)[column]
    return z


def _few(places: np.ndarray) -> np.ndarray:
    """Return a few rows, evenly spaced from the first to the last."""
    return places[np.unique(np.linspace(0, len(places) - 1, min(len(places), COLUMNS)).astype(int))]


def _patch(image: np.ndarray, place: int, grid: tuple[int, ...]) -> np.ndarray:
    """Return the part of an image around a position of the grid; beyond the border, its outermost values go on."""
    cuts = []
    for axis, (at, steps) in enumerate(zip(divmod(place, grid[1]), grid, strict=True)):
        step = image.shape[axis] / steps
        first = round((at + 0.5 - AROUND / 2) * step)
        cuts.append(np.clip(np.arange(first, first + round(AROUND * step)), 0, image.shape[axis] - 1))
    return image[np.ix_(*cuts)]
