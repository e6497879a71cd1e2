"""One pass over some examples, which shows how well the parts of a model fit together."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from keras import ops

from zukan import checks
from zukan.context import Draws
from zukan.model.batching import over_batches
from zukan.model.passes import Passes


class Probe(NamedTuple):
    """Arrays about n examples, from draws of z.

    Attributes
    ----------
    z : array, shape (n, latent_dim)
        A draw from q(z|x).
    mean : array, shape (n, *event_shape)
        The mean of p(x|z) at that draw.
    cost : array, shape (n,)
        -log p(x|z) of x at that draw, in nats; of the observed values, if some are missing.
    drawn_cost : array, shape (n,)
        -log p(x'|z) of a draw x' from p(x|z), in nats. If p(x|z) fits the data, its average equals that of ``cost``.
    prior_z, sample : array, shapes (n, latent_dim) and (n, *event_shape)
        Draws from p(z), under the condition of each example if there is one, and the means of p(x|z) there.
    log_weights : array, shape (n, samples), or None without a density
        log p(x|z) + log p(z) - log q(z|x) of each draw, in nats (arXiv:1509.00519).
    """

    z: np.ndarray
    mean: np.ndarray
    cost: np.ndarray
    drawn_cost: np.ndarray
    prior_z: np.ndarray
    sample: np.ndarray
    log_weights: np.ndarray | None


def probe(vae: Any, x: np.ndarray, *, condition: Any = None, samples: int = 16, seed: int = 0) -> Probe:
    """Return a `Probe` of ``x``, computed by one program.

    Parameters
    ----------
    vae : VAE
    x : array, shape (n, *event_shape)
    condition : int or array, optional
    samples : int, default 16
        Draws of z per example.
    seed : int, default 0

    Returns
    -------
    Probe
    """
    batch_size = vae._samples_per_chunk(checks.integer("samples", samples))  # noqa: SLF001 as many decoded rows as a bound
    inputs = vae.inputs_of(x, condition)
    result = over_batches(vae.program(_probe, samples), inputs, batch_size, seed, what="Probing")
    return Probe(**{"log_weights": None, **result})


def _probe(model: Passes, samples: int, inputs: Any, draws: Any) -> dict[str, Any]:
    """Return the fields of `Probe` as tensors with the examples in the first axis."""
    outputs = model.run_pass(inputs, samples, draws)
    forward = model.forward_pass(inputs, outputs)
    own = Draws(outputs["state"], purpose=3)  # not the numbers of which z was made
    first = model.forward_pass(inputs, {**outputs, "p_x": {name: value[:1] for name, value in outputs["p_x"].items()}})
    drawn = first.p_x.sample(1, own)[0]
    prior_z = forward.prior_draws()
    result = {"prior_z": prior_z, "sample": forward.context.decode(prior_z[None]).mean[0],
              "z": outputs["z"][0], "mean": first.p_x.mean[0],
              "cost": -forward.log_p_x[0], "drawn_cost": -first.p_x.log_prob(drawn)[0]}
    if model.density:
        result["log_weights"] = ops.transpose(forward.log_weights)
    return result
