"""The multilayer perceptron."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keras import activations, layers

from zukan import checks
from zukan.networks.base import Network, networks, with_condition


@networks.register("mlp")
class MLP(Network):
    """A multilayer perceptron: dense layers on the flattened event. The decoder has the same layers in reverse order.

    Parameters
    ----------
    units : sequence of int, default (256,)
        Width of each dense layer, from the data to z.
    activation : str, default "relu"
        The name of a Keras activation.
    """

    def __init__(self, units: Sequence[int] = (256,), activation: str = "relu") -> None:
        for width in units:
            checks.integer("units", width)
        self.units = units
        self.activation = activation
        activations.get(activation)  # raises here, not in the first layer, if the name is unknown

    def encode(self, x: Any, condition: Any = None) -> Any:
        """Flatten the events, append the condition, and apply the dense layers: ``(batch, units[-1])``."""
        flat = layers.Flatten(data_format="channels_last", name="flatten")(x)
        return self._stack(with_condition(flat, condition), self.units)

    def decode(self, z: Any, event_shape: tuple[int, ...]) -> Any:  # noqa: ARG002 the features do not depend on it
        """Apply the dense layers in reverse order: ``(batch, units[0])``."""
        return self._stack(z, self.units[::-1])

    def _stack(self, h: Any, units: Sequence[int]) -> Any:
        """Apply one dense layer for each of ``units``."""
        for i, width in enumerate(units, 1):
            h = layers.Dense(width, activation=self.activation, name=f"hidden_{i}")(h)
        return h
