"""Images that are shifted at random."""

from __future__ import annotations

from typing import Any, ClassVar

import keras
from keras import ops

from zukan import checks
from zukan.augmentations.base import Augmentation, augmentations
from zukan.context import Draws

SHARE = 14  # by default a 14th of the shorter side: 2 pixels of MNIST


@augmentations.register("shift")
class Shift(Augmentation):
    """Images are shifted by whole pixels, up to a limit in each direction (doi:10.1145/3065386, section 4.1).

    The border is repeated where the image has moved away: a model of black borders would learn to draw them.

    Parameters
    ----------
    pixels : int, optional
        The largest shift; by default a 14th of the shorter side, at least 1.
    """

    images: ClassVar[bool] = True

    def __init__(self, pixels: int | None = None) -> None:
        self.pixels = pixels
        if pixels is not None:
            checks.integer("pixels", pixels)

    def __call__(self, x: Any, draws: Draws) -> Any:
        """Return the images, each shifted by its own number of rows and columns."""
        largest = self.pixels or max(1, round(min(x.shape[1:3]) / SHARE))
        for axis in (1, 2):
            size = x.shape[axis]
            by = keras.random.randint((ops.shape(x)[0], 1), -largest, largest + 1, seed=draws)
            rows = ops.clip(ops.arange(size, dtype="int32")[None] + by, 0, size - 1)
            shape = (-1, size, 1, 1) if axis == 1 else (-1, 1, size, 1)
            x = ops.take_along_axis(x, ops.reshape(rows, shape), axis=axis)
        return x
