"""The base class of likelihoods over the levels of 8-bit images."""

from __future__ import annotations

from typing import ClassVar

from zukan.likelihoods.base import Likelihood

LEVELS = 256


class Levels(Likelihood):
    """A probability over 256 levels, for images of 8-bit levels that are scaled to [0, 1]."""

    support: ClassVar[tuple[float, float]] = (0.0, 1.0)
    unit: ClassVar[float] = 1.0 / (LEVELS - 1)
    levels: ClassVar[int] = LEVELS
