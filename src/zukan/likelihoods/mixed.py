"""The likelihood of a table: each column has a distribution of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from keras import ops

from zukan import checks, distributions
from zukan.context import Context, Shapes
from zukan.data.options import KINDS
from zukan.data.tables.filling import fill_frame
from zukan.data.tables.schema import ColumnType, Schema
from zukan.likelihoods.base import Likelihood, likelihoods
from zukan.likelihoods.bernoulli import Bernoulli
from zukan.likelihoods.categories import Categories
from zukan.streamed import slices

FLOOR = 0.01  # of the scale, for columns whose spread is about 1: values that are frequent have no density without it
NUMBERS, COUNTS = ("normal", "student-t", "laplace"), ("negative-binomial", "poisson")


@likelihoods.register("mixed")
class Mixed(Likelihood):
    """p(x|z) of a row with numbers, counts, booleans and categories: the product over its columns (arXiv:1807.03653).

    Numbers and dates are normal, with a scale that the decoder computes; counts negative binomial; booleans Bernoulli;
    categories have a probability for each level. The encoder sees log(1 + count), and a 1 for each category's level.

    Parameters
    ----------
    columns : sequence of mapping, optional
        What each column is, as `zukan.data.tables.schema.ColumnType.to_json` returns it: its ``name``, ``kind``
        ("number", "count", "boolean", "category", "date"), the ``levels`` of a category, and so on. Training takes them
        from the table. By default all are numbers.
    numeric : str or mapping, default "normal"
        The likelihood of numbers and dates: "normal", "student-t" or "laplace", or a mapping with its arguments. By
        default, the decoder computes the scale of every value, which stays above 0.01.
    counts : str or mapping, default "negative-binomial"
        The likelihood of counts: "negative-binomial" or "poisson".
    library : str, optional
        The library of the tables that a model returns: "pandas", "polars" or "pyarrow". By default pandas, if it is
        installed.
    """

    def __init__(self, columns: Sequence[Mapping[str, Any]] | None = None, numeric: Any = "normal",
                 counts: Any = "negative-binomial", library: str | None = None) -> None:
        super().__init__()
        self.columns = columns
        self.numeric = numeric
        self.counts = counts
        self.library = library
        self._numeric, self._count = ({"name": name} if isinstance(name, str) else dict(name) for name in (
            numeric, counts))
        checks.choice("numeric", self._numeric.get("name"), NUMBERS)
        checks.choice("counts", self._count.get("name"), COUNTS)
        self.schema = None if columns is None else _schema(columns, library or "")
        self.is_table = self.schema is not None
        self.places: list[np.ndarray] = []
        self.members: list[Likelihood] = []
        if self.schema is not None:
            self._divide(self.schema)

    @classmethod
    def of(cls, schema: Schema, **options: Any) -> Mixed:
        """Return the likelihood of a table, such as ``zukan.data.load(frame).schema``."""
        return cls(schema.to_json(), library=schema.library or None, **options)

    def _divide(self, schema: Schema) -> None:
        """Make one likelihood for the columns of each kind."""
        kinds = np.array(["number" if kind == "date" else kind for kind in schema.kinds])
        for kind in KINDS:
            places = np.flatnonzero(kinds == kind)
            if len(places):
                self.places.append(places)
                self.members.append(self._member(kind, [len(schema.columns[place].levels) for place in places]))

    def _member(self, kind: str, sizes: Sequence[int]) -> Likelihood:
        if kind == "category":
            return Categories(sizes)
        if kind == "boolean":
            return Bernoulli()
        if kind == "number":
            return likelihoods.make({"scale": "heads", "floor": FLOOR, **self._numeric}, "numeric")
        return likelihoods.make(self._count, "counts")

    def kind_config(self) -> dict[str, Any]:
        """Return the configuration with the kinds and the numbers of levels of the columns alone."""
        whole = super().kind_config()
        columns = [[column.kind, len(column.levels)] for column in self.schema.columns] if self.schema else None
        return {**whole, "config": {**whole["config"], "columns": columns, "library": None}}

    def build(self, shapes: Shapes) -> None:
        """Build the likelihood of each kind of column."""
        for places, member in zip(self.places, self.members, strict=True):
            member.build(shapes._replace(event_shape=(len(places),)))
        super().build(shapes)

    def heads(self, features: Any, shapes: Shapes) -> dict[str, Any]:
        """Return the parameters of all members."""
        self._check_width(shapes.event_shape)
        return {name: value for places, member in zip(self.places, self.members, strict=True)
                for name, value in member.heads(features, shapes._replace(event_shape=(len(places),))).items()}

    def as_input(self, x: Any, observed: Any = None) -> Any:
        """Return the columns as the encoder sees them, side by side, kind after kind."""
        self._check_width(tuple(x.shape[1:]))
        inputs = [member.as_input(_at(x, places), None if observed is None else _at(observed, places))
                  for places, member in zip(self.places, self.members, strict=True)]
        return inputs[0] if len(inputs) == 1 else ops.concatenate(inputs, axis=-1)

    def begin(self, x: Any, seed: int, infer: Callable[[Any], dict[str, Any]]) -> None:
        """Let the likelihoods of all columns start from the data."""
        for places, member in zip(self.places, self.members, strict=True):
            member.begin(Columns(x, places), seed, infer)

    def distribution(self, params: dict[str, Any], context: Context) -> distributions.Product:
        """Return the product of the distributions of all columns."""
        return distributions.Product([member.distribution(params, _of_columns(context, places)) for places, member in
                                      zip(self.places, self.members, strict=True)], self.places)

    def from_frame(self, argument: str, x: Any) -> Any:
        """Return a table of pandas, polars or pyarrow, or a mapping of columns, as the values that the model sees.

        Raises
        ------
        zukan.InputError
            If the table does not have the columns of the model, or holds a level that it does not know.
        """
        read = self._read(x, argument)
        return x if read is None else read.split.x

    def fill_frames(self, frame: Any, filled: list[np.ndarray]) -> list[Any]:
        """Return a table for each array, of the library of the frame, with its values in the missing cells."""
        read = self._read(frame, "x")
        if read is None or self.schema is None:
            return filled
        missing = np.isnan(read.raw[:])
        return [fill_frame(frame, read.table, self.schema, self.schema.unscale(x), missing) for x in filled]

    def _read(self, x: Any, argument: str) -> Any:
        """Return the items of a table; None if ``x`` is not a table."""
        from zukan.data import Scaling, items  # noqa: PLC0415 not needed without a table
        from zukan.data.sources.table_kinds import is_columns, is_frame  # noqa: PLC0415

        if not (is_frame(x) or is_columns(x)) or self.schema is None or not self.is_table:
            return None
        with checks.explained(lambda error: f"{argument} must be a table with the columns of the model, but {error}"):
            return items(x, scaling=Scaling.of_schema("of the model", self.schema), schema=self.schema)

    def to_frame(self, x: np.ndarray) -> Any:
        """Return values as the model sees them, shape ``(n, d)``, as a table of the library of the training table."""
        if self.schema is None or not self.is_table:
            return super().to_frame(x)
        return self.schema.frame(self.schema.tidy(self.schema.unscale(x)))

    def typical(self, summary: np.ndarray) -> np.ndarray:
        """Return the mean of numbers, counts and booleans, and the most probable level of categories."""
        row, start = np.empty((*summary.shape[:-1], sum(map(len, self.places))), summary.dtype), 0
        for places, member in zip(self.places, self.members, strict=True):
            width = len(places) if not isinstance(member, Categories) else len(places) * max(member.sizes)
            row[..., places] = member.typical(summary[..., start : start + width])
            start += width
        return row

    def check(self, argument: str, x: Any, *, missing: bool = False) -> None:
        """Raise `zukan.InputError` unless every column holds values of its kind."""
        super().check(argument, x, missing=missing)
        for piece in slices(x):
            values = np.asarray(x[piece])
            for places, member in zip(self.places, self.members, strict=True):
                if not np.isnan(values[:, places]).all():
                    member.check(f"{argument} (columns {self._names(places)})", values[:, places], missing=missing)
            self._check_levels(argument, values)

    def _check_levels(self, argument: str, values: np.ndarray) -> None:
        """Raise `zukan.InputError` if a category has a level that it does not know."""
        for place, column in enumerate(self.schema.columns if self.schema else ()):
            highest = np.fmax.reduce(values[:, place], initial=0.0)
            if column.levels and highest >= len(column.levels):
                raise checks.InputError(f"{argument}: the level of {column.name!r} must be below {len(column.levels)}, "
                                        f"got {highest:g}; number its levels from 0")

    def _names(self, places: np.ndarray) -> str:
        return "" if self.schema is None else checks.listed(repr(self.schema.names[place]) for place in places)

    def _check_width(self, event_shape: tuple[int, ...]) -> None:
        """Raise `zukan.InputError` unless there is one element for each column."""
        if self.schema is None and len(event_shape) == 1:
            self.schema = Schema(tuple(ColumnType(f"x{i}") for i in range(event_shape[0])), self.library or "")
            self._divide(self.schema)
        if self.schema is None or event_shape != (len(self.schema),):
            wanted = "one element for each column" if self.schema is None else f"shape ({len(self.schema)},)"
            raise checks.InputError(
                f"the rows of likelihood 'mixed' must have {wanted}, got event_shape {event_shape}; correct columns, "
                f"or use another likelihood")


class Columns:
    """Some columns of items, of which some rows are read at a time.

    Parameters
    ----------
    x : array or Streamed, shape (n, d)
    places : array of int
    """

    def __init__(self, x: Any, places: np.ndarray) -> None:
        self.x, self.places = x, places
        self.shape, self.dtype = (len(x), len(places)), np.dtype(x.dtype)

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, rows: Any) -> np.ndarray:
        """Read rows."""
        return np.asarray(self.x[rows])[:, self.places]


def _of_columns(context: Context, places: np.ndarray) -> Context:
    """Return the pass as the likelihood of the columns at these places sees it."""
    x, observed = (None if value is None else _at(value, places) for value in (context.x, context.observed))
    return replace(context, x=x, observed=observed)


def _at(x: Any, places: np.ndarray) -> Any:
    """Return the columns at these places."""
    return x if len(places) == x.shape[-1] else ops.take(x, places, axis=-1)


def _schema(columns: Sequence[Mapping[str, Any]], library: str) -> Schema:
    try:
        return Schema.from_json(columns, library)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise checks.InputError(
            f"columns must say what each column of the table is, such as {{'name': 'age', 'kind': 'count'}}, got "
            f"{checks.show(columns)} ({error}); leave it out, and train on the table") from error
