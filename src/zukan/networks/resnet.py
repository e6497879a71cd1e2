"""The residual convolutional network for images."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from keras import layers

from zukan import checks
from zukan.networks.attention import Attention
from zukan.networks.base import networks
from zukan.networks.convolutions import Conv2D
from zukan.networks.grid import GridNetwork
from zukan.networks.spectral import linear


@networks.register("resnet")
class ResNet(GridNetwork):
    """Residual convolutions with group normalization (arXiv:1603.05027, arXiv:1803.08494), for images of any size.

    Each resolution has one convolution of stride 2 and then residual blocks: twice group normalization, activation and
    convolution, added to their input. At the lowest resolution, every position attends to all others. The decoder
    mirrors this; it enlarges and then convolves, as ``conv`` does.

    Parameters
    ----------
    filters : sequence of int, default (32, 64)
        Number of filters at each resolution, from the data to z. Each one halves height and width, rounding up.
    units : int, default 256
        Width of the dense layer between the convolutions and z.
    blocks : int, default 1
        Residual blocks at each resolution.
    groups : int, default 8
        Groups of channels that are normalized together. Where it does not divide the number of filters, the greatest
        common divisor of both is used.
    heads : int, default 4
        Attention heads at the lowest resolution, likewise; 0 for no attention.
    kernel_size : int, default 3
        Height and width of the kernels.
    activation : str, default "silu"
        The name of a Keras activation.
    spectral_norm : bool, default False
        Divide the kernels of the decoder's convolutions and dense layers by their largest singular values
        (arXiv:1802.05957).
    """

    reads: ClassVar[str] = "(height, width, channels)"
    sides: ClassVar[int] = 2

    def __init__(self, filters: Sequence[int] = (32, 64), units: int = 256, blocks: int = 1, groups: int = 8,
                 heads: int = 4, kernel_size: int = 3, activation: str = "silu",
                 spectral_norm: bool = False) -> None:  # noqa: FBT001, FBT002 an argument of recipes
        super().__init__(filters, units, kernel_size, activation, spectral_norm=spectral_norm)
        self.blocks = checks.integer("blocks", blocks)
        self.groups = checks.integer("groups", groups)
        self.heads = checks.integer("heads", heads, minimum=0)

    def shrink(self, h: Any, width: int, number: int) -> Any:
        """Halve height and width, and apply the residual blocks."""
        h = Conv2D(width, strides=2, name=f"conv_{number}", **self.options)(h)
        return self._blocks(h, f"block_{number}", spectral_norm=False)

    def smallest(self, h: Any) -> Any:
        """Add what each position finds at the others."""
        if h.shape[-1] != self.filters[-1]:  # a grid of codes
            h = self.decoding(layers.Dense, self.filters[-1], activation=None, name="widen")(h)
        if not self.heads:
            return h
        *sides, width = h.shape[1:]
        flat = layers.Reshape((math.prod(sides), width))(self._normalized(h))
        found = layers.Reshape((*sides, width))(Attention(self.heads, name="attention")(flat))
        return layers.Add()([h, found])

    def enlarge(self, h: Any, width: int, number: int) -> Any:
        """Apply the residual blocks, and double height and width."""
        h = self._blocks(h, f"block_up_{number}", spectral_norm=self.spectral_norm)
        return super().enlarge(h, width, number)

    def finish(self, h: Any) -> Any:
        """Normalize, and apply the activation."""
        return layers.Activation(self.activation)(self._normalized(h))

    def decoding(self, kind: Any, *sizes: int, **options: Any) -> Any:
        """Return a layer of the decoder; convolutions have no activation, since a block begins with one."""
        return super().decoding(kind, *sizes, **({} if kind is layers.Dense else {"activation": None}), **options)

    def _blocks(self, h: Any, name: str, *, spectral_norm: bool) -> Any:
        """Apply the residual blocks of one resolution."""
        for block in range(1, self.blocks + 1):
            start = h
            for half in "ab":
                h = self.finish(h)
                h = linear(Conv2D, start.shape[-1], spectral_norm=spectral_norm, name=f"{name}_{block}{half}",
                           **self.options)(h)
            h = layers.Add()([start, h])
        return h

    def _normalized(self, h: Any) -> Any:
        return layers.GroupNormalization(math.gcd(self.groups, h.shape[-1]))(h)
