"""The evidence lower bound and its two terms, with sampled z."""

from __future__ import annotations

from typing import Any

import numpy as np

from zukan.evaluation.averages import average
from zukan.model import VAE
from zukan.streamed import Streamed, slices


def elbo_by_item(vae: VAE, x: Any, seed: int = 0, *, condition: Any = None) -> tuple[np.ndarray, np.ndarray]:
    """Return the ELBO and the KL of each item in nats, both for the same draw of z from q(z|x).

    With the mean of q(z|x) in place of a draw, the result would not be a bound.

    Parameters
    ----------
    vae : VAE
    x : array, shape (n, *event_shape)
    seed : int
    condition : array, shape (n,) or (n, condition_dim), optional

    Returns
    -------
    array, shape (n,)
    array, shape (n,)
    """
    return (vae.elbo(x, condition=condition, seed=seed, same_draws=False),
            vae.kl_terms(x, condition=condition, seed=seed, same_draws=False).sum(axis=1))


def averages(elbo: np.ndarray, kl: np.ndarray) -> dict[str, float]:
    """Return the averages of `elbo_by_item` with their standard errors, in nats.

    Returns
    -------
    dict
        ``elbo``, ``reconstruction`` (-E_q[log p(x|z)]) and ``kl``, and for each the standard error over the items, such
        as ``elbo_standard_error``.
    """
    elbo, kl = elbo.astype(np.float64), kl.astype(np.float64)
    return {**average("elbo", elbo), **average("reconstruction", -elbo - kl), **average("kl", kl)}


def reconstruction_by_item(vae: VAE, x: Any, seed: int = 0, *, condition: Any = None) -> np.ndarray:
    """Return -log p(x|z) of each item, for a draw of z, in nats; it needs no density of q(z|x).

    Of streamed items, one piece is in memory at a time. Arguments as for `elbo_by_item`.
    """
    pieces = slices(x) if isinstance(x, Streamed) else [slice(None)]
    return np.concatenate([
        vae.reconstruction_terms(x[piece], condition=None if condition is None else condition[piece], seed=seed,
                                 same_draws=False).sum(axis=tuple(range(1, 1 + len(vae.event_shape))), dtype=np.float64)
        for piece in pieces])
