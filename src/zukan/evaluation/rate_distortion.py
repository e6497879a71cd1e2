"""How many nats a code costs, and how well items are then known."""

from __future__ import annotations

from typing import Any

import numpy as np

from zukan.evaluation.annealing import Annealed

POINTS = 21  # of the curve


def curve(chains: Annealed) -> dict[str, Any]:
    """Return the rate-distortion curve of a decoder and a prior (arXiv:2008.06653), in nats per item.

    At each temperature b, chains from the prior have arrived at q_b(z|x) ~ p(z) p(x|z)^b, which has the lowest rate for
    its distortion that any encoder can reach with this decoder and this prior. The rate is KL(q_b || p(z)) =
    -b D - log Z_b, with the distortion D = -E[log p(x|z)] and log Z_b from the weights of the chains. It is
    overestimated on average. At b = 1, rate plus distortion is -log p(x).

    Parameters
    ----------
    chains : Annealed
        With the prior as start.

    Returns
    -------
    dict
        ``rate`` and ``distortion``, lists of averages over the items at 21 of the ``temperatures``.
    """
    steps = np.linspace(0, len(chains.temperatures) - 1, min(POINTS, len(chains.temperatures))).round().astype(int)
    weights, energy = chains.log_weights[steps], chains.energy[steps]
    log_z = np.logaddexp.reduce(weights, axis=1) - np.log(weights.shape[1])
    share = np.exp(weights - np.log(weights.shape[1]) - log_z[:, None])
    distortion = -(share * energy).sum(axis=1).mean(axis=-1)
    beta = chains.temperatures[steps]
    return {"temperatures": beta.tolist(), "rate": (-beta * distortion - log_z.mean(axis=-1)).tolist(),
            "distortion": distortion.tolist()}
