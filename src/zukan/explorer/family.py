"""What the page shows of the posterior and the prior: draws from the prior, and how often the codes are used."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops

from zukan.data import Dataset
from zukan.explorer import condition
from zukan.model import VAE
from zukan.priors import Normal
from zukan.registry import describe

DRAWS, NUMBERS = 1000, 1 << 18  # most draws of a setting, and most numbers of all draws
BATCH = 1024


def draws(vae: VAE, dataset: Dataset, seed: int) -> np.ndarray | None:
    """Return draws from the prior, shape (settings or 1, count, latent_dim).

    The first axis is 1 unless the prior depends on the condition. None if the prior is N(0, I), from which the page
    draws itself.
    """
    if isinstance(vae.prior, Normal):
        return None
    record = condition.record(dataset)
    rows = [None] if record is None else [_row(setting["row"], record["width"]) for setting in record["settings"]]
    count = max(1, min(DRAWS, NUMBERS // (vae.latent_dim * len(rows))))
    drawn = np.stack([vae.sample_codes(count, condition=row, seed=seed) for row in rows])
    return drawn[:1] if len(rows) > 1 and all(np.array_equal(drawn[0], other) for other in drawn[1:]) else drawn


def usage(vae: VAE, means: np.ndarray, codebook: np.ndarray | None) -> np.ndarray | None:
    """Return how often the items use each code of each codebook, shape (codebooks, codes); None without a codebook."""
    if codebook is None:
        return None
    pieces = vae.shapes.layout
    books = min(getattr(vae.posterior, "codebooks", 1), len(pieces))
    counts = np.zeros((books, pieces[0].classes), "int64")
    for start in range(0, len(means), BATCH):
        codes = ops.convert_to_numpy(vae.posterior.codes(ops.convert_to_tensor(means[start : start + BATCH])))
        for book in range(books):
            counts[book] += np.bincount(codes[:, book::books].ravel().astype("int64"), minlength=pieces[0].classes)
    return counts


def record(vae: VAE, drawn: np.ndarray | None) -> dict[str, Any]:
    """Return the manifest's entry ``family``.

    Returns
    -------
    dict
        ``posterior`` and ``prior``: their names. ``positions``: the grid of positions that z keeps, or []. ``draws``:
        the count of draws in the file ``prior.f32``, and the ``settings`` of the condition that they belong to in turn;
        None without draws.
    """
    stored = None if drawn is None else {"settings": drawn.shape[0], "count": drawn.shape[1]}
    return {"posterior": describe(vae.posterior)["name"], "prior": describe(vae.prior)["name"], "draws": stored,
            "positions": list(vae.shapes.positions)}


def _row(pairs: list[list[float]], width: int) -> np.ndarray:
    row = np.zeros(width, "float32")
    for place, value in pairs:
        row[int(place)] = value
    return row
