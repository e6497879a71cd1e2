"""How well the model explains data, in nats per example."""

from __future__ import annotations

from typing import Any

import numpy as np

from zukan.model import VAE

BOUND_EXAMPLES, BOUND_SAMPLES = 1000, 100  # a few seconds; `VAE.log_likelihood` takes all the data and 5000


def likelihood(vae: VAE, x: np.ndarray, seed: int = 0) -> dict[str, Any]:
    """Return ELBO, its two parts and the importance-weighted bound over ``x``.

    z is drawn from q(z|x), never replaced by its mean: scoring with the mean is not a bound.

    Returns
    -------
    dict
        ``elbo``, ``reconstruction``, ``kl``: averages over ``x``. ``bound``: the importance-weighted bound on log p(x)
        of arXiv:1509.00519 over the first examples, with ``bound_examples`` and ``bound_samples`` and, over the same
        examples, ``bound_elbo``. All in nats per example.
    """
    elbo = vae.elbo(x, seed=seed)
    kl = float(vae.kl_terms(x, seed=seed).sum(axis=1).mean())
    first = x[:BOUND_EXAMPLES]
    bound = vae.log_likelihood(first, samples=BOUND_SAMPLES, seed=seed)
    return {"elbo": float(elbo.mean()), "reconstruction": -float(elbo.mean()) - kl, "kl": kl,
            "bound": float(bound.mean()), "bound_elbo": float(elbo[: len(first)].mean()),
            "bound_examples": len(first), "bound_samples": BOUND_SAMPLES}
