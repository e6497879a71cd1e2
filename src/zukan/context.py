"""What a part may know of the rest of the model: the shapes it is built for, and the pass it computes in."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import keras
from keras import ops

from zukan import checks


class Piece(NamedTuple):
    """A piece of z, as a posterior's ``layout`` lists them.

    Attributes
    ----------
    kind : {"real", "categorical", "code", "sphere", "ball"}
        Real numbers; one categorical variable as ``size`` probabilities; one of ``classes`` vectors in ``size``
        dimensions; one point on the unit sphere in ``size`` dimensions; or one point inside the unit ball.
    size : int
        Width of the piece in z.
    classes : int, default 0
        For "code", the number of vectors.
    """

    kind: str
    size: int
    classes: int = 0

    @property
    def groups(self) -> int:
        """Number of variables: every real number is one."""
        return self.size if self.kind == "real" else 1

    @property
    def choices(self) -> int:
        """Number of values that a discrete piece can take; 0 for any other."""
        return self.size if self.kind == "categorical" else self.classes

    @property
    def capacity(self) -> float:
        """The largest KL of one of its variables to a uniform prior, in nats."""
        return math.log(self.choices) if self.choices else math.inf


class Shapes(NamedTuple):
    """The shapes that parts are built for: ``part.build(shapes)``.

    Attributes
    ----------
    event_shape : tuple of int
        Shape of one example.
    latent_dim : int
        Width of z.
    condition_dim : int
        Width of the condition; 0 without one.
    positions : tuple of int
        The grid of positions that the encoder network keeps for this posterior, such as (7, 7); () for one vector.
    layout : tuple of Piece
        The pieces of z. Priors, likelihoods and objectives are built with it; it is () while the posterior is built.
    """

    event_shape: tuple[int, ...]
    latent_dim: int
    condition_dim: int = 0
    positions: tuple[int, ...] = ()
    layout: tuple[Piece, ...] = ()


def _unavailable(*_: Any, **__: Any) -> Any:
    raise checks.InputError("this part needs a pass through a model, got none; use it inside zukan.VAE")


@contextlib.contextmanager
def _nothing_frozen(*_: str) -> Iterator[None]:
    yield


@dataclass(frozen=True)
class Context:
    """One pass through a model, as its parts see it.

    Attributes
    ----------
    x : tensor, shape (batch, *event_shape), or None
        The examples; missing values are 0. None if the model only generates.
    observed : bool tensor, shape (batch, *event_shape), or None
        Which values are there; None if nothing is missing.
    condition : tensor, shape (batch, condition_dim), or None
    training : bool
    step : float tensor
        Number of updates made so far.
    examples : float tensor
        Number of examples in the training set.
    draws : Draws, or None
        Source of random numbers for objectives in this pass.
    layout : tuple of Piece
        The pieces of z.
    encode : callable
        x -> q(z|x) for complete events of any batch size.
    decode : callable
        z, shape (samples, batch, latent_dim) -> p(x|z).
    log_joint : callable
        z -> log p(x, z) in nats, shape (samples, batch).
    prior : callable
        () -> p(z).
    codes, embed : callable
        z -> whole numbers, shape (..., pieces), and back, if the posterior is discrete.
    weights : callable
        "decoder" -> its trainable variables, also those of the likelihood; other parts as in ``frozen``.
    frozen : callable
        ``with context.frozen("decoder", "prior"):`` computes without gradients for the weights of these parts:
        "encoder" (with the posterior), "decoder" (with the likelihood), "prior", "objective".
    """

    x: Any = None
    observed: Any = None
    condition: Any = None
    training: bool = False
    step: Any = 0.0
    examples: Any = 1.0
    draws: Any = None
    layout: tuple[Piece, ...] = ()
    encode: Callable[..., Any] = _unavailable
    decode: Callable[..., Any] = _unavailable
    log_joint: Callable[..., Any] = _unavailable
    prior: Callable[..., Any] = _unavailable
    codes: Callable[..., Any] = _unavailable
    embed: Callable[..., Any] = _unavailable
    weights: Callable[[str], list[Any]] = _unavailable
    frozen: Callable[..., contextlib.AbstractContextManager[None]] = _nothing_frozen


class Draws(keras.random.SeedGenerator):
    """Any number of random draws from one state of a generator.

    The first draw is the one that the generator itself would make.

    Parameters
    ----------
    state : tensor, shape (2,)
    purpose : int
        Draws for different purposes from one state are independent.
    """

    def __init__(self, state: Any, purpose: int = 0) -> None:
        # Without the constructor of the base class, which would create a variable.
        self._state, self._purpose, self._count = state, purpose, 0

    def next(self, ordered: bool = True) -> Any:  # noqa: ARG002, FBT001, FBT002 Keras's signature
        """Return a new state: the generator's, with an offset in the half that does not count steps."""
        offset = (0x9E3779B1 * self._count + 0x85EBCA77 * self._purpose) % 2**31
        self._count += 1
        return self._state + ops.cast(ops.convert_to_tensor([offset, 0]), self._state.dtype)

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
