"""Large arrays, piece by piece."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

AT_ONCE = 1 << 23  # bytes looked at together where all items are gone through


def slices(x: Any, size: int = AT_ONCE) -> Iterator[slice]:
    """Yield slices that cut ``x`` into pieces of at most about ``size`` bytes."""
    step = max(1, size // max(1, math.prod(x.shape[1:]) * x.dtype.itemsize))
    for start in range(0, len(x), step):
        yield slice(start, start + step)
