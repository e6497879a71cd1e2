"""Gated dense layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keras import layers

from zukan.networks.base import networks
from zukan.networks.mlp import MLP
from zukan.networks.spectral import linear


@networks.register("gated")
class Gated(MLP):
    """Gated dense layers on the flattened event, as in the VampPrior's networks (arXiv:1705.07120).

    Each layer is h = (W x + b) · sigmoid(V x + c). The decoder has the same layers in reverse order.

    Parameters
    ----------
    units : sequence of int, default (300, 300)
        Width of each gated layer, from the data to z.
    spectral_norm : bool, default False
        Divide the kernels of the decoder by their largest singular values (arXiv:1802.05957).
    """

    def __init__(self, units: Sequence[int] = (300, 300), spectral_norm: bool = False) -> None:  # noqa: FBT001, FBT002
        super().__init__(units, spectral_norm=spectral_norm)

    def _layer(self, h: Any, width: int, name: str, *, spectral_norm: bool) -> Any:
        value = linear(layers.Dense, width, spectral_norm=spectral_norm, name=name)(h)
        gate = linear(layers.Dense, width, activation="sigmoid", spectral_norm=spectral_norm, name=f"{name}_gate")(h)
        return layers.Multiply(name=f"{name}_gated")([value, gate])
