"""The base class of networks, and their registry."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import keras

from zukan.registry import Part, Registry


class Network(Part, ABC):
    """The description of an encoder network and of its mirror, the decoder network.

    `encode` and `decode` make new layers at every call, so one object can describe both networks of a model.
    Wherever zukan accepts a `Network`, it also accepts a ``keras.Layer`` or ``keras.Model`` from tensor to tensor.
    """

    @abstractmethod
    def encode(self, x: Any) -> Any:
        """Map events ``(batch, *event_shape)`` to features ``(batch, width)``."""

    @abstractmethod
    def decode(self, z: Any, event_shape: tuple[int, ...]) -> Any:
        """Map z ``(batch, latent_dim)`` to features ``(batch, width)`` or ``(batch, *event_shape[:-1], width)``."""


networks = Registry("network", (Network, keras.Layer))
