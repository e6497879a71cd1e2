"""Conditions: what encoder, decoder and prior see besides an item, from its label or from columns of its table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from zukan import checks
from zukan.data.fields import Column, Field
from zukan.data.labels import class_labels

if TYPE_CHECKING:
    from zukan.data.options import Options
    from zukan.data.sources.base import Part

LABEL = "label"  # the name that stands for the labels
MOST = 10_000  # classes of one column: every one is an input of the encoder and of the decoder
QUANTILES = (0.1, 0.5, 0.9)  # of a column of numbers, for pictures


@dataclass(frozen=True)
class Condition:
    """The columns of a condition, as fitted to a data set; their inputs stand side by side.

    Parameters
    ----------
    fields : tuple of Field
    """

    fields: tuple[Field, ...]

    @classmethod
    def fitted(cls, parts: Sequence[Mapping[str, Column]]) -> Condition:
        """Return the condition of a data set.

        Parameters
        ----------
        parts : sequence of mapping
            The columns by name, of the training items and of all other parts. Text, booleans and labels are classes;
            other columns are numbers, which are scaled to mean 0 and standard deviation 1 on the training items.
        """
        return cls(tuple(_fitted(name, [part[name] for part in parts]) for name in parts[0]))

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return [field.name for field in self.fields]

    @property
    def width(self) -> int:
        """The number of inputs."""
        return sum(field.width for field in self.fields)

    def encode(self, columns: Mapping[str, Column]) -> Column:
        """Return what a model takes as ``condition``.

        Parameters
        ----------
        columns : mapping of str to array, shape (n,)

        Returns
        -------
        array
            The class numbers, int64 and shape (n,), if the only column is one of classes; else the inputs, float64 and
            shape (n, width).

        Raises
        ------
        zukan.InputError
            If a value is not one that the condition knows.
        """
        encoded = [field.encode(columns[field.name]) for field in self.fields]
        if len(encoded) == 1 and self.fields[0].classes is not None:
            return encoded[0]
        return np.column_stack([values if field.classes is None else _one_hot(values, field.width)
                                for field, values in zip(self.fields, encoded, strict=True)])

    def rows(self, encoded: Column) -> Column:
        """Return the inputs, float32 and shape (n, width), of what `encode` returned."""
        return _one_hot(encoded, self.width) if encoded.ndim == 1 else encoded.astype(np.float32)

    def decode(self, encoded: Column) -> dict[str, Column]:
        """Return the columns, each of shape (n,), whose encoding is ``encoded``."""
        columns, start = {}, 0
        for field in self.fields:
            part = encoded if encoded.ndim == 1 else encoded[:, start : start + field.width]
            start += field.width
            if field.classes is None:
                columns[field.name] = _rounded(part[:, 0] * field.factor + field.offset)
            else:
                names = {number: name for name, number in field.numbers.items()}
                numbers = part if part.ndim == 1 else part.argmax(axis=1)
                columns[field.name] = np.array([names[number] for number in numbers.tolist()])
        return columns

    def settings(self, encoded: Column, most: int) -> dict[str, Column]:
        """Return typical conditions for pictures, each as one row of what `encode` returns, by name.

        Parameters
        ----------
        encoded : array
            The conditions of the training items.
        most : int
            The combinations of classes that occur most often are returned, at most so many, in sorted order. Numbers
            are at their median; without classes, the first column takes up to three quantiles.
        """
        columns = self.decode(encoded)
        classes = [field for field in self.fields if field.classes is not None]
        medians = {field.name: np.median(columns[field.name]) for field in self.fields if field.classes is None}
        if classes:
            numbers = np.column_stack([field.encode(columns[field.name]) for field in classes])
            _, first, sizes = np.unique(numbers, axis=0, return_index=True, return_counts=True)
            chosen = [{field.name: columns[field.name][item] for field in classes}
                      for item in first[np.sort(np.argsort(-sizes, kind="stable")[:most])]]
        else:
            name = self.names[0]
            quantiles = QUANTILES if most >= len(QUANTILES) else (0.5,)
            chosen = [{name: value} for value in np.unique(np.quantile(columns[name], quantiles, method="nearest"))]
        return {_title(row): self.encode({name: np.array([value]) for name, value in {**medians, **row}.items()})
                for row in chosen}

    def to_json(self) -> list[dict[str, Any]]:
        """Return the condition as values that JSON can hold."""
        return [asdict(field) for field in self.fields]

    @classmethod
    def from_json(cls, record: Any) -> Condition:
        """Return the condition that `to_json` returned as ``record``.

        Raises
        ------
        KeyError, TypeError, ValueError
            If ``record`` does not describe a condition.
        """
        fields = []
        for item in record:
            classes, offset, factor = item["classes"], float(item["offset"]), float(item["factor"])
            if not math.isfinite(offset) or not 0 < factor < math.inf or classes == []:
                raise ValueError("offset must be finite, factor above 0, and classes not empty")
            fields.append(Field(str(item["name"]), None if classes is None else tuple(classes), offset, factor))
        return cls(tuple(fields))


def columns_of(part: Part, options: Options) -> dict[str, Column]:
    """Return the columns of the condition of the items in ``part``, by name.

    Raises
    ------
    zukan.InputError
        If the items have no labels, or are not the rows of a table.
    """
    columns: dict[str, Column] = {}
    for name in options.conditions:
        if name == LABEL and part.y is not None:
            columns[name] = class_labels(part.y)
        elif name in part.condition:
            columns[name] = part.condition[name]
        elif name == LABEL:
            column = "" if options.label is None else f", in the column {options.label!r}"
            raise checks.InputError(
                f"condition 'label' needs items with labels{column}, got none for {part.x_name}; give the class of "
                "each item (for a table, name its column with label), or leave condition out")
        else:
            raise checks.InputError(
                f"condition {name!r} must be a column of a table, but {part.x_name} is not read from a table; choose "
                "'label', or leave condition out")
    return columns


def _one_hot(classes: Column, width: int) -> npt.NDArray[np.float32]:
    """Return rows with a 1 at the number of each class, shape ``(n, width)``."""
    rows = np.zeros((len(classes), width), np.float32)
    rows[np.arange(len(classes)), classes] = 1.0
    return rows


def _title(row: Mapping[str, Any]) -> str:
    """Return a condition as text: ``sex = F, age = 40``; a class alone if it is the label."""
    if list(row) == [LABEL]:
        return str(row[LABEL])
    return ", ".join(f"{name} = {value if isinstance(value, str) else f'{value:g}'}" for name, value in row.items())


def _rounded(values: Column) -> Column:
    """Return numbers to 12 significant digits, without the rounding errors of a scaling that was undone."""
    return np.array([float(f"{value:.12g}") for value in values.tolist()])


def _fitted(name: str, parts: Sequence[Column]) -> Field:
    """Return the field for the values of a column in the training items and in all other parts."""
    train, values = parts[0], np.concatenate(parts)
    if name == LABEL and values.dtype.kind in "iu":
        if values.min() < 0 or values.max() >= MOST:
            raise checks.InputError(
                f"condition {name!r} needs classes that are numbered from 0 to {MOST - 1} at most, got labels from "
                f"{values.min()} to {values.max()}; number them 0, 1, 2, …, or make them text")
        return Field(name, tuple(np.unique(values).tolist()))
    if values.dtype.kind in "iuf":
        train = train.astype(np.float64)
        spread = float(train.std())
        return Field(name, offset=float(train.mean()), factor=spread if spread > 0 else 1.0)
    classes = np.unique(values.astype(str))
    if len(classes) > MOST:
        raise checks.InputError(
            f"condition {name!r} needs at most {MOST:,} classes, got {len(classes):,}; choose a column with fewer")
    return Field(name, tuple(classes.tolist()))
