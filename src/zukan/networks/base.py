"""The base class of networks, and their registry."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import keras
from keras import layers

from zukan.registry import Part, Registry


class Network(Part, ABC):
    """The description of an encoder network and of its mirror, the decoder network.

    `encode` and `decode` make new layers at every call, so one object can describe both networks of a model.
    Wherever zukan accepts a `Network`, it also accepts a ``keras.Layer`` or ``keras.Model`` from tensor to tensor.
    """

    @abstractmethod
    def encode(self, x: Any, condition: Any = None) -> Any:
        """Map events ``(batch, *event_shape)`` to features ``(batch, width)``.

        ``condition``, shape ``(batch, condition_dim)``, is what the events are encoded under, if the model has one.
        """

    @abstractmethod
    def decode(self, z: Any, event_shape: tuple[int, ...]) -> Any:
        """Map z ``(batch, latent_dim)`` to features ``(batch, width)`` or ``(batch, *event_shape[:-1], width)``."""

    def positions(self, event_shape: tuple[int, ...]) -> tuple[int, ...]:  # noqa: ARG002 used by subclasses
        """Return the grid of positions that `encode_grid` keeps; () if the network has none."""
        return ()

    def encode_grid(self, x: Any, condition: Any = None) -> Any:
        """Map events to features at each position, ``(batch, *positions, width)``, for posteriors that keep them."""
        raise NotImplementedError

    def decode_grid(self, z: Any, event_shape: tuple[int, ...]) -> Any:
        """Map z at each position, ``(batch, *positions, width)``, to features as `decode` does."""
        raise NotImplementedError


def with_condition(x: Any, condition: Any) -> Any:
    """Return ``x`` with the condition as further features, or as further channels of every position."""
    if condition is None:
        return x
    if len(x.shape) > 2:
        condition = layers.Reshape((*[1] * (len(x.shape) - 2), condition.shape[-1]))(condition)
        condition = layers.UpSampling2D(x.shape[1:3], data_format="channels_last")(condition)
    return layers.Concatenate()([x, condition])


networks = Registry("network", (Network, keras.Layer))
