"""From the numbers of a source to those a model sees, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import checks
from zukan.streamed import slices

_TEXTS = {"standard": "each feature to mean 0 and standard deviation 1 on the training items",
          "minmax": "each feature to [0, 1] on the training items"}

_ROUNDING = 1e-13  # a spread below this part of the mean is what rounding leaves of none


@dataclass(frozen=True, eq=False)
class Scaling:
    """``(x - offset) / factor``, in float32.

    Parameters
    ----------
    text : str
        What it does, in words.
    offset, factor : float, or array of shape (d,)
    """

    text: str = "none"
    offset: Any = 0.0
    factor: Any = 1.0

    @classmethod
    def of(cls, dtype: np.dtype[Any]) -> Scaling:
        """Return what items of that dtype get unasked: bytes are brought to [0, 1], the rest keeps its values."""
        if dtype == np.uint8:
            return cls("uint8 divided by 255", factor=255.0)
        return cls("bool as 0 and 1" if dtype == np.bool_ else "none")

    @classmethod
    def fitted(cls, kind: str, x: Any) -> Scaling:
        """Return the scaling of the ``kind`` "standard" or "minmax" for training items ``x`` of shape (n, d).

        A feature that is the same in every item is only shifted. ``x`` may be an array or what is read piece by piece:
        the sums are the same.
        """
        if x.ndim != 2:
            raise checks.InputError(
                f"scaling must be 'none' for images, got {kind!r} for items of shape {x.shape[1:]}; "
                "leave it out, or scale them before")
        if kind == "standard":
            offset = _mean(x, lambda part: part)
            factor = np.sqrt(_mean(x, lambda part: (part - offset) ** 2))
        else:
            ends = [(x[part].min(axis=0), x[part].max(axis=0)) for part in slices(x)]
            offset = np.min([low for low, _ in ends], axis=0).astype(np.float64)
            factor = np.max([high for _, high in ends], axis=0).astype(np.float64) - offset
        return cls(_TEXTS[kind], offset, np.where(factor > _ROUNDING * np.abs(offset), factor, 1.0))

    def apply(self, x: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """Return what the model sees of ``x``; (n, height, width) gains a channel axis."""
        if x.ndim == 3:
            x = x[..., np.newaxis]
        if np.ndim(self.factor):  # in double precision, since values may be large beside their spread
            return ((x - self.offset) / self.factor).astype(np.float32)
        if self.factor == 1 and self.offset == 0:
            return x.astype(np.float32, copy=False)
        return np.divide(x, np.float32(self.factor), dtype=np.float32)

    def undo(self, x: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the numbers of the source that ``apply`` would turn into ``x``."""
        return x * self.factor + self.offset

    def to_json(self) -> dict[str, Any]:
        """Return it in a form that JSON can hold."""
        return {"text": self.text, "offset": np.asarray(self.offset).tolist(),
                "factor": np.asarray(self.factor).tolist()}

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Scaling:
        """Return what `to_json` wrote.

        Raises
        ------
        KeyError, TypeError, ValueError
            When it did not write that.
        """
        offset, factor = (np.asarray(given[name], np.float64) for name in ("offset", "factor"))
        if offset.shape != factor.shape or offset.ndim > 1 or not (np.isfinite(offset) & (factor > 0)).all():
            raise ValueError("offset and factor must be finite numbers of one shape, and factor above 0")
        return cls(str(given["text"]), offset, factor)


def _mean(x: Any, function: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
    """Return the mean of ``function`` over the rows of ``x``, summed in double precision."""
    total = np.zeros(x.shape[1:])
    for part in slices(x):
        total += function(x[part].astype(np.float64)).sum(axis=0)
    return total / len(x)
