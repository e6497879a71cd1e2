"""The trait of the widget that holds the selected rows, as an array in Python and as bytes on the way to the page."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import traitlets

from zukan import checks

Rows = npt.NDArray[np.int64]
BYTES = "<i4"  # as the page has them


class Selection(traitlets.TraitType[Rows, Any]):
    """Rows of the source: ascending, each once, in an array that cannot be changed in place."""

    info_text = "rows of the source"

    def __init__(self) -> None:
        super().__init__(np.empty(0, np.int64))
        self.tag(sync=True, to_json=lambda rows, _: rows.astype(BYTES).tobytes(),
                 from_json=lambda data, _: np.frombuffer(data, BYTES))

    def validate(self, obj: Any, value: Any) -> Rows:
        """Return ``value`` as such an array."""
        try:
            rows = np.asarray(value)
        except ValueError:
            rows = np.empty((0, 0))
        is_empty = rows.shape == (0,)
        if rows.ndim != 1 or not (is_empty or rows.dtype.kind in "iu"):
            fix = "use np.flatnonzero(mask)" if rows.dtype.kind == "b" else "give an array of whole numbers"
            raise checks.InputError(f"selection must be a list of rows of the source, got {checks.show(value)}; {fix}")
        rows = np.unique(rows).astype(np.int64)
        absent = rows[~np.isin(rows, obj.rows)]
        if len(absent):
            raise checks.InputError(
                f"selection must hold rows of items of the run, got {absent[0]}, which is the row of none; remove it")
        rows.flags.writeable = False
        return rows
