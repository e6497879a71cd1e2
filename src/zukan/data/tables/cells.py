"""Cells: what each cell of a column holds, whatever the type in which a door gives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from zukan.data.tables.formats import Format
from zukan.data.tables.marks import Marks

_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?(?i:inf(inity)?)$"
_FIRST = 50
_FLAGS = pa.array(["true", "false"])


@dataclass(frozen=True, eq=False)
class Cells:
    """Some cells of a column, told apart.

    Parameters
    ----------
    values : float64 array of shape (n,)
        Numbers; 1 and 0 for true and false; NaN for missing cells and text.
    missing, flag, text : bool arrays of shape (n,)
        Which cells are missing, hold true or false, hold text or anything else. The others hold numbers.
    content : pyarrow.Array
        The cells as they came.
    """

    values: npt.NDArray[np.float64]
    missing: npt.NDArray[np.bool_]
    flag: npt.NDArray[np.bool_]
    text: npt.NDArray[np.bool_]
    content: Any

    @classmethod
    def of(cls, content: Any, marks: Marks, form: Format) -> Cells:
        """Return the cells of an Arrow array."""
        content = _plain(content)
        kind, n = content.type, len(content)
        none = np.zeros(n, bool)
        if _is_text(kind):
            return cls._of_text(content, marks, form)
        if pa.types.is_null(kind):
            return cls(np.full(n, np.nan), ~none, none, none, content)
        if pa.types.is_boolean(kind):
            missing = mask(content.is_null())
            return cls(np.where(missing, np.nan, mask(content)), missing, ~missing, none, content)
        if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            values = _marked(_floats(content), marks)
            return cls(values, np.isnan(values), none, none, content)
        missing = mask(content.is_null())
        return cls(np.full(n, np.nan), missing, none, ~missing, content)

    @classmethod
    def _of_text(cls, content: Any, marks: Marks, form: Format) -> Cells:
        none = np.zeros(len(content), bool)
        if marks == Marks() and form == Format():
            try:  # most columns of numbers, the quick way; a look at the first cells spares most of the failures
                _floats(pc.utf8_trim_whitespace(content[:_FIRST]))
                values = _floats(pc.utf8_trim_whitespace(content))
                return cls(values, np.isnan(values), none, none, content)
            except pa.ArrowInvalid:
                pass
        encoded = content.dictionary_encode()
        if 2 * len(encoded.dictionary) > len(content) or encoded.null_count:
            return cls._of_texts(content, marks, form)
        few, rows = cls._of_texts(encoded.dictionary, marks, form), encoded.indices.to_numpy()
        return cls(few.values[rows], few.missing[rows], few.flag[rows], few.text[rows], content)

    @classmethod
    def _of_texts(cls, content: Any, marks: Marks, form: Format) -> Cells:
        trimmed = pc.utf8_trim_whitespace(content)
        lower = pc.utf8_lower(trimmed)
        absent = pc.is_in(lower, value_set=pa.array(sorted(marks.texts), lower.type))
        missing = mask(content.is_null()) | mask(absent)
        flag = mask(pc.is_in(lower, value_set=_FLAGS.cast(lower.type))) & ~missing
        plain = form.plain(trimmed)
        number = mask(pc.match_substring_regex(plain, _NUMBER)) & ~missing
        values = _marked(_floats(pc.if_else(pa.array(number), plain, None)), marks)
        values[flag] = mask(pc.equal(lower, "true"))[flag]
        return cls(values, missing | (number & np.isnan(values)), flag, ~(missing | flag | number), content)

    @property
    def trimmed(self) -> Any:
        """The cells as an Arrow array of text without surrounding spaces; None if the column holds no text."""
        return pc.utf8_trim_whitespace(self.content) if _is_text(self.content.type) else None

    @property
    def labels(self) -> Any:
        """The cells as an Arrow array of text, by which they are the levels of a category; null if they are missing."""
        content = self.trimmed
        if content is None and pa.types.is_boolean(self.content.type):
            content = self.content.cast(pa.string())
        if content is None and not self.text.any():
            numbers, rows = np.unique(self.values, return_inverse=True)
            content = pa.array([_number_text(number) for number in numbers.tolist()], pa.string()).take(pa.array(rows))
        if content is None:
            content = pa.array(self.texts(), pa.string())
        return pc.if_else(pa.array(self.missing), None, content) if self.missing.any() else content

    def shown(self, place: int) -> str:
        """Return the text of a cell."""
        return str(self.content[place].as_py()).strip()

    def different(self, mask: npt.NDArray[np.bool_]) -> list[str]:
        """Return the different texts among some cells, or the first of the cells that are not text."""
        content = self.content.filter(pa.array(mask))
        is_simple = _is_text(content.type) or pa.types.is_boolean(content.type)
        return [str(value).strip() for value in (pc.unique(content) if is_simple else content[:1]).to_pylist()]

    def texts(self) -> list[str]:
        """Return all cells as text without surrounding spaces; missing cells are empty."""
        content = self.content
        if not _is_text(content.type):
            return ["" if absent else str(value) for value, absent in
                    zip(content.to_pylist(), self.missing.tolist(), strict=True)]
        stripped = self.trimmed.to_pylist()
        return ["" if absent else value for value, absent in zip(stripped, self.missing.tolist(), strict=True)]


def to_arrow(values: Sequence[Any]) -> Any:
    """Return Python values as an Arrow array; as text if they are of several types."""
    try:
        return pa.array(values, from_pandas=True)
    except (pa.ArrowException, OverflowError, TypeError, ValueError):
        return pa.array([None if is_missing(value) else str(value) for value in values], pa.string())


def _number_text(value: float) -> str:
    """Return a number as a label: 2.0 as "2"."""
    return str(int(value)) if value.is_integer() else repr(value)


def is_missing(value: Any) -> bool:
    """Return whether a value is None, NaN, or the missing value of pandas for numbers or dates."""
    return value is None or type(value).__name__ in {"NAType", "NaTType"} or (isinstance(value, float) and isnan(value))


def _plain(content: Any) -> Any:
    """Return an array without a dictionary, an extension type or views."""
    if isinstance(content, pa.ChunkedArray):
        content = content.combine_chunks()
        if isinstance(content, pa.ChunkedArray):  # as some versions return it
            content = pa.concat_arrays(content.chunks) if content.num_chunks else pa.array([], content.type)
    if isinstance(content, pa.ExtensionArray):
        is_time = content.type.extension_name.startswith("pandas.")  # periods and intervals, stored as numbers
        content = content.storage.cast(pa.duration("s")) if is_time and content.type.storage_type == pa.int64() else (
            content.storage)
    if pa.types.is_dictionary(content.type):
        content = content.dictionary_decode()
    return content.cast(pa.large_string()) if pa.types.is_string_view(content.type) else content


def _is_text(kind: Any) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def _floats(array: Any) -> npt.NDArray[np.float64]:
    """Return numbers, or text that holds numbers, as float64; null becomes NaN."""
    if pa.types.is_decimal(array.type) or _is_text(array.type):
        array = array.cast(pa.float64())
    values = array.to_numpy(zero_copy_only=False)
    return values.astype(np.float64) if values.dtype != np.float64 else values.copy()


def _marked(values: npt.NDArray[np.float64], marks: Marks) -> npt.NDArray[np.float64]:
    """Return the values with NaN in place of marks that are numbers."""
    for mark in marks.numbers:
        values[values == mark] = np.nan
    return values


def mask(array: Any) -> npt.NDArray[np.bool_]:
    """Return an Arrow array of booleans, in which null counts as false."""
    return pc.fill_null(array, False).to_numpy(zero_copy_only=False).astype(bool)  # noqa: FBT003 Arrow's signature
