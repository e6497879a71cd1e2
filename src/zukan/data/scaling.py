"""Scaling: from the values of a source to the values that a model sees, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import checks
from zukan.data import binarizing
from zukan.data.tables.quantiles import Quantiles, suits
from zukan.data.tables.schema import SCALED, Schema
from zukan.data.values import limits
from zukan.streamed import slices

TEXTS = {"standard": "each feature to mean 0 and standard deviation 1 on the training items",
         "minmax": "each feature to [0, 1] on the training items",
         "quantile": "each number to normal scores, by its quantiles on the training items",
         "auto": "numbers to mean 0 and standard deviation 1 on the training items; if skewed or discrete, to normal "
                 "scores"}
SAMPLED = 200_000  # rows from which quantiles are taken
_NEGLIGIBLE = 1e-13  # a spread below this share of the mean is a rounding error


@dataclass(frozen=True, eq=False)
class Scaling:
    """The transformation ``(x - offset) / factor``, to float32.

    Parameters
    ----------
    text : str
        A description for users.
    offset, factor : float, or array of shape (d,)
    quantiles : mapping of int to Quantiles
        The places of features that are transformed to normal scores instead.
    signals : bool
        Whether items of two axes are signals, (length, channels), and not images without a channel axis.
    binarized : bool
        Whether the scaled values are probabilities from which zeros and ones are drawn; see `zukan.data.binarizing`.
    """

    text: str = "none"
    offset: Any = 0.0
    factor: Any = 1.0
    signals: bool = False
    quantiles: Mapping[int, Quantiles] = field(default_factory=dict)
    binarized: bool = False

    @classmethod
    def of(cls, dtype: np.dtype[Any]) -> Scaling:
        """Return the default scaling of a dtype: uint8 is divided by 255, other values stay as they are."""
        if dtype == np.uint8:
            return cls("uint8 divided by 255", factor=255.0)
        return cls("bool as 0 and 1" if dtype == np.bool_ else "none")

    @classmethod
    def fitted(cls, kind: str, x: Any) -> Scaling:
        """Return the scaling of ``kind`` "standard" or "minmax" that is fitted to training items.

        Parameters
        ----------
        kind : {"standard", "minmax"}
        x : array or Items of shape (n, d)
            Read in pieces, so that streamed data gives the same sums as data in memory. A feature that is constant is
            shifted to 0 and not divided. Missing values, which are NaN, do not count; every feature needs another
            value.
        """
        if x.ndim != 2:
            raise checks.InputError(
                f"scaling must be 'none' for images and signals, got {kind!r} for items of shape {x.shape[1:]}; "
                "leave it out, or scale them yourself")
        if kind == "standard":
            offset = _mean(x, lambda piece: piece)
            factor = np.sqrt(_mean(x, lambda piece: (piece - offset) ** 2))
        else:
            pieces = [limits(x[piece], axis=0) for piece in slices(x)]
            offset = limits(np.array([low for low, _ in pieces]), axis=0)[0].astype(np.float64)
            factor = limits(np.array([high for _, high in pieces]), axis=0)[1].astype(np.float64) - offset
        return cls(TEXTS[kind], offset, np.where(factor > _NEGLIGIBLE * np.abs(offset), factor, 1.0))

    @classmethod
    def of_schema(cls, text: str, schema: Schema) -> Scaling:
        """Return the scaling of the columns of a table that `fit_scaling` has fitted."""
        return cls(text, schema.offset, schema.factor, quantiles=schema.quantiles)

    def apply(self, x: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """Return ``x`` as the model sees it: scaled, in float32; (n, height, width) gets a channel axis."""
        return binarizing.draw(self.scale(x)) if self.binarized else self.scale(x)

    def scale(self, x: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """Return ``x`` like `apply`, but never binarized."""
        if x.ndim == 3 and not self.signals:
            x = x[..., np.newaxis]
        if np.ndim(self.factor):  # subtract in double precision: values may be large compared with their spread
            scaled = (x - self.offset) / self.factor
            for place, quantiles in self.quantiles.items():
                scaled[..., place] = quantiles.forward(x[..., place])
            return scaled.astype(np.float32)
        if self.factor == 1 and self.offset == 0:
            return x.astype(np.float32, copy=False)
        return np.divide(x, np.float32(self.factor), dtype=np.float32)

    def undo(self, x: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the values that ``apply`` turns into ``x``."""
        values = x * self.factor + self.offset
        for place, quantiles in self.quantiles.items():
            values[..., place] = quantiles.inverse(x[..., place])
        return values

    def to_json(self) -> dict[str, Any]:
        """Return the scaling as values that JSON can hold."""
        return {"text": self.text, "offset": np.asarray(self.offset).tolist(),
                "factor": np.asarray(self.factor).tolist()}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Scaling:
        """Return the scaling that `to_json` returned as ``record``.

        Raises
        ------
        KeyError, TypeError, ValueError
            If ``record`` does not describe a scaling.
        """
        offset, factor = (np.asarray(record[name], np.float64) for name in ("offset", "factor"))
        if offset.shape != factor.shape or offset.ndim > 1 or not (np.isfinite(offset) & (factor > 0)).all():
            raise ValueError("offset and factor must be finite numbers of one shape, and factor above 0")
        return cls(str(record["text"]), offset, factor)


