"""From parts to networks: the Keras models that a VAE consists of."""

from __future__ import annotations

import contextlib
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from zukan import checks
from zukan.backend import float_type, layers_with
from zukan.context import Context, Piece, Shapes
from zukan.distributions import Distribution
from zukan.likelihoods import Likelihood
from zukan.networks import Network, networks
from zukan.networks.base import as_signal, with_condition
from zukan.objectives import Objective
from zukan.posteriors import Mean, Posterior, Sampling
from zukan.priors import Prior, priors


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
    condition: Any
    missing: Any
    augment: Any
    corrupt: Any


@dataclass(frozen=True)
class Networks:
    """Functional models that share their layers.

    The inputs called x are x itself, then ``observed`` if values may be missing, then ``condition`` if there is one;
    those called z are z, then ``condition``.
    """

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
    shapes: Shapes
    """with the positions that z keeps, and its layout"""


def wire(encoder: Any, decoder: Any, posterior: Posterior, prior: Prior, likelihood: Likelihood, objective: Objective,
         policy: keras.DTypePolicy, *, shapes: Shapes, missing: bool, seed: int) -> Networks:
    """Build the parts and connect them.

    Parameters
    ----------
    encoder, decoder : str, mapping, Network or keras.Layer
        By default, the decoder mirrors the encoder.
    posterior, prior, likelihood, objective
    policy : keras.DTypePolicy
        Of the layers of both networks and of the heads, whose results are cast to the type of the densities.
    shapes : Shapes
    missing : bool
        Whether values of x may be missing.
    seed : int
        Seed of the draw of ``encoder``'s output z.

    Raises
    ------
    zukan.InputError
        If the encoder is a Keras layer and there is no decoder, if a part leaves a layer of its own unbuilt, or if the
        objective is not made for such data.
    """
    encoder = networks.make(encoder, "encoder")
    if decoder is None and not isinstance(encoder, Network):
        raise checks.InputError(
            "decoder must be given when the encoder is a keras layer, since a layer has no mirror, got None")
    decoder = encoder if decoder is None else networks.make(decoder, "decoder")
    x, z = keras.Input(shapes.event_shape, name="x"), keras.Input((shapes.latent_dim,), name="z")
    condition = keras.Input((shapes.condition_dim,), name="condition") if shapes.condition_dim else None
    observed = keras.Input(shapes.event_shape, name="observed") if missing else None
    from_x = [tensor for tensor in (x, observed, condition) if tensor is not None]
    from_z = [tensor for tensor in (z, condition) if tensor is not None]
    if posterior.keeps_positions and isinstance(encoder, Network) and isinstance(decoder, Network):
        shapes = shapes._replace(positions=_positions(encoder, decoder, shapes))
    with layers_with(policy):
        features = _encode(encoder, likelihood.as_input(x, observed), observed, condition, shapes)
        q = _cast(posterior.heads(features, shapes), policy)
    _build(posterior, shapes)
    shapes = shapes._replace(layout=posterior.layout(shapes))
    check_layout(posterior, prior, objective, shapes.layout)
    objective.check(shapes)
    with layers_with(policy):
        p_x = _cast(likelihood.heads(_decode(decoder, z, condition, shapes), shapes), policy)
    for part in (prior, likelihood, objective):
        _build(part, shapes)
    inputs, codes = (tensors[0] if len(tensors) == 1 else tensors for tensors in (from_x, from_z))
    read = prior if posterior.priors else None
    drawn, mean = Sampling(posterior, seed, read, name="z")(q), Mean(posterior, read, name="mean_z")(q)
    decoded = likelihood.distribution(p_x, Context())
    check_data(objective, likelihood, decoded, missing=missing)
    generator = keras.Model(codes, decoded.mean, name="decoder")
    generation = keras.Model(codes, p_x, name="decoder")
    of_x = Context(x, None if observed is None else ops.cast(observed, "bool"), condition)
    reconstructed = likelihood.distribution(generation(mean if condition is None else [mean, condition]), of_x).mean
    return Networks(keras.Model(inputs, q, name="encoder"), generation,
                    encoder=keras.Model(inputs, [*q.values(), drawn], name="encoder"), decoder=generator,
                    reconstruct=keras.Model(inputs, reconstructed, name="reconstruct"), shapes=shapes)


def _cast(params: dict[str, Any], policy: keras.DTypePolicy) -> dict[str, Any]:
    """Return the parameters of a distribution in the type in which its densities are summed."""
    kind = float_type(policy)
    return {name: value if value.dtype == kind else ops.cast(value, kind) for name, value in params.items()}


