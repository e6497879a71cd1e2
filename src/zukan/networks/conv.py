"""The convolutional network."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from keras import activations, layers

from zukan import checks
from zukan.networks.base import Network, networks, with_condition
from zukan.networks.convolutions import Conv2D, UpConv2D


@networks.register("conv")
class Conv(Network):
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
    """

    def __init__(self, filters: Sequence[int] = (32, 64), units: int = 256, kernel_size: int = 3,
                 activation: str = "relu") -> None:
        if not len(filters):
            raise checks.InputError(
                f"filters must name at least one convolution, got {checks.show(filters)}; use network 'mlp' for none")
        for width in filters:
            checks.integer("filters", width)
        self.filters = filters
        self.units = checks.integer("units", units)
        self.kernel_size = checks.integer("kernel_size", kernel_size)
        self.activation = activation
        activations.get(activation)  # raises here, not in the first layer, if the name is unknown

    def encode(self, x: Any, condition: Any = None) -> Any:
        """Apply the convolutions, flatten, and apply the dense layer: ``(batch, units)``.

        The condition becomes further channels of the image.
        """
        flat = layers.Flatten(data_format="channels_last", name="flatten")(self.encode_grid(x, condition))
        return layers.Dense(self.units, activation=self.activation, name="hidden")(flat)

    def decode(self, z: Any, event_shape: tuple[int, ...]) -> Any:
        """Apply two dense layers and the enlarging convolutions: ``(batch, height, width, filters[0])``.

        If the encoder rounded up an odd size, the last row or column is cropped.
        """
        smallest = self.positions(event_shape)
        h = layers.Dense(self.units, activation=self.activation, name="hidden")(z)
        h = layers.Dense(smallest[0] * smallest[1] * self.filters[-1], activation=self.activation, name="hidden_up")(h)
        return self.decode_grid(layers.Reshape((*smallest, self.filters[-1]), name="reshape")(h), event_shape)

    def positions(self, event_shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return height and width after the last convolution."""
        return self._sizes(event_shape)[-1]

    def encode_grid(self, x: Any, condition: Any = None) -> Any:
        """Apply the convolutions: ``(batch, *positions, filters[-1])``."""
        self._sizes(tuple(x.shape[1:]))  # raises unless the events are images
        x = with_condition(x, condition)
        for i, width in enumerate(self.filters, 1):
            x = Conv2D(width, strides=2, name=f"conv_{i}", **self._options)(x)
        return x

    def decode_grid(self, z: Any, event_shape: tuple[int, ...]) -> Any:
        """Apply the enlarging convolutions: ``(batch, height, width, filters[0])``."""
        *sizes, _ = self._sizes(event_shape)
        h = z
        # The mirror of a convolution from a to b filters goes from b to a; the last one keeps ``filters[0]``.
        widths = [*reversed(self.filters[:-1]), self.filters[0]]
        for i, ((height, width), filters) in enumerate(zip(reversed(sizes), widths, strict=True), 1):
            h = UpConv2D(filters, name=f"conv_up_{i}", **self._options)(h)
            extra = ((0, h.shape[1] - height), (0, h.shape[2] - width))
            if extra != ((0, 0), (0, 0)):
                h = layers.Cropping2D(extra, data_format="channels_last", name=f"crop_{i}")(h)
        return h

    @property
    def _options(self) -> dict[str, Any]:
        """The arguments that all convolutions share."""
        return {"kernel_size": self.kernel_size, "padding": "same", "data_format": "channels_last",
                "activation": self.activation}

    def _sizes(self, event_shape: tuple[int, ...]) -> list[tuple[int, int]]:
        """Return height and width before the first convolution and after each convolution."""
        if len(event_shape) != 3:
            raise checks.InputError(
                f"network 'conv' needs events of shape (height, width, channels), got {event_shape}; "
                f"use network 'mlp' for vectors")
        height, width, _ = event_shape
        return list(accumulate(self.filters, lambda size, _: (-(-size[0] // 2), -(-size[1] // 2)),
                               initial=(height, width)))
