"""How likely the model finds the data, in nats per example."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from zukan.evaluation.averages import average
from zukan.evaluation.bound import bits_per_dimension
from zukan.evaluation.elbo import averages, elbo_by_item, reconstruction_by_item
from zukan.model import VAE
from zukan.streamed import slices

BOUND_EXAMPLES, BOUND_SAMPLES = 1000, 100  # a few seconds of work; the default of `VAE.log_likelihood` is 5000 samples


def likelihood(vae: VAE, x: Any, seed: int = 0, *, condition: Any = None) -> dict[str, Any]:
    """Return the ELBO, its two terms and the importance-weighted bound over ``x``.

    z is drawn from q(z|x), for each example on its own, since averages are then most precise. With the mean of q(z|x)
    in its place, the result would not be a bound. If values of x are missing, all results are those of the observed
    values.

    Parameters
    ----------
    vae : VAE
    x : array, shape (n, *event_shape)
    seed : int
    condition : array, shape (n,) or (n, condition_dim), optional

    Returns
    -------
    dict
        In nats per example:

        - ``reconstruction``: the average of -log p(x|z) over ``x``. Without a density of q(z|x), ``elbo``, ``kl`` and
          the bounds are absent.
        - ``entropy``: what ``x`` costs under any model (`Likelihood.least_cost`), averaged over ``x``; absent if it
          is 0.
        - ``elbo``, ``kl``: averages over ``x``.
        - ``reconstruction_standard_error``, ``elbo_standard_error``, ``kl_standard_error``: of these averages.
        - ``bound``: the importance-weighted bound on log p(x) (arXiv:1509.00519), averaged over the first
          ``bound_examples`` examples with ``bound_samples`` samples each.
        - ``bound_elbo``: the ELBO of these examples.
        - ``bits_per_dimension``: -``bound`` / (dimensions * log 2), only if p(x|z) is a probability over levels
          (`Likelihood.levels`) and no value can be missing.
    """
    entropy = least_cost(vae, x)
    levels = {"entropy": entropy} if entropy else {}
    if not vae.density:
        return {**average("reconstruction", reconstruction_by_item(vae, x, seed, condition=condition)), **levels}
    elbo, kl = elbo_by_item(vae, x, seed, condition=condition)
    first = slice(BOUND_EXAMPLES)
    bound = vae.log_likelihood(x[first], condition=None if condition is None else condition[first],
                               samples=BOUND_SAMPLES, seed=seed, same_draws=False)
    if vae.likelihood.levels and not vae.missing:
        levels["bits_per_dimension"] = bits_per_dimension(float(bound.mean()), math.prod(vae.event_shape))
    return {**averages(elbo, kl), "bound": float(bound.mean()), "bound_elbo": float(elbo[first].mean(dtype="float64")),
            "bound_examples": len(bound), "bound_samples": BOUND_SAMPLES, **levels}


def least_cost(vae: VAE, x: Any) -> float:
    """Return what ``x`` costs under any model (`Likelihood.least_cost`), in nats per item."""
    return sum(float(np.sum(vae.likelihood.least_cost(x[piece]), dtype="float64")) for piece in slices(x)) / len(x)
