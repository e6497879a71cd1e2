"""Quantiles: a skewed column as the scores that its values would have if it were normal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

KNOTS = 64  # intervals of the scores
ATOM, LEAST = 0.005, 5  # share of all values, and number, from which on one value is an atom: it has many scores
SKEWED, HEAVY = 1.0, 4.0  # skewness and excess kurtosis from which on a column is far from normal
DISCRETE = 0.5  # share of the values that are atoms, from which on a column is discrete
FEWEST = 50  # values for which quantiles are known well enough
NORMAL = NormalDist()
_GAP = 1e-6  # between the scores of neighboring atoms


@dataclass(frozen=True)
class Quantiles:
    """An increasing map from values to normal scores, linear between knots.

    The score of a value is the standard normal quantile of its rank; equal values share the middle of their ranks. Back
    from scores, an atom, a value that is frequent, is the image of all scores in its interval. So standard normal
    scores give values that are distributed as those of the column.

    Parameters
    ----------
    values : tuple of float
        The knots, increasing.
    scores : tuple of float
        Their scores, increasing.
    lows, highs : tuple of float
        The interval of the scores of each knot; without length unless it is an atom.
    slope : float
        Change of the score by value beyond the outer knots.
    """

    values: tuple[float, ...]
    scores: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    slope: float

    @classmethod
    def fitted(cls, column: npt.NDArray[np.float64], slope: float) -> Quantiles:
        """Return the map for the values of a column, shape ``(n,)``, of which at least two differ."""
        values, counts = np.unique(column, return_counts=True)
        ends = np.concatenate([[0], np.cumsum(counts)]) / len(column)
        ranks, is_atom = (ends[:-1] + ends[1:]) / 2, counts >= max(ATOM * len(column), LEAST)
        grid = [NORMAL.cdf(score) for score in np.linspace(_score(ranks[0]), _score(ranks[-1]), KNOTS + 1)]
        near = np.searchsorted(ranks, grid).clip(0, len(ranks) - 1)
        kept = np.unique(np.concatenate([near, [0, len(ranks) - 1], np.flatnonzero(is_atom)]))
        scores = [_score(ranks[knot]) for knot in kept]
        lows = [_score(ends[knot]) + _GAP if is_atom[knot] else scores[i] for i, knot in enumerate(kept)]
        highs = [_score(ends[knot + 1]) - _GAP if is_atom[knot] else scores[i] for i, knot in enumerate(kept)]
        return cls(tuple(values[kept].tolist()), tuple(scores), tuple(lows), tuple(highs), slope)

    def forward(self, column: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Return the scores of values, shape ``(n,)``; NaN stays NaN."""
        outside = column - np.clip(column, self.values[0], self.values[-1])
        return np.interp(column, self.values, self.scores) + outside * self.slope

    def inverse(self, scores: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Return the values of scores, shape ``(n,)``; NaN stays NaN."""
        knots = np.column_stack([self.lows, self.highs]).ravel()
        outside = scores - np.clip(scores, knots[0], knots[-1])
        return np.interp(scores, knots, np.repeat(self.values, 2)) + outside / self.slope

    def to_json(self) -> list[Any]:
        """Return the map as values that JSON can hold."""
        return [list(self.values), list(self.scores), list(self.lows), list(self.highs), self.slope]

    @classmethod
    def from_json(cls, record: Sequence[Any]) -> Quantiles:
        """Return the map that `to_json` returned as ``record``.

        Raises
        ------
        TypeError, ValueError
            If ``record`` is not an increasing map.
        """
        values, scores, lows, highs, slope = record
        known = cls(tuple(map(float, values)), tuple(map(float, scores)), tuple(map(float, lows)),
                    tuple(map(float, highs)), float(slope))
        parts = [np.array(part) for part in (known.values, known.scores, known.lows, known.highs)]
        fits = len({part.shape for part in parts}) == 1 and all((np.diff(part) > 0).all() for part in parts)
        if not (fits and len(parts[0]) > 1 and (parts[2] <= parts[3]).all() and known.slope > 0):
            raise ValueError("quantiles must be an increasing map")
        return known


def _score(rank: float) -> float:
    """Return the standard normal quantile of a rank from 0 to 1; of the ends, -9 and 9."""
    return NORMAL.inv_cdf(rank) if 0.0 < rank < 1.0 else 18.0 * rank - 9.0


def suits(column: npt.NDArray[np.float64]) -> bool:
    """Return whether the values of a column, shape ``(n,)``, are so far from normal that scores suit them better.

    They are skewed, have far outliers, or are mostly single values that are frequent.
    """
    spread = column.std()
    if len(column) < FEWEST or not spread > 0:
        return False
    z = (column - column.mean()) / spread
    counts = np.unique(column, return_counts=True)[1]
    atoms = counts[counts >= max(ATOM * len(column), LEAST)].sum() / len(column)
    return bool(abs((z**3).mean()) > SKEWED or (z**4).mean() - 3.0 > HEAVY or atoms > DISCRETE)
