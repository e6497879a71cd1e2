"""The posterior over categorical variables."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from keras import layers, ops

from zukan import checks, distributions, numerics, schedules
from zukan.context import Context, Piece, Shapes
from zukan.posteriors.base import Posterior, posteriors


@posteriors.register("categorical")
class Categorical(Posterior):
    """q(z|x): categorical variables as one-hot vectors, relaxed while training (arXiv:1611.01144, arXiv:1611.00712).

    The logits are linear in the features. In training, draws are relaxed at a temperature, so they have a gradient; log
    q(z|x) and the KL are always those of the discrete variables, so a training loss is not a bound, and validation,
    `elbo` and `log_likelihood`, whose draws are discrete, are. `encode` returns the probabilities.

    Parameters
    ----------
    classes : int, default 10
        Classes of each variable. There are ``latent_dim / classes`` variables; an encoder that keeps positions has as
        many at each.
    temperature : float or Schedule, default "exponential"
        Of the draws in training, constant or a function of the training step.
    """

    reparameterized: ClassVar[bool] = False
    keeps_positions: ClassVar[bool] = True

    def __init__(self, classes: int = 10, temperature: Any = "exponential") -> None:
        super().__init__()
        self.classes = checks.integer("classes", classes, minimum=2)
        self.temperature = temperature
        self.schedule = make_temperature(temperature)

    def heads(self, features: Any, shapes: Shapes) -> dict[str, Any]:
        """Return ``logits``, shape ``(batch, variables, classes)``."""
        return {"logits": pieces_of(features, shapes, "logits", self.classes, "classes", size=self.classes)}

    def distribution(self, params: dict[str, Any], context: Context) -> distributions.Categorical:
        """Return the variables; in training, with relaxed draws."""
        return categorical(params["logits"], self.schedule, context)

    def layout(self, shapes: Shapes) -> tuple[Piece, ...]:
        """Return one categorical piece for each variable."""
        return (Piece("categorical", self.classes),) * (shapes.latent_dim // self.classes)

    def codes(self, z: Any) -> Any:
        """Return the most probable class of each variable, shape ``(..., variables)``."""
        return ops.argmax(ops.reshape(z, (*numerics.sizes(z)[:-1], -1, self.classes)), axis=-1)

    def embed(self, codes: Any) -> Any:
        """Return the one-hot vectors of classes side by side, ``(..., latent_dim)``."""
        hot = ops.one_hot(codes, self.classes, dtype=self.compute_dtype)
        return ops.reshape(hot, (*numerics.sizes(codes)[:-1], codes.shape[-1] * self.classes))


def categorical(logits: Any, temperature: schedules.Schedule, context: Context) -> distributions.Categorical:
    """Return categorical variables; in training, with draws that are relaxed at the temperature of this step."""
    if context.training:
        return distributions.RelaxedDraws(logits, temperature(context.step))
    return distributions.Categorical(logits)


def make_temperature(value: Any) -> schedules.Schedule:
    """Return the schedule of a temperature, which must not be 0."""
    if isinstance(value, (int, float)):
        checks.number("temperature", value, above=0.0)
    return schedules.make("temperature", value)


def pieces_of(features: Any, shapes: Shapes, name: str, unit: int, argument: str, *, size: int, depth: int = 1) -> Any:
    """Return vectors of ``size`` numbers that are linear in the features, ``(batch, vectors, size)``.

    Each stands for ``depth`` pieces of z. If the encoder keeps positions, there are as many at each.

    Raises
    ------
    zukan.InputError
        If the width of z at a position is not a multiple of ``unit``, which ``argument`` determines.
    """
    places = math.prod(shapes.positions)
    every = places * unit
    if shapes.latent_dim % every:
        less = shapes.latent_dim // every
        fits = " or ".join(str(n * every) for n in (less, less + 1) if n)
        where = f" at each of the {places} positions that this encoder keeps" if shapes.positions else ""
        raise checks.InputError(
            f"latent_dim must be a multiple of {every}, since {argument} needs a multiple of {unit} dimensions{where}, "
            f"got {shapes.latent_dim}; use {fits}, or another {argument}")
    width = shapes.latent_dim // (places * depth)
    flat = layers.Dense(width, name=name)(features)
    return layers.Reshape((shapes.latent_dim // (size * depth), size), name=f"{name}_of_pieces")(flat)
