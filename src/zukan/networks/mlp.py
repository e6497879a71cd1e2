"""The multilayer perceptron."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keras import activations, layers

from zukan import checks
from zukan.networks.base import Network, networks, with_condition
from zukan.networks.spectral import linear


@networks.register("mlp")
class MLP(Network):
    """A multilayer perceptron: dense layers on the flattened event. The decoder has the same layers in reverse order.

    Parameters
    ----------
    units : sequence of int, default (256,)
        Width of each dense layer, from the data to z.
    activation : str, default "relu"
        The name of a Keras activation.
    spectral_norm : bool, default False
        Divide the kernels of the decoder by their largest singular values (arXiv:1802.05957), as the regularized
        autoencoder RAE-SN does (arXiv:1903.12436).
    """

    def __init__(self, units: Sequence[int] = (256,), activation: str = "relu",
                 spectral_norm: bool = False) -> None:  # noqa: FBT001, FBT002 an argument of recipes
        for width in units:
            checks.integer("units", width)
        self.units = units
        self.activation = activation
        activations.get(activation)  # raises here, not in the first layer, if the name is unknown
        self.spectral_norm = checks.boolean("spectral_norm", spectral_norm)

    def encode(self, x: Any, condition: Any = None) -> Any:
        """Flatten the events, append the condition, and apply the dense layers: ``(batch, units[-1])``."""
        h = with_condition(layers.Flatten(data_format="channels_last", name="flatten")(x), condition)
        for i, width in enumerate(self.units, 1):
            h = self._layer(h, width, f"hidden_{i}", spectral_norm=False)
        return h

    def decode(self, z: Any, event_shape: tuple[int, ...]) -> Any:  # noqa: ARG002 the features do not depend on it
        """Apply the dense layers in reverse order: ``(batch, units[0])``."""
        for i, width in enumerate(reversed(self.units), 1):
            z = self._layer(z, width, f"hidden_{i}", spectral_norm=self.spectral_norm)
        return z

    def _layer(self, h: Any, width: int, name: str, *, spectral_norm: bool) -> Any:
        """Apply one layer."""
        return linear(layers.Dense, width, activation=self.activation, spectral_norm=spectral_norm, name=name)(h)
