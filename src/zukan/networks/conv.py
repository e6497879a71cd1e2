"""Strided convolutions, and their mirror."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from keras import layers

from zukan import checks
from zukan.networks.base import Network, networks


@networks.register("conv")
class Conv(Network):
    """Convolutions of stride 2, then a dense layer; the decoder mirrors them for any height, width and channel count.

    Parameters
    ----------
    filters : sequence of int, default (32, 64)
        Filters of each convolution, counted from the data; each halves height and width, rounding up.
    units : int, default 256
        Width of the dense layer between the convolutions and the code.
    kernel_size : int, default 4
        A multiple of the stride: the mirrored convolutions then cover every pixel equally (doi:10.23915/distill.00003).
    activation : str, default "relu"
        Any Keras activation.
    """

    def __init__(self, filters: Sequence[int] = (32, 64), units: int = 256, kernel_size: int = 4,
                 activation: str = "relu") -> None:
        for width in filters:
            checks.integer("filters", width)
        self.filters = filters
        self.units = checks.integer("units", units)
        self.kernel_size = checks.integer("kernel_size", kernel_size)
        self.activation = activation

    def encode(self, x: Any) -> Any:
        """Convolve down, flatten, one dense layer."""
        self._sizes(tuple(x.shape[1:]))
        for i, width in enumerate(self.filters, 1):
            x = layers.Conv2D(width, name=f"conv_{i}", **self._options)(x)
        return layers.Dense(self.units, activation=self.activation, name="dense")(layers.Flatten(name="flatten")(x))

    def decode(self, z: Any, event_shape: tuple[int, ...]) -> Any:
        """One dense layer, then convolve up; a row or column too many, left by an odd size, is cropped."""
        *sizes, smallest = self._sizes(event_shape)
        h = layers.Dense(self.units, activation=self.activation, name="dense")(z)
        h = layers.Dense(smallest[0] * smallest[1] * self.filters[-1], activation=self.activation, name="dense_up")(h)
        h = layers.Reshape((*smallest, self.filters[-1]), name="reshape")(h)
        # The mirror of a convolution from a to b filters goes from b to a; the outermost keeps the first width.
        widths = [*reversed(self.filters[:-1]), self.filters[0]]
        for (height, width), filters in zip(reversed(sizes), widths, strict=True):
            h = layers.Conv2DTranspose(filters, name=f"conv_up_{height}x{width}_{filters}", **self._options)(h)
            extra = ((0, h.shape[1] - height), (0, h.shape[2] - width))
            if extra != ((0, 0), (0, 0)):
                h = layers.Cropping2D(extra)(h)
        return h

    @property
    def _options(self) -> dict[str, Any]:
        return {"kernel_size": self.kernel_size, "strides": 2, "padding": "same", "activation": self.activation}

    def _sizes(self, event_shape: tuple[int, ...]) -> list[tuple[int, int]]:
        """Return height and width before the first convolution and after each one."""
        if len(event_shape) != 3:
            msg = (f"network 'conv' needs events of shape (height, width, channels), got {event_shape}; "
                   f"use network 'mlp' for vectors")
            raise checks.InputError(msg)
        height, width, _ = event_shape
        return list(accumulate(self.filters, lambda size, _: (-(-size[0] // 2), -(-size[1] // 2)),
                               initial=(height, width)))
