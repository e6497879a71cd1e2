"""What the page says about a run, gathered once: captions and template quote from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from zukan.data import Dataset
from zukan.report import words
from zukan.training.recipe import Recipe

LISTED = 40  # columns that are named one by one
APART = 0.9  # the recall from which a class is said to lie apart


@dataclass(frozen=True)
class Facts:
    """A run in numbers and words."""

    recipe: Recipe
    history: Mapping[str, np.ndarray]
    dataset: Dataset
    metrics: Mapping[str, Any]
    latent_dim: int
    codes: np.ndarray | None
    """The test set as the map draws it, (n, 1) or (n, 2)."""

    @property
    def noun(self) -> str:
        """One thing of the data set."""
        return "image" if len(self.dataset.event_shape) == 3 else "item"

    @property
    def test(self) -> str:
        """The test set, counted: ``10 000 test images``."""
        return words.plural(len(self.dataset.test), f"test {self.noun}")

    @property
    def epochs(self) -> int:
        """Epochs done, which callbacks may have cut short."""
        return int(self.history["epoch"][-1])

    @property
    def shape(self) -> str:
        """One item in words: ``28 × 28 pixels in grey``."""
        shape = self.dataset.event_shape
        if len(shape) == 1:
            return f"vectors of {words.plural(shape[0], 'number')}"
        depth = {1: "in grey", 3: "in colour"}.get(shape[2], f"with {shape[2]} channels")
        return f"{shape[0]} × {shape[1]} pixels {depth}"

    @property
    def bars(self) -> str:
        """How an item of a table is drawn, in a sentence; nothing for others."""
        columns, scaling = self.dataset.columns, self.dataset.scaling.text
        if columns is None:
            return ""
        which = (words.listing(columns, LISTED) if len(columns) <= LISTED
                 else f"{len(columns)} columns, from {columns[0]} to {columns[-1]}")
        return f" An item's bars are, from left to right, {which}{f' ({scaling})' if scaling != 'none' else ''}."

    @property
    def classes(self) -> Mapping[str, Any] | None:
        """What was measured about the classes, where there are labels."""
        return self.metrics.get("classes")

    @property
    def sizes(self) -> np.ndarray:
        """Test items by class."""
        return np.array(self.metrics["classes"]["confusion"]).sum(axis=1)

    @property
    def overlaps(self) -> list[dict[str, Any]]:
        """The pairs of classes that are taken for each other at all."""
        return [pair for pair in self.metrics["classes"]["overlaps"] if pair["share"] > 0]

    def pair(self, pair: Mapping[str, Any], joint: str = " and ") -> str:
        """Return the names of a pair."""
        names = self.metrics["classes"]["names"]
        return f"{names[pair['a']]}{joint}{names[pair['b']]}"

    @property
    def apart(self) -> list[str]:
        """The classes that lie apart."""
        found = self.metrics["classes"]
        return [name for name, recall in zip(found["names"], found["recall"], strict=True) if recall >= APART]

    @property
    def reading(self) -> str:
        """Which classes are apart and which overlap, in two sentences."""
        if self.apart and len(self.apart) < len(self.sizes):
            said = f"{words.listing(self.apart)} {'lie' if len(self.apart) > 1 else 'lies'} apart"
        else:
            said = "Every class lies apart" if self.apart else "No class lies apart"
        said = (f"{said} (recall of at least {APART:.0%}, where recall is the share of a class's test {self.noun}s "
                f"whose neighbours vote for it). ")
        if not self.overlaps:
            return said + f"No test {self.noun} is taken for one of another class."
        worst = self.overlaps[0]
        return said + (f"{self.pair(worst)} overlap most: {words.percent(worst['share'])} of their test {self.noun}s "
                       f"are taken for the other.")


def name_of(part: Any) -> str:
    """Return the name of a recipe's part."""
    return str(part["name"] if isinstance(part, Mapping) else part)
