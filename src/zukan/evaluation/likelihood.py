"""How likely the model finds the data, in nats per example."""

from __future__ import annotations

from typing import Any

import numpy as np

from zukan.model import VAE

BOUND_EXAMPLES, BOUND_SAMPLES = 1000, 100  # a few seconds of work; the default of `VAE.log_likelihood` is 5000 samples


def likelihood(vae: VAE, x: np.ndarray, seed: int = 0) -> dict[str, Any]:
    """Return the ELBO, its two terms and the importance-weighted bound over ``x``.

    z is drawn from q(z|x). With the mean of q(z|x) in its place, the result would not be a bound.

    Returns
    -------
    dict
        In nats per example:

        - ``elbo``, ``reconstruction``, ``kl``: averages over ``x``.
        - ``bound``: the importance-weighted bound on log p(x) (arXiv:1509.00519), averaged over the first
          ``bound_examples`` examples with ``bound_samples`` samples each.
        - ``bound_elbo``: the ELBO of these examples.
    """
    elbo = vae.elbo(x, seed=seed)
    kl = float(vae.kl_terms(x, seed=seed).sum(axis=1).mean())
    first = x[:BOUND_EXAMPLES]
    bound = vae.log_likelihood(first, samples=BOUND_SAMPLES, seed=seed)
    return {"elbo": float(elbo.mean()), "reconstruction": -float(elbo.mean()) - kl, "kl": kl,
            "bound": float(bound.mean()), "bound_elbo": float(elbo[: len(first)].mean()),
            "bound_examples": len(first), "bound_samples": BOUND_SAMPLES}
