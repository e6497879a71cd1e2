"""Binarization that is drawn anew in every step."""

from __future__ import annotations

from typing import Any, ClassVar

import keras
from keras import ops

from zukan import checks
from zukan.augmentations.base import Augmentation, augmentations
from zukan.context import Draws


@augmentations.register("binarize")
class Binarize(Augmentation):
    """Every value becomes 1 with the probability x, which must lie in [0, 1], else 0 (arXiv:1509.00519, section 5).

    In a recipe, ``binarize = "dynamic"`` adds it, and binarizes the test items once. As a corruption, it is noise for
    the encoder of gray levels, which then overfits less.

    Parameters
    ----------
    share : float, default 1.0
        The probability that a value is binarized; the others stay as they are.
    """

    support: ClassVar[tuple[float, float]] = (0.0, 1.0)

    def __init__(self, share: float = 1.0) -> None:
        self.share = checks.number("share", share, above=0.0, maximum=1.0)

    def __call__(self, x: Any, draws: Draws) -> Any:
        """Return zeros and ones, and what stays as it is; a missing value stays missing."""
        drawn = ops.cast(keras.random.uniform(ops.shape(x), dtype=x.dtype, seed=draws) < x, x.dtype)
        stays = ops.isnan(x)
        if self.share < 1:
            stays = ops.logical_or(stays, keras.random.uniform(ops.shape(x), dtype=x.dtype, seed=draws) >= self.share)
        return ops.where(stays, x, drawn)
