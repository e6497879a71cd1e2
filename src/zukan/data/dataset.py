"""Dataset and Split: what `zukan.data.load` returns."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan.data.account import Account
from zukan.data.conditions import Condition
from zukan.data.scaled import binarized
from zukan.data.scaling import Scaling
from zukan.data.seen import Seen
from zukan.data.tables.schema import Schema


@dataclass(frozen=True, eq=False, repr=False)
class Split:
    """The training items or the test items.

    Parameters
    ----------
    x : float32 array of shape (n, *event), or zukan.data.lazy.rows.Rows
        `Rows` are read when needed, by a slice or row numbers.
    y : int64 array of shape (n,), optional
        Labels.
    names : tuple of str, optional
        The name of each item, if the items are files: its path inside the folder or archive.
    rows : int64 array of shape (n,), optional
        The row number of each item in the source, counted from 0, training items before test items if the source is
        split. By default 0, 1, …
    condition : array of shape (n,) or (n, width), optional
        What a conditional model takes as ``condition``: class numbers, or rows of inputs.
    """

    x: Any
    y: npt.NDArray[np.int64] | None = None
    names: tuple[str, ...] | None = None
    rows: npt.NDArray[np.int64] | None = None
    condition: npt.NDArray[Any] | None = None

    @property
    def ids(self) -> npt.NDArray[Any]:
        """What each item is called in every output: its name as text or, without names, its row number as int64."""
        return self.numbers if self.names is None else np.array(self.names, str)

    @property
    def numbers(self) -> npt.NDArray[np.int64]:
        """`rows`, with its default."""
        return np.arange(len(self), dtype=np.int64) if self.rows is None else self.rows

    def __len__(self) -> int:
        return len(self.x)

    def __repr__(self) -> str:
        labels = "None" if self.y is None else f"{self.y.dtype} {self.y.shape}"
        return f"Split(x={self.x.dtype} {self.x.shape}, y={labels})"


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Training and test items of one event shape, and their source.

    Parameters
    ----------
    name : str
        A short name for titles: ``"mnist"``, the stem of a file, ``"arrays"``.
    train, test : Split
    class_names : tuple of str, optional
        The sorted names of the labels 0, 1, …, if the labels are text in the source.
    value_range : tuple of two floats
        The smallest and the largest value over both splits.
    provenance : dict
        ``source``; ``sha256`` of the arrays before scaling; ``scaling``; ``split``; ``dtype`` of the source.
    scaling : Scaling
        How the values of the source were scaled; it can be undone.
    condition : Condition, optional
        How the condition of each item was encoded, if the option ``condition`` is given.
    schema : Schema, optional
        What the features of a table are, with their scaling, and their range over the training items.
    notes : tuple of str
        What the user should know about how the source was read; one sentence each, also for what was left out.
    account : Account
        How much was read, and what was left out, by reason.
    missing : bool
        Whether the model must be built for missing values: a table has gaps, or the option ``missing`` is true.
    binarize : {"none", "static", "dynamic"}
        The option. With "dynamic", the training items are gray levels, of which each step draws zeros and ones.
    """

    name: str
    train: Split
    test: Split
    class_names: tuple[str, ...] | None
    value_range: tuple[float, float]
    provenance: dict[str, str | int]
    scaling: Scaling = field(default_factory=Scaling)
    condition: Condition | None = None
    schema: Schema | None = None
    notes: tuple[str, ...] = ()
    account: Account = field(default_factory=Account)
    missing: bool = False
    binarize: str = "none"

    @property
    def columns(self) -> tuple[str, ...] | None:
        """The names of the features of a table."""
        return None if self.schema is None else self.schema.names

    @property
    def drawn_once(self) -> Dataset:
        """The data as a trained model takes it: with "dynamic", training items are zeros and ones as well."""
        if self.binarize != "dynamic":
            return self
        return replace(self, train=replace(self.train, x=binarized(self.train.x)))

    @property
    def seen(self) -> Seen | None:
        """The values of the items in the units of the source; None if each feature was scaled on its own."""
        return Seen.of(str(self.provenance["dtype"]), self.value_range, self.scaling)

    @property
    def event_shape(self) -> tuple[int, ...]:
        """The shape of one item: (d,), (length, channels) or (height, width, channels)."""
        return self.train.x.shape[1:]

    def __repr__(self) -> str:
        low, high = self.value_range
        labels = "without labels" if self.train.y is None else f"{len(np.unique(self.train.y))} classes"
        return (f"Dataset({self.name!r}, {len(self.train)} train + {len(self.test)} test, "
                f"event_shape={self.event_shape}, values {low:g} to {high:g}, {labels})")
