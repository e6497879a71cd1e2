"""What each latent dimension does."""

from __future__ import annotations

from typing import Any

import numpy as np

from zukan.model import VAE

ACTIVE_VARIANCE = 0.01  # arXiv:1509.00519, section 2.3
IDLE_KL = 0.01  # nats


def latent(vae: VAE, x: np.ndarray, means: np.ndarray, seed: int = 0) -> dict[str, Any]:
    """Return activity by dimension.

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
        ``variance``: variance of the means; ``active_units``: how many exceed 0.01 (arXiv:1509.00519);
        ``kl_per_dimension``: nats, or None where the KL does not split by dimension; ``order``: dimensions from the
        most to the least active.
    """
    variance = means.var(axis=0)
    terms = vae.kl_terms(x, seed=seed).mean(axis=0)
    splits = len(terms) == vae.latent_dim
    return {"variance": variance.tolist(), "active_units": int((variance > ACTIVE_VARIANCE).sum()),
            "kl_per_dimension": terms.tolist() if splits else None,
            "order": np.argsort(-(terms if splits else variance), kind="stable").tolist()}
