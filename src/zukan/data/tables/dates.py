"""Dates: cells that are points in time, of Arrow's types or as text in one form, as seconds since 1970."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

EXAMPLE = "2024-05-31 or 2024-05-31 12:30:00"
_TEXT = re.compile(r"\d{4}([-/])\d\d\1\d\d(?:([ T])\d\d:\d\d(?:(:\d\d)(?:\.(\d{1,6}))?)?(Z)?)?")
_DIGITS = {"%Y": r"\d{4}", **{f"%{part}": r"\d\d" for part in "mdHMS"}}


@dataclass(frozen=True)
class DateForm:
    """How dates are written as text.

    Parameters
    ----------
    form : str
        As for ``strftime``; the year comes first, so that it cannot be read in two ways.
    decimals : int
        Digits of the fraction of a second.
    """

    form: str
    decimals: int = 0

    @classmethod
    def of(cls, cell: str) -> DateForm | None:
        """Return the form of a cell; None if it is not a date."""
        found = _TEXT.fullmatch(cell)
        if not found:
            return None
        mark, between, seconds, fraction, zone = found.groups()
        time = f"{between}%H:%M{':%S' if seconds else ''}{zone or ''}" if between else ""
        return cls(f"%Y{mark}%m{mark}%d{time}", len(fraction or ""))

    def read(self, cells: Any) -> npt.NDArray[np.float64]:
        """Return the seconds of an Arrow array of text; NaN for a cell that is not a date in this form."""
        pattern = self.form.replace("%S", rf"%S\.\d{{{self.decimals}}}") if self.decimals else self.form
        for part, digits in _DIGITS.items():
            pattern = pattern.replace(part, digits)
        is_date = pc.match_substring_regex(cells, f"^{pattern}$")
        plain = pc.utf8_rtrim(pc.replace_substring(pc.if_else(is_date, cells, None), "/", "-"), "Z")
        try:
            return seconds_of(plain.cast(pa.timestamp("us")))
        except pa.ArrowInvalid:  # a day or an hour that does not exist
            return np.array([_one(cell) for cell in plain.to_pylist()], np.float64)


def _one(cell: str | None) -> float:
    try:
        return float(seconds_of(pa.array([cell]).cast(pa.timestamp("us")))[0])
    except pa.ArrowInvalid:
        return np.nan


def is_time(kind: Any) -> bool:
    """Return whether an Arrow type holds points in time."""
    return pa.types.is_date(kind) or pa.types.is_timestamp(kind)


def seconds_of(array: Any) -> npt.NDArray[np.float64]:
    """Return an Arrow array of dates or points in time as seconds since 1970; null becomes NaN."""
    if pa.types.is_date(array.type):
        days = array.cast(pa.date32()).cast(pa.int32())
        return np.asarray(days.cast(pa.float64()).to_numpy(zero_copy_only=False) * 86400.0)
    unit = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}[array.type.unit]
    missing = array.is_null().to_numpy(zero_copy_only=False)
    ticks = pc.fill_null(array.cast(pa.int64()), 0).to_numpy(zero_copy_only=False)
    return np.where(missing, np.nan, ticks / unit)
