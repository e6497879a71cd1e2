"""The view that the page opens with, and a sample of its points, which the page shows while it reads the others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zukan.explorer import arrays

SAMPLE = 50_000  # points; fewer items are read at once


def opening(manifest: Mapping[str, Any], means: np.ndarray[Any, Any]) -> tuple[str, np.ndarray[Any, Any]]:
    """Return the view that the page opens with, as it is named in links, and the coordinates of all items in it.

    Parameters
    ----------
    manifest : mapping
        Its ``layout``, ``dimensions`` and ``pca``.
    means : array, shape (count, latent_dim)

    Returns
    -------
    str
        ``d0.1`` for two dimensions of the codes, or ``pca``; ``strip`` for a single dimension.
    array, shape (count, 2)
    """
    if means.shape[1] == 1:
        return "strip", np.concatenate([means, np.zeros_like(means)], axis=1)
    kinds = [piece["kind"] for piece in manifest["layout"] for _ in range(piece["size"])]
    free = [k for k, kind in enumerate(kinds) if kind not in {"categorical", "code"}]
    pca = manifest["pca"]
    if pca is not None and len(free) < 2:
        return "pca", (means - np.asarray(pca["mean"], "f4")) @ np.asarray(pca["components"], "f4").T
    chosen = [0, 1] if means.shape[1] == 2 else [entry["index"] for entry in manifest["dimensions"]
                                                if len(free) < 2 or entry["index"] in free][:2]
    return f"d{chosen[0]}.{chosen[1]}", means[:, chosen]


def write(folder: Path, plane: str, coords: np.ndarray[Any, Any],
          labels: np.ndarray[Any, Any] | None) -> dict[str, Any] | None:
    """Write the coordinates (``first.f32``) and classes (``first.i32``) of a random sample of the items.

    Returns
    -------
    dict or None
        The manifest's entry ``first``: ``count`` and ``plane``. None, and nothing is written, if there are few items.
    """
    if len(coords) <= SAMPLE or plane == "strip":
        return None
    chosen = np.sort(np.random.default_rng(0).choice(len(coords), SAMPLE, replace=False))
    arrays.write(folder / "first.f32", coords[chosen].astype("<f4"))
    if labels is not None:
        arrays.write(folder / "first.i32", labels[chosen].astype("<i4"))
    return {"count": SAMPLE, "plane": plane}