def _mean(x: Any, function: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
    """Return the mean of ``function`` over the rows of ``x``, summed in double precision; NaN does not count."""
    total = np.zeros(x.shape[1:])
    count = np.zeros(x.shape[1:])
    for piece in slices(x):
        values = function(x[piece].astype(np.float64))
        sums = values.sum(axis=0)
        if not np.isnan(sums).any():  # nothing is missing; the quicker way
            total, count = total + sums, count + len(values)
        else:
            total, count = total + np.nansum(values, axis=0), count + np.count_nonzero(~np.isnan(values), axis=0)
    return total / count


def fit_scaling(kind: str, x: Any, schema: Schema | None) -> tuple[Scaling, Schema | None]:
    """Return the scaling that is fitted to the training items, and the schema with it and with their range.

    Parameters
    ----------
    kind : {"auto", "none", "standard", "minmax", "quantile"}
        "auto" is "none" unless the items are rows of a table: then skewed numbers become normal scores, and all others
        get mean 0 and standard deviation 1.
    x : array or Items
        The training items; of a table, shape (n, d).
    schema : Schema, optional
        The columns of a table. Only numbers and dates are scaled.
    """
    if schema is None or x.ndim != 2:
        if kind == "quantile":
            raise checks.InputError(f"scaling 'quantile' needs the rows of a table, got items of shape {x.shape[1:]}; "
                                    "use 'standard' or 'none'")
        return (Scaling.of(x.dtype) if kind in {"auto", "none"} else Scaling.fitted(kind, x)), schema
    ends = [limits(x[piece], axis=0) for piece in slices(x)]
    low, high = np.fmin.reduce([end for end, _ in ends]), np.fmax.reduce([end for _, end in ends])
    if kind == "none":
        scaling = Scaling.of(x.dtype)
    else:
        scaling = Scaling.fitted("standard" if kind in {"auto", "quantile"} else kind, x)
        is_scaled = np.isin(schema.kinds, sorted(SCALED))
        quantiles = {} if kind in {"standard", "minmax"} else _quantiles(x, np.flatnonzero(is_scaled & (low < high)),
                                                                         scaling.factor, every=kind == "quantile")
        text = TEXTS["standard"] if kind == "auto" and not quantiles else TEXTS[kind]
        scaling = replace(scaling, text=text, offset=np.where(is_scaled, scaling.offset, 0.0),
                          factor=np.where(is_scaled, scaling.factor, 1.0), quantiles=quantiles)
    offset, factor, _ = np.broadcast_arrays(scaling.offset, scaling.factor, low)
    return scaling, schema.fitted(low, high, offset, factor, scaling.quantiles)


def _quantiles(x: Any, places: npt.NDArray[np.intp], factor: npt.NDArray[np.float64], *,
               every: bool) -> dict[int, Quantiles]:
    """Return the quantiles of skewed columns, or of all, from an even sample of the rows."""
    sample = x[:: -(-len(x) // SAMPLED)]
    columns = {int(place): sample[~np.isnan(sample[:, place]), place] for place in places}
    return {place: Quantiles.fitted(column, 1.0 / float(factor[place])) for place, column in columns.items()
            if (every or suits(column)) and len(column) and column.min() < column.max()}
