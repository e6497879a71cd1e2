"""The base class of networks, and their registry."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any, ClassVar

import keras
from keras import layers

from zukan import checks
from zukan.registry import Part, Registry

# What suits events of other shapes, by their number of axes.
SUITABLE = {1: "'mlp' for vectors", 2: "'conv1d' or 'transformer' for signals and sequences",
            3: "'conv' or 'resnet' for images"}


class Network(Part, ABC):
    """The description of an encoder network and of its mirror, the decoder network.

    `encode` and `decode` make new layers at every call, so one object can describe both networks of a model.
    Wherever zukan accepts a `Network`, it also accepts a ``keras.Layer`` or ``keras.Model`` from tensor to tensor.

    Attributes
    ----------
    reads : str
        The event shapes that it accepts, for messages.
    signals : bool
        Whether it reads events of shape (length, channels), and vectors as signals of one channel. Then arrays of
        shape (n, length, channels) are read as signals, and not as gray images.
    """

    reads: ClassVar[str] = "any shape"
    signals: ClassVar[bool] = False

    @abstractmethod
    def encode(self, x: Any, condition: Any = None) -> Any:
        """Map events ``(batch, *event_shape)`` to features ``(batch, width)``.

        ``condition``, shape ``(batch, condition_dim)``, is what the events are encoded under, if the model has one.
        """

    @abstractmethod
    def decode(self, z: Any, event_shape: tuple[int, ...]) -> Any:
        """Map z ``(batch, latent_dim)`` to features ``(batch, width)`` or ``(batch, *event_shape[:-1], width)``.

        For a vector, they may also have the shape ``(batch, *event_shape, width)``.
        """

    def positions(self, event_shape: tuple[int, ...]) -> tuple[int, ...]:  # noqa: ARG002 used by subclasses
        """Return the grid of positions that `encode_grid` keeps; () if the network has none."""
        return ()

    def encode_grid(self, x: Any, condition: Any = None) -> Any:  # noqa: ARG002
        """Map events to features at each position, ``(batch, *positions, width)``, for posteriors that keep them."""
        raise self._without_grid(x)

    def decode_grid(self, z: Any, event_shape: tuple[int, ...]) -> Any:  # noqa: ARG002
        """Map z at each position, ``(batch, *positions, width)``, to features as `decode` does."""
        raise self._without_grid(z)

    def _without_grid(self, tensor: Any) -> checks.InputError:
        return checks.InputError(
            f"a network whose positions are not () must define encode_grid and decode_grid, got {type(self).__name__} "
            f"for a tensor of shape {tuple(tensor.shape)}; add both methods, or let positions return ()")


def with_condition(x: Any, condition: Any) -> Any:
    """Return ``x`` with the condition as further features, or as further channels of every position."""
    if condition is None:
        return x
    if len(x.shape) > 2:
        sides = x.shape[1:-1]
        width = condition.shape[-1]
        condition = layers.Reshape((*sides, width))(layers.RepeatVector(math.prod(sides))(condition))
    return layers.Concatenate()([x, condition])


def as_signal(x: Any) -> Any:
    """Return vectors ``(batch, length)`` as signals of one channel, and anything else unchanged."""
    return layers.Reshape((x.shape[1], 1))(x) if len(x.shape) == 2 else x


def refused(network: Network, event_shape: tuple[int, ...]) -> checks.InputError:
    """Return the error for events that a network cannot read; it names networks that can."""
    name = next((name for name, kind in networks.members.items() if kind is type(network)), type(network).__name__)
    return checks.InputError(f"network {name!r} needs events of shape {network.reads}, got {event_shape}; "
                             f"use network {SUITABLE.get(len(event_shape), repr('mlp'))}")


networks = Registry("network", (Network, keras.Layer))
