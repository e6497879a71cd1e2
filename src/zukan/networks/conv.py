"""The convolutional network for images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from zukan.networks.base import networks
from zukan.networks.grid import GridNetwork


@networks.register("conv")
class Conv(GridNetwork):
    """Convolutions of stride 2 and a dense layer, for images of any height, width and number of channels.

    The decoder mirrors the encoder: dense layers, then convolutions that each double height and width. It enlarges and
    then convolves, instead of using transposed convolutions. That avoids checkerboard patterns
    (doi:10.23915/distill.00003), and on a CPU it is many times faster.

    Parameters
    ----------
    filters : sequence of int, default (32, 64)
        Number of filters of each convolution, from the data to z. Each one halves height and width, rounding up.
    units : int, default 256
        Width of the dense layer between the convolutions and z.
    kernel_size : int, default 3
        Height and width of the kernels.
    activation : str, default "relu"
        The name of a Keras activation.
    spectral_norm : bool, default False
        Divide the kernels of the decoder by their largest singular values (arXiv:1802.05957).
    """

    reads: ClassVar[str] = "(height, width, channels)"
    sides: ClassVar[int] = 2

    def __init__(self, filters: Sequence[int] = (32, 64), units: int = 256, kernel_size: int = 3,
                 activation: str = "relu", spectral_norm: bool = False) -> None:  # noqa: FBT001, FBT002
        super().__init__(filters, units, kernel_size, activation, spectral_norm=spectral_norm)
