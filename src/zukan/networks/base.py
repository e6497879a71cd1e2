"""What a network is: tensor in, features out, with no idea of probability."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import keras

from zukan.registry import Part, Registry


class Network(Part, ABC):
    """A recipe for layers; every call makes fresh ones, so that one object can serve as encoder and decoder.

    A ``keras.Layer`` or ``keras.Model`` (tensor in, tensor out) is accepted wherever a network is.
    """

    @abstractmethod
    def encode(self, x: Any) -> Any:
        """Map events ``(batch, *event_shape)`` to features ``(batch, width)``."""

    @abstractmethod
    def decode(self, z: Any, event_shape: tuple[int, ...]) -> Any:
        """Map codes ``(batch, latent_dim)`` to features ``(batch, width)`` or ``(batch, *event_shape[:-1], width)``."""


networks = Registry("network", (Network, keras.Layer))