def _positions(encoder: Network, decoder: Network, shapes: Shapes) -> tuple[int, ...]:
    """Return the grid that both networks keep, () if they have none; z must fill it."""
    grids = encoder.positions(shapes.event_shape), decoder.positions(shapes.event_shape)
    if grids[0] != grids[1]:
        raise checks.InputError(
            f"decoder must keep the positions of the encoder, {grids[0]}, for a posterior that keeps them, got "
            f"{grids[1]}; leave decoder out, or use posterior='normal'")
    places = math.prod(grids[0])
    if shapes.latent_dim % places:
        larger = -(-shapes.latent_dim // places) * places
        raise checks.InputError(
            f"latent_dim must be a multiple of {places}, the positions that this encoder keeps "
            f"({' × '.join(map(str, grids[0]))}), got {shapes.latent_dim}; use {larger}, or encoder='mlp'")
    return grids[0]


def _encode(encoder: Any, x: Any, observed: Any, condition: Any, shapes: Shapes) -> Any:
    """Return the features of x; the mask of observed values is its second half, in the last axis."""
    if observed is not None:
        if isinstance(encoder, Network) and encoder.signals:
            x, observed = as_signal(x), as_signal(observed)  # the mask becomes a channel, not more steps
        x = layers.Concatenate(name="x_and_observed")([x, observed])
    if not isinstance(encoder, Network):
        return encoder(with_condition(x, condition))
    return encoder.encode_grid(x, condition) if shapes.positions else encoder.encode(x, condition)


def _decode(decoder: Any, z: Any, condition: Any, shapes: Shapes) -> Any:
    """Return the features from which the likelihood's parameters are computed."""
    if shapes.positions:
        width = shapes.latent_dim // math.prod(shapes.positions)
        z = layers.Reshape((*shapes.positions, width), name="z_at_positions")(z)
        return decoder.decode_grid(with_condition(z, condition), shapes.event_shape)
    code = with_condition(z, condition)
    return decoder.decode(code, shapes.event_shape) if isinstance(decoder, Network) else decoder(code)


def _build(part: Any, shapes: Shapes) -> None:
    """Build a part that has weights, unless another model has built it: then they share it.

    A layer inside it that has no weights yet is refused, since they would appear in the middle of training.
    """
    if not isinstance(part, keras.Layer) or part.built:
        return
    part.build(shapes)
    for layer in part._flatten_layers(include_self=False):  # noqa: SLF001 Keras has no public way
        if not layer.built:
            raise checks.InputError(
                f"{type(part).__name__} must build its layers in build(shapes), but its layer {layer.name!r} is not "
                f"built; call layer.build(input_shape) there, or start a Sequential with keras.Input")


def check_combination(posterior: Posterior, prior: Prior, objective: Objective) -> None:
    """Raise `checks.InputError` if a part needs a density that the posterior lacks, or logs a reserved name."""
    for kind, part, others in (("objective", objective, ()), ("posterior", posterior, objective.extras)):
        taken = {"loss", "reconstruction", "kl", "elbo", *others} & set(part.extras)
        if taken:
            raise checks.InputError(
                f"extras of {kind} {type(part).__name__} must not be named {', '.join(sorted(taken))}, since the model "
                f"logs values of that name, got {part.extras}; choose other names")
    name = type(posterior).__name__
    for kind, part in (("objective", objective), ("prior", prior)):
        if "density" in part.needs and not posterior.density:
            fix = "objective='reconstruction', or posterior='normal'" if kind == "objective" else "another prior"
            raise checks.InputError(
                f"{kind} {type(part).__name__} needs the density of q(z|x), but posterior {name} has none; use {fix}")
        if "evaluable" in part.needs and not posterior.evaluable:
            raise checks.InputError(
                f"{kind} {type(part).__name__} needs the density of q(z|x) at any z, but posterior {name} knows it for "
                f"its own samples only; use posterior='normal', or another {kind}")
    if "density" in objective.needs and not prior.density:
        raise checks.InputError(
            f"objective {type(objective).__name__} needs the density of p(z), but prior {type(prior).__name__} is "
            f"known by its draws; use prior='normal', and fit this prior afterwards with vae.fit_prior")
    if "density" in posterior.reads and not prior.density:
        raise checks.InputError(
            f"posterior {name} needs the density of p(z), but prior {type(prior).__name__} is known by its draws; use "
            f"prior='maf', or posterior='normal'")
    if "independent" in objective.needs and not posterior.independent:
        raise checks.InputError(
            f"objective {type(objective).__name__} needs a q(z|x) with independent dimensions, but those of posterior "
            f"{name} are not; use posterior='normal', or objective='factor'")
    if "reparameterized" in objective.needs and not posterior.reparameterized:
        raise checks.InputError(
            f"objective {type(objective).__name__} needs draws of z that have a gradient, but those of "
            f"posterior {name} have none; use objective='elbo', or posterior='normal'")


def check_data(objective: Objective, likelihood: Likelihood, p_x: Distribution, *, missing: bool) -> None:
    """Raise `checks.InputError` if the objective is not made for such data."""
    name = type(objective).__name__
    if "missing" in objective.needs and not missing:
        raise checks.InputError(
            f"objective {name} needs a model whose values may be missing, got missing=False; give missing=True "
            f"(--missing), or use objective='iwae'")
    if "numbers" in objective.needs and not np.any(p_x.reparameterized):
        raise checks.InputError(
            f"objective {name} needs a likelihood of numbers, got {type(likelihood).__name__}; use "
            f"likelihood='normal', or objective='iwae'")


def check_layout(posterior: Posterior, prior: Prior, objective: Objective, layout: tuple[Piece, ...]) -> None:
    """Raise `checks.InputError` if z has pieces that the prior or the objective is not made for."""
    if posterior.priors and not isinstance(prior, tuple(priors.members[name] for name in posterior.priors)):
        raise checks.InputError(
            f"prior must be one that posterior {type(posterior).__name__} can read, got {type(prior).__name__}; use "
            f"{' or '.join(f'prior={name!r}' for name in posterior.priors)}")
    for kind in dict.fromkeys(piece.kind for piece in layout):
        if kind not in prior.kinds:
            every = {piece.kind for piece in layout}
            fits = [name for name, member in priors.members.items() if every <= set(member.kinds)]
            raise checks.InputError(
                f"prior must be one for z of kind {kind!r}, since posterior {type(posterior).__name__} gives it, got "
                f"{type(prior).__name__}; use {' or '.join(f'prior={name!r}' for name in fits) or 'another posterior'}")
        if "real" in objective.needs and kind != "real":
            raise checks.InputError(
                f"objective {type(objective).__name__} needs a z of real numbers, but posterior "
                f"{type(posterior).__name__} gives kind {kind!r}; use objective='elbo', or posterior='normal'")


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed Keras's initializers, which take their seeds from Python's generator; its state is restored afterwards."""
    state = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)
