"""What `zukan.data.load` returns: checked, scaled arrays and where they came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan.data.scaling import Scaling


@dataclass(frozen=True, eq=False, repr=False)
class Split:
    """Items of one purpose, training or test.

    Parameters
    ----------
    x : float32 array of shape (n, *event), or Rows
        `zukan.data.rows.Rows` are read when asked for, by slices or row numbers.
    y : int64 array of shape (n,), or None
        The labels, where there are any.
    """

    x: Any
    y: npt.NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.x)

    def __repr__(self) -> str:
        labels = "None" if self.y is None else f"{self.y.dtype} {self.y.shape}"
        return f"Split(x={self.x.dtype} {self.x.shape}, y={labels})"


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """A training and a test split that share one event shape.

    Parameters
    ----------
    name : str
        A short name for titles: ``"mnist"``, a file's stem, ``"arrays"``.
    train, test : Split
    class_names : tuple of str, or None
        The sorted names that labels 0, 1, … stand for, where the labels were given as text.
    value_range : tuple of two floats
        The least and the greatest value over both splits.
    provenance : dict
        ``source``; ``sha256`` of the arrays before scaling; ``scaling``; ``split``; ``ignored`` arrays or columns.
    scaling : Scaling
        What was done to the numbers of the source, and can be undone.
    columns : tuple of str, or None
        The names of the features of a table.
    notes : tuple of str
        What the user should know about how it was read, a sentence each.
    unreadable : tuple of (str, str)
        Files that were left out, each with the reason.
    """

    name: str
    train: Split
    test: Split
    class_names: tuple[str, ...] | None
    value_range: tuple[float, float]
    provenance: dict[str, str | int]
    scaling: Scaling = field(default_factory=Scaling)
    columns: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()

    @property
    def event_shape(self) -> tuple[int, ...]:
        """The shape of one item: (d,) or (height, width, channels)."""
        return self.train.x.shape[1:]

    def __repr__(self) -> str:
        low, high = self.value_range
        labels = "without labels" if self.train.y is None else f"{len(np.unique(self.train.y))} classes"
        return (f"Dataset({self.name!r}, {len(self.train)} train + {len(self.test)} test, "
                f"event_shape={self.event_shape}, values {low:g} to {high:g}, {labels})")
