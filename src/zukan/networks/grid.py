"""What the convolutional networks share: they halve the sides of an event, and the decoder mirrors that."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, ClassVar

from keras import activations, layers

from zukan import checks
from zukan.networks.base import Network, as_signal, refused, with_condition
from zukan.networks.convolutions import Conv1D, Conv2D, UpConv1D, UpConv2D
from zukan.networks.spectral import linear

CROPPING = {1: layers.Cropping1D, 2: layers.Cropping2D}
CONVOLUTIONS = {1: (Conv1D, UpConv1D), 2: (Conv2D, UpConv2D)}


class GridNetwork(Network):
    """Convolutions of stride 2 and a dense layer; the decoder mirrors them.

    Parameters
    ----------
    filters : sequence of int
        Number of filters of each convolution of stride 2, from the data to z.
    units : int
        Width of the dense layer between the convolutions and z.
    kernel_size : int
    activation : str
    spectral_norm : bool
    """

    sides: ClassVar[int]
    """Number of axes that are halved: 1 for signals, 2 for images."""

    def __init__(self, filters: Sequence[int], units: int, kernel_size: int, activation: str, *,
                 spectral_norm: bool) -> None:
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
        self.spectral_norm = checks.boolean("spectral_norm", spectral_norm)

    def positions(self, event_shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the sides after the last convolution."""
        return self._sizes(event_shape)[-1]

    def encode(self, x: Any, condition: Any = None) -> Any:
        """Apply the convolutions, flatten, and apply the dense layer: ``(batch, units)``.

        The condition becomes further channels of the event.
        """
        flat = layers.Flatten(data_format="channels_last", name="flatten")(self.encode_grid(x, condition))
        return layers.Dense(self.units, activation=self.activation, name="hidden")(flat)

    def encode_grid(self, x: Any, condition: Any = None) -> Any:
        """Apply the convolutions: ``(batch, *positions, filters[-1])``."""
        h = as_signal(x) if self.signals else x
        self._sizes(tuple(h.shape[1:]))  # raises unless the events have the right number of axes
        h = with_condition(h, condition)
        for i, width in enumerate(self.filters, 1):
            h = self.shrink(h, width, i)
        return self.finish(self.smallest(h))

    def decode(self, z: Any, event_shape: tuple[int, ...]) -> Any:
        """Apply two dense layers and the enlarging convolutions: ``(batch, *sides, filters[0])``.

        If the encoder rounded up an odd size, the last row or column is cropped.
        """
        positions = self.positions(event_shape)
        h = self.decoding(layers.Dense, self.units, name="hidden")(z)
        h = self.decoding(layers.Dense, math.prod(positions) * self.filters[-1], name="hidden_up")(h)
        return self.decode_grid(layers.Reshape((*positions, self.filters[-1]), name="reshape")(h), event_shape)

    def decode_grid(self, z: Any, event_shape: tuple[int, ...]) -> Any:
        """Apply the enlarging convolutions to a grid of features: ``(batch, *sides, filters[0])``."""
        *sizes, _ = self._sizes(event_shape)
        h = self.smallest(z)
        # The mirror of a convolution from a to b filters goes from b to a; the last one keeps ``filters[0]``.
        widths = [*reversed(self.filters[:-1]), self.filters[0]]
        for i, (wanted, width) in enumerate(zip(reversed(sizes), widths, strict=True), 1):
            h = self.enlarge(h, width, i)
            extra = [(0, size - want) for size, want in zip(h.shape[1:], wanted, strict=False)]
            if any(after for _, after in extra):
                options = {"data_format": "channels_last"} if self.sides > 1 else {}
                h = CROPPING[self.sides](extra if self.sides > 1 else extra[0], name=f"crop_{i}", **options)(h)
        return self.finish(h)

    def shrink(self, h: Any, width: int, number: int) -> Any:
        """Halve the sides, rounding up, and return ``width`` channels."""
        return CONVOLUTIONS[self.sides][0](width, strides=2, activation=self.activation, name=f"conv_{number}",
                                           **self.options)(h)

    def smallest(self, h: Any) -> Any:
        """Apply what comes where the sides are smallest: at the end of the encoder, at the start of the decoder."""
        return h

    def enlarge(self, h: Any, width: int, number: int) -> Any:
        """Double the sides and return ``width`` channels."""
        return self.decoding(CONVOLUTIONS[self.sides][1], width, name=f"conv_up_{number}", **self.options)(h)

    def finish(self, h: Any) -> Any:
        """Apply what comes after all convolutions of the encoder, or of the decoder."""
        return h

    def decoding(self, kind: Any, *sizes: int, **options: Any) -> Any:
        """Return a layer of the decoder."""
        return linear(kind, *sizes, spectral_norm=self.spectral_norm, **{"activation": self.activation, **options})

    @property
    def options(self) -> dict[str, Any]:
        """The arguments that all convolutions share."""
        return {"kernel_size": self.kernel_size, "padding": "same", "data_format": "channels_last"}

    def _sizes(self, event_shape: tuple[int, ...]) -> list[tuple[int, ...]]:
        """Return the sides before the first convolution and after each convolution."""
        shape = (*event_shape, 1) if self.signals and len(event_shape) == 1 else event_shape
        if len(shape) != self.sides + 1:
            raise refused(self, event_shape)
        return list(accumulate(self.filters, lambda sides, _: tuple(-(-side // 2) for side in sides),
                               initial=tuple(shape[:-1])))
