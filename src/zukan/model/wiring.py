"""From parts to networks: the Keras models that a VAE consists of."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras

from zukan import checks
from zukan.likelihoods import Likelihood
from zukan.networks import Network, networks
from zukan.posteriors import Posterior, Sampling
from zukan.priors import Prior


@dataclass(frozen=True)
class Arguments:
    """The constructor's arguments as the user gave them."""

    event_shape: Any
    latent_dim: Any
    encoder: Any
    decoder: Any
    posterior: Any
    prior: Any
    likelihood: Any
    objective: Any
    seed: Any


@dataclass(frozen=True)
class Networks:
    """Functional models that share their layers."""

    inference: keras.Model
    """x -> parameters of q(z|x)"""
    generation: keras.Model
    """z -> parameters of p(x|z)"""
    encoder: keras.Model
    """x -> parameters of q(z|x) and one draw from it"""
    decoder: keras.Model
    """z -> mean of p(x|z)"""
    reconstruct: keras.Model
    """x -> mean of p(x|z) at the mean of q(z|x)"""


def wire(encoder: Any, decoder: Any, posterior: Posterior, prior: Prior, likelihood: Likelihood, *,
         event_shape: tuple[int, ...], latent_dim: int, seed: int) -> Networks:
    """Build the parts and connect them.

    Parameters
    ----------
    encoder, decoder : str, mapping, Network or keras.Layer
        By default, the decoder mirrors the encoder.
    posterior, prior, likelihood
    event_shape, latent_dim
    seed : int
        Seed of the draw of ``encoder``'s output z.

    Raises
    ------
    zukan.InputError
        If the encoder is a Keras layer and there is no decoder.
    """
    encoder = networks.make(encoder, "encoder")
    if decoder is None and not isinstance(encoder, Network):
        raise checks.InputError(
            "decoder must be given when the encoder is a keras layer, since a layer has no mirror, got None")
    decoder = encoder if decoder is None else networks.make(decoder, "decoder")
    x = keras.Input(event_shape, name="x")
    z_in = keras.Input((latent_dim,), name="z")
    q = posterior.heads(encoder.encode(x) if isinstance(encoder, Network) else encoder(x), latent_dim)
    h = decoder.decode(z_in, event_shape) if isinstance(decoder, Network) else decoder(z_in)
    p_x = likelihood.heads(h, event_shape)
    for part in (posterior, prior, likelihood):
        if not part.built:  # a part that another model built is shared with it
            part.build((None, latent_dim))
    z = Sampling(posterior, seed, name="z")(q)
    inference = keras.Model(x, q, name="encoder")
    generation = keras.Model(z_in, p_x, name="decoder")
    mean_x = likelihood.distribution(p_x, len(event_shape)).mean
    mean_z = posterior.distribution(q).mean
    generator = keras.Model(z_in, mean_x, name="decoder")
    return Networks(inference, generation, encoder=keras.Model(x, [*q.values(), z], name="encoder"), decoder=generator,
                    reconstruct=keras.Model(x, generator(mean_z), name="reconstruct"))


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed Keras's initializers, which take their seeds from Python's generator; its state is restored afterwards."""
    state = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)
