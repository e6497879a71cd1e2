"""Dense layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keras import activations, layers

from zukan import checks
from zukan.networks.base import Network, networks


@networks.register("mlp")
class MLP(Network):
    """A multilayer perceptron; as a decoder it runs through ``units`` backwards.

    Parameters
    ----------
    units : sequence of int, default (256,)
        Width of each dense layer, counted from the data.
    activation : str, default "relu"
        Any Keras activation.
    """

    def __init__(self, units: Sequence[int] = (256,), activation: str = "relu") -> None:
        for width in units:
            checks.integer("units", width)
        self.units = units
        self.activation = activation
        activations.get(activation)  # an unknown name is told here, not at the first layer

    def encode(self, x: Any) -> Any:
        """Flatten, then the dense layers."""
        return self._stack(layers.Flatten(name="flatten")(x), self.units)

    def decode(self, z: Any, event_shape: tuple[int, ...]) -> Any:  # noqa: ARG002 a flat network ignores the shape
        """Apply the dense layers in reverse order."""
        return self._stack(z, self.units[::-1])

    def _stack(self, h: Any, units: Sequence[int]) -> Any:
        for i, width in enumerate(units, 1):
            h = layers.Dense(width, activation=self.activation, name=f"dense_{i}")(h)
        return h
