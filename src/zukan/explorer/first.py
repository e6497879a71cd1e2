"""The view that the page opens with, and a sample of its points, which the page shows while it reads the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zukan.explorer import arrays, projections

SAMPLE = 50_000  # points; fewer items are read at once


def opening(manifest: Mapping[str, Any], means: np.ndarray[Any, Any],
            umap: np.ndarray[Any, Any] | None = None) -> tuple[str, np.ndarray[Any, Any]]:
    """Return the view that the page opens with, as it is named in links, and the coordinates of all items in it.

    Parameters
    ----------
    manifest : mapping
        Its ``layout``, ``dimensions``, ``pca`` and ``structure``.
    means : array, shape (count, latent_dim)
    umap : array, shape (count, 2), optional

    Returns
    -------
    str
        ``d0.1`` for two dimensions of the codes, ``pca`` or ``umap``; ``strip`` for a single dimension, and ``sphere``
        for one in three dimensions, which the page shows whole.
    array, shape (count, 2)
    """
    if means.shape[1] == 1:
        return "strip", np.concatenate([means, np.zeros_like(means)], axis=1)
    if means.shape[1] == 3 and [piece["kind"] for piece in manifest["layout"]] == ["sphere"]:
        return "sphere", means[:, :2]
    free = continuous((piece["kind"], piece["size"]) for piece in manifest["layout"])
    pca, discrete = manifest["pca"], len(free) < 2
    views = ((manifest.get("structure") or {}).get("layout") or {}).get("views", [])
    possible = {"dims": not discrete, "pca": pca is not None, "umap": umap is not None}
    best: Mapping[str, Any] = next((view for view in views if possible[view["kind"]]),
                                   {"kind": "pca" if discrete and pca else "dims"})
    if best["kind"] == "umap":
        return "umap", np.asarray(umap)
    if best["kind"] == "pca":
        return "pca", projections.onto(pca, means)
    active = [entry["index"] for entry in manifest["dimensions"] if discrete or entry["index"] in free]
    chosen: list[int] = active[:2]
    if means.shape[1] == 2:
        chosen = [0, 1]
    elif best["kind"] == "dims" and "x" in best:
        chosen = [best["x"], best["y"]]
    return f"d{chosen[0]}.{chosen[1]}", means[:, chosen]


def continuous(layout: Iterable[tuple[str, int]]) -> list[int]:
    """Return the dimensions of z that are not discrete, for the kinds and sizes of its pieces."""
    kinds = [kind for kind, size in layout for _ in range(size)]
    return [k for k, kind in enumerate(kinds) if kind not in {"categorical", "code"}]


def write(folder: Path, plane: str, coords: np.ndarray[Any, Any],
          labels: np.ndarray[Any, Any] | None) -> dict[str, Any] | None:
    """Write the coordinates (``first.f32``) and classes (``first.i32``) of a random sample of the items.

    Returns
    -------
    dict or None
        The manifest's entry ``first``: ``count`` and ``plane``. None, and nothing is written, if there are few items.
    """
    if len(coords) <= SAMPLE or plane in {"strip", "sphere"}:
        return None
    chosen = np.sort(np.random.default_rng(0).choice(len(coords), SAMPLE, replace=False))
    arrays.write(folder / "first.f32", coords[chosen].astype("<f4"))
    if labels is not None:
        arrays.write(folder / "first.i32", labels[chosen].astype("<i4"))
    return {"count": SAMPLE, "plane": plane}
