"""Images that are mirrored at random."""

from __future__ import annotations

from typing import Any, ClassVar

import keras
from keras import ops

from zukan.augmentations.base import Augmentation, augmentations
from zukan.context import Draws


@augmentations.register("flip")
class Flip(Augmentation):
    """Every second image on average is mirrored: left becomes right (doi:10.1145/3065386, section 4.1).

    For images whose mirror image is as likely, such as photographs and clothes; not for digits or text.
    """

    images: ClassVar[bool] = True

    def __call__(self, x: Any, draws: Draws) -> Any:
        """Return the images, each mirrored with probability 1/2."""
        is_flipped = keras.random.uniform((ops.shape(x)[0], 1, 1, 1), dtype=x.dtype, seed=draws) < 0.5
        return ops.where(is_flipped, ops.flip(x, axis=2), x)
