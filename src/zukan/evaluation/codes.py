"""How often each discrete code is used."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from zukan.context import Piece
    from zukan.model import VAE


def discrete(layout: tuple[Piece, ...]) -> bool:
    """Return whether every piece of z has finitely many values."""
    return bool(layout) and all(piece.choices for piece in layout)


def counts(vae: VAE, codes: np.ndarray) -> np.ndarray:
    """Return how often each code is used, shape (books, choices).

    Codes of one codebook are counted together, wherever they are. A categorical variable has classes of its own, which
    are counted together if it is at several positions.

    Parameters
    ----------
    vae : VAE
    codes : array, shape (n, pieces)
        As `VAE.codes` returns them.
    """
    books = getattr(vae.posterior, "codebooks", codes.shape[1] // math.prod(vae.shapes.positions))
    choices = next(piece.choices for piece in vae.shapes.layout if piece.choices)
    return np.stack([np.bincount(codes[:, book::books].ravel(), minlength=choices) for book in range(books)])


def usage(used: np.ndarray) -> dict[str, Any]:
    """Return statistics of `counts`.

    Returns
    -------
    dict
        - ``choices``: number of codes of a codebook, or of classes of a variable.
        - ``used_codes``: how many of them occur; ``perplexity``: exp of the entropy of their shares, between 1 and
          ``choices``. Both are averages over the codebooks or variables.
        - ``by_book``: the same numbers of each.
    """
    shares = used / used.sum(axis=1, keepdims=True)
    perplexity = np.exp(-(shares * np.log(np.where(shares > 0, shares, 1.0))).sum(axis=1))
    each = {"used_codes": (used > 0).sum(axis=1), "perplexity": perplexity}
    return {"choices": used.shape[1], **{name: float(values.mean()) for name, values in each.items()},
            "by_book": {name: values.tolist() for name, values in each.items()}}


def majority(classes: np.ndarray, y: np.ndarray) -> float:
    """Return the share of items that have the most frequent label of their latent class."""
    pairs, numbers = np.unique(np.stack([classes, y]), axis=1, return_counts=True)
    return sum(int(numbers[pairs[0] == k].max()) for k in np.unique(pairs[0])) / len(y)
