"""The values that a run saw in training: other data must have the same range, or is converted to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from zukan import checks
from zukan.data.lazy.items import Array, Items
from zukan.data.scaling import Scaling
from zukan.data.values import limits
from zukan.streamed import slices

_LEVELS = Scaling("uint8 divided by 255", factor=255.0)
_AS_THEY_ARE = Scaling("none")


@dataclass(frozen=True)
class Seen:
    """The dtype of a run's data and its smallest and largest value, in the units of the data.

    Parameters
    ----------
    dtype : str
    low, high : float
    """

    dtype: str
    low: float
    high: float

    @classmethod
    def of(cls, dtype: str, value_range: tuple[float, float], scaling: Scaling) -> Seen | None:
        """Return what a run saw; None if its features were scaled one by one, which fixes their units."""
        if np.ndim(scaling.factor):
            return None
        low, high = (float(scaling.undo(np.asarray(value))) for value in value_range)
        return cls(dtype, low, high)

    @classmethod
    def from_json(cls, record: Mapping[str, Any] | None) -> Seen | None:
        """Return what `to_json` returned as ``record``, or raise ``KeyError``, ``TypeError`` or ``ValueError``."""
        if record is None:
            return None
        return cls(str(record["dtype"]), float(record["low"]), float(record["high"]))

    def to_json(self) -> dict[str, Any]:
        """Return the values as JSON can hold them."""
        return asdict(self)

    def scaling_of(self, x: Array | Items) -> tuple[Scaling, tuple[str, ...]]:
        """Return the scaling that brings ``x`` to the values of the run, and notes.

        Raises
        ------
        zukan.InputError
            If the values of ``x`` have another range, and no scaling is certain to fit.
        """
        low, high = _range(x)
        new = f"{x.dtype} from {low:g} to {high:g}"
        if self._are_units:
            return self._as_units(x, low, high, new)
        if x.dtype == np.uint8 and self._are_levels:
            return self._undivided()
        if x.dtype.kind != "f":
            raise self._other(new, "convert and scale it like the data of the run")
        if self._are_levels and low >= 0 and high <= 1 and _has_fractions(x):
            raise self._other(new, "multiply it by 255 if it was divided by 255")
        return _AS_THEY_ARE, self._notes(low, high)

    def __str__(self) -> str:
        return f"{self.dtype} from {self.low:g} to {self.high:g}"

    @property
    def _are_units(self) -> bool:
        """Whether the model saw values in [0, 1]."""
        return self.dtype in {"uint8", "bool"} or (self.low >= 0 and self.high <= 1)

    @property
    def _are_levels(self) -> bool:
        """Whether the values look like the levels 0 to 255 of images."""
        return self.low >= 0 and 127 < self.high <= 255

    def _as_units(self, x: Array | Items, low: float, high: float, new: str) -> tuple[Scaling, tuple[str, ...]]:
        """Return the scaling for a run whose model saw values in [0, 1]."""
        if x.dtype == np.uint8:
            if self.dtype == "bool" and high <= 1:
                return self._undivided()
            return _LEVELS, ()
        if x.dtype.kind != "f" or (low >= 0 and high <= 1):
            return Scaling.of(x.dtype), ()
        if low < 0 or high > 255 or not _mostly_above(x, 2.0):
            return _AS_THEY_ARE, self._notes(low, high)
        if self.dtype != "uint8":
            raise self._other(new, "divide it by 255 if it holds the levels 0 to 255; else scale it to [0, 1]")
        return _LEVELS, (f"the values, {new}, are divided by 255, since the run was trained on {self}",)

    def _undivided(self) -> tuple[Scaling, tuple[str, ...]]:
        """Return uint8 values as they are, with a note."""
        return _AS_THEY_ARE, (f"the uint8 values are not divided by 255, since the run was trained on {self}",)

    def _notes(self, low: float, high: float) -> tuple[str, ...]:
        """Return a note if values lie outside of those that the model saw, or if none is below 0 as there."""
        factor = 255.0 if self.dtype == "uint8" else 1.0
        smallest, largest = self.low / factor, self.high / factor
        margin = (largest - smallest) / 4
        saw = f"the model was trained on values from {smallest:g} to {largest:g}"
        if low < smallest - margin or high > largest + margin:
            note = f"the values lie from {low:g} to {high:g}, but {saw}; scale them likewise, unless they are anomalies"
            return (note,)
        if smallest < -margin and low >= 0:
            return (f"no value is below 0, but {saw}; unless this is so in the data, scale them likewise",)
        return ()

    def _other(self, new: str, fix: str) -> checks.InputError:
        return checks.InputError(
            f"data must hold values like those that the run was trained on, {self}, got {new}; {fix}")


def _range(x: Array | Items) -> tuple[float, float]:
    """Return the smallest and the largest value, ignoring NaN."""
    low, high = x.limits if isinstance(x, Items) else limits(x)
    return float(np.fmin.reduce(np.atleast_1d(low))), float(np.fmax.reduce(np.atleast_1d(high)))


def _first(x: Array | Items) -> Array:
    """Return the first items, enough to judge them."""
    return x[next(slices(x))]


def _has_fractions(x: Array | Items) -> bool:
    values = _first(x)
    return bool((values[~np.isnan(values)] % 1 != 0).any())


def _mostly_above(x: Array | Items, limit: float) -> bool:
    """Return whether most items have a value above ``limit``; a few such items may be anomalies."""
    values = _first(x)
    return bool(np.mean(np.fmax.reduce(values.reshape(len(values), -1), axis=1) > limit) > 0.5)
