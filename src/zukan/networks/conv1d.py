"""The convolutional network for signals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from zukan.networks.base import networks
from zukan.networks.grid import GridNetwork


@networks.register("conv1d")
class Conv1D(GridNetwork):
    """Convolutions over time for signals of any length and number of channels; a vector is a signal of one channel.

    The decoder mirrors the encoder: dense layers, then convolutions that each double the length.

    Parameters
    ----------
    filters : sequence of int, default (32, 64)
        Number of filters of each convolution, from the data to z. Each one halves the length, rounding up.
    units : int, default 256
        Width of the dense layer between the convolutions and z.
    kernel_size : int, default 5
        Number of steps that a filter sees.
    activation : str, default "relu"
        The name of a Keras activation.
    spectral_norm : bool, default False
        Divide the kernels of the decoder by their largest singular values (arXiv:1802.05957).
    """

    reads: ClassVar[str] = "(length, channels) or (length,)"
    signals: ClassVar[bool] = True
    sides: ClassVar[int] = 1

    def __init__(self, filters: Sequence[int] = (32, 64), units: int = 256, kernel_size: int = 5,
                 activation: str = "relu", spectral_norm: bool = False) -> None:  # noqa: FBT001, FBT002
        super().__init__(filters, units, kernel_size, activation, spectral_norm=spectral_norm)
