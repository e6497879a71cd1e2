"""Rare levels: those of a category that occur too seldom to learn, which share one level."""

from __future__ import annotations

from dataclasses import dataclass

from zukan.data.tables.levels import Levels
from zukan.data.tables.schema import RARE

LEAST = 5  # times that a level must occur to be one of its own
MANY = 1000  # levels above which text is taken for names of the rows


@dataclass(frozen=True)
class Kept:
    """The levels of a category.

    Parameters
    ----------
    names : tuple of str
        The last one stands for the rare levels, if there are any.
    rare : int
        How many levels are together in it.
    share : float
        The share of the cells that they have.
    least : int
        How often a level must occur to be kept.
    """

    names: tuple[str, ...]
    rare: int
    share: float
    least: int


def pooled(levels: Levels, rows: int, least: int | None) -> Kept:
    """Return the levels that occur at least ``least`` times, and one for the others if there are several.

    By default ``least`` is `LEAST`; in a table of fewer than 500 rows it is 1 % of them, but at least 2.
    """
    least = min(LEAST, max(2, rows // 100)) if least is None else least
    rare = [level for level, count in levels.counts.items() if count < least]
    if len(rare) < 2:
        return every(levels)
    share = sum(levels.counts[level] for level in rare) / sum(levels.counts.values())
    gone = set(rare)
    return Kept((*(level for level in levels.ordered() if level not in gone), RARE), len(rare), share, least)


def every(levels: Levels) -> Kept:
    """Return all levels, each on its own."""
    return Kept(tuple(levels.ordered()), 0, 0.0, 1)
