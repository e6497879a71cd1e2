"""How much a code says about its item, and how far the codes of all items are from the prior."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from keras import ops, tree

from zukan.evaluation.averages import average, evenly
from zukan.model import VAE
from zukan.model.batching import over_batches
from zukan.model.passes import Passes

MOST = 10_000  # items whose posteriors make up q(z)
PAIRS = 5_000_000_000  # numbers that all pairs of codes and posteriors may have
AT_ONCE = 1 << 22  # of them in memory


def information(vae: VAE, x: Any, seed: int = 0, *, condition: Any = None) -> dict[str, Any]:
    """Return the two parts of the KL: the mutual information of x and z, and KL(q(z) || p(z)), in nats.

    Here q(z) is the average of q(z|x) over the items. The average KL(q(z|x) || p(z)) is the sum of both parts
    (Hoffman & Johnson 2016, "ELBO surgery"). All are estimated from one draw of z for each item. The mutual information
    is at most log(n), since q(z) has n parts.

    Parameters
    ----------
    vae : VAE
        The density of its posterior must be known at any z.
    x : array, shape (n, *event_shape)
        Of more than 10 000 items, or fewer if z is very wide, evenly spaced ones are used.
    seed : int
    condition : array, shape (n,) or (n, condition_dim), optional

    Returns
    -------
    dict
        ``mutual_information``, ``marginal_kl`` and their standard errors; ``posteriors``: the number of items that q(z)
        averages over; ``most_information``: its logarithm.
    """
    chosen = evenly(len(x), min(MOST, math.isqrt(PAIRS // vae.latent_dim)))
    x, condition = x[chosen], None if condition is None else condition[chosen]
    drawn = over_batches(vae.program(_drawn), vae.inputs_of(x, condition), 1024, seed, what="Encoding")
    size = max(1, AT_ONCE // (len(chosen) * vae.latent_dim))
    aggregate = vae.program(_log_aggregate)
    log_q_z = over_batches(lambda z, key: aggregate(drawn["q"], z, key), drawn["z"], size, seed,
                           what="Comparing codes and posteriors").astype(np.float64)
    return {**average("mutual_information", drawn["log_q"] - log_q_z),
            **average("marginal_kl", log_q_z - drawn["log_p"]), "posteriors": len(chosen),
            "most_information": math.log(len(chosen))}


def _drawn(model: Passes, inputs: Any, draws: Any) -> dict[str, Any]:
    """Return the parameters of q(z|x), a draw from it, and its log-densities under q(z|x) and p(z)."""
    outputs = model.run_pass(inputs, 1, draws)
    forward = model.forward_pass(inputs, outputs)
    return {"q": outputs["q"], "z": outputs["z"][0], "log_q": forward.log_q[0],
            "log_p": forward.p_z.log_prob(outputs["z"])[0]}


def _log_aggregate(model: Passes, params: Any, z: Any, draws: Any) -> Any:  # noqa: ARG001 every program takes draws
    """Return log q(z), the logarithm of the average density over all posteriors."""
    q = model.posterior.distribution(tree.map_structure(ops.convert_to_tensor, params), model.context())
    pairs = q.log_prob_of_each(z)
    return ops.logsumexp(pairs, axis=1) - math.log(pairs.shape[1])
