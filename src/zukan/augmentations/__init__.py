"""Augmentations: what is drawn anew of each item in every step of a training."""

from zukan.augmentations.base import Augmentation, augmentations, make_all
from zukan.augmentations.binarize import Binarize
from zukan.augmentations.flip import Flip
from zukan.augmentations.shift import Shift

__all__ = ["Augmentation", "Binarize", "Flip", "Shift", "augmentations", "make_all"]
