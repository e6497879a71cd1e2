"""How active each latent variable is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from zukan.context import Piece
    from zukan.model import VAE

ACTIVE_VARIANCE = 0.01  # arXiv:1509.00519, section 2.3
IDLE_KL = 0.01  # nats


def latent(vae: VAE, x: Any, means: np.ndarray, seed: int = 0, *, condition: Any = None) -> dict[str, Any]:
    """Return the activity of each latent variable.

    A latent variable is a dimension of z, or a piece of z that the posterior's layout counts as one.

    Parameters
    ----------
    vae : VAE
    x : array, shape (n, *event_shape)
    means : array, shape (n, latent_dim)
        ``vae.encode(x)``.
    seed : int
    condition : array, shape (n,) or (n, condition_dim), optional

    Returns
    -------
    dict
        - ``variables``: the name of each latent variable, such as ``z1``, or ``z3–z6`` for a piece of four dimensions.
        - ``variance``: of the codes, by dimension.
        - ``active_units``: number of latent variables whose variance, summed over their dimensions, exceeds 0.01
          (arXiv:1509.00519). Absent without a density, since the scale of the codes is then arbitrary.
        - ``kl_per_dimension``: KL of each latent variable, in nats per example; None if the KL does not split into
          them, or without a density.
        - ``order``: the dimensions, the most active first.
    """
    parts = variables(vae.shapes.layout)
    variance = means.var(axis=0)
    by_variable = np.array([variance[part].sum() for part in parts])
    kl = None
    if vae.density:
        terms = vae.kl_terms(x, condition=condition, seed=seed, same_draws=False).mean(axis=0)
        kl = terms if len(terms) == len(parts) else None
    by_dimension = variance if kl is None else np.repeat(kl, [part.stop - part.start for part in parts])
    active = {"active_units": int((by_variable > ACTIVE_VARIANCE).sum())} if vae.density else {}
    return {"variables": [_name(part) for part in parts], "variance": variance.tolist(), **active,
            "kl_per_dimension": None if kl is None else kl.tolist(),
            "order": np.argsort(-by_dimension, kind="stable").tolist()}


def variables(layout: Sequence[Piece]) -> list[slice]:
    """Return the dimensions of each latent variable: one of a real piece each, all of another piece together."""
    parts, start = [], 0
    for piece in layout:
        width = piece.size // piece.groups
        parts += [slice(first, first + width) for first in range(start, start + piece.size, width)]
        start += piece.size
    return parts


def dimension_name(index: int) -> str:
    """Return the name of the latent dimension at ``index``. Names count from 1: the first one is z1."""
    return f"z{index + 1}"


def _name(part: slice) -> str:
    first, last = dimension_name(part.start), dimension_name(part.stop - 1)
    return first if first == last else f"{first}\N{EN DASH}{last}"
