"""The numbers of a column, batch by batch: their range, their mean, whether they are whole, and how precise."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

PRECISE = 6  # digits after the decimal point from which on numbers are not rounded
FEW = 3
DAY = 86400.0  # seconds


@dataclass
class Numbers:
    """What is known about the finite numbers of a column.

    Attributes
    ----------
    count : int
    low, high, total : float
        The smallest, the largest, and the sum of all.
    decimals : int, optional
        Digits after the decimal point of all of them; None if they have more than `PRECISE`.
    some : set of float
        Up to three different numbers.
    are_days : bool
        Whether all are whole days, if they are seconds.
    """

    count: int = 0
    low: float = np.inf
    high: float = -np.inf
    total: float = 0.0
    decimals: int | None = 0
    some: set[float] = field(default_factory=set)
    are_days: bool = True

    def update(self, values: npt.NDArray[np.float64]) -> None:
        """Take in more finite numbers."""
        if not values.size:
            return
        self.count += values.size
        self.low, self.high = min(self.low, float(values.min())), max(self.high, float(values.max()))
        self.total += float(values.sum())
        self.are_days = self.are_days and bool((values % DAY == 0).all())
        if len(self.some) < FEW:
            self.some.update(np.unique(values)[: FEW + 1].tolist())
        while self.decimals is not None and not (np.round(values, self.decimals) == values).all():
            self.decimals = self.decimals + 1 if self.decimals < PRECISE else None

    @property
    def mean(self) -> float:
        """The mean; NaN without any number."""
        return self.total / self.count if self.count else np.nan

    @property
    def are_whole(self) -> bool:
        """Whether all are whole numbers."""
        return self.decimals == 0 and self.count > 0

    @property
    def are_flags(self) -> bool:
        """Whether they are 0 and 1, and both occur."""
        return self.some == {0.0, 1.0}
