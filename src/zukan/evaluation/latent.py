"""How active each latent dimension is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from zukan.model import VAE

ACTIVE_VARIANCE = 0.01  # arXiv:1509.00519, section 2.3
IDLE_KL = 0.01  # nats


def latent(vae: VAE, x: np.ndarray, means: np.ndarray, seed: int = 0) -> dict[str, Any]:
    """Return the activity of each latent dimension.

    Parameters
    ----------
    vae : VAE
    x : array, shape (n, *event_shape)
    means : array, shape (n, latent_dim)
        ``vae.encode(x)``.
    seed : int

    Returns
    -------
    dict
        - ``variance``: of the posterior means, by dimension.
        - ``active_units``: number of dimensions whose variance exceeds 0.01 (arXiv:1509.00519).
        - ``kl_per_dimension``: in nats per example; None if the KL has no terms by dimension.
        - ``order``: the dimensions, the most active first.
    """
    variance = means.var(axis=0)
    terms = vae.kl_terms(x, seed=seed).mean(axis=0)
    splits = len(terms) == vae.latent_dim
    return {"variance": variance.tolist(), "active_units": int((variance > ACTIVE_VARIANCE).sum()),
            "kl_per_dimension": terms.tolist() if splits else None,
            "order": np.argsort(-(terms if splits else variance), kind="stable").tolist()}
