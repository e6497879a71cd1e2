"""Import matplotlib, whatever backend ``MPLBACKEND`` names: zukan's figures need none, the user's own keep it."""

from __future__ import annotations

import contextlib
import os
import sys

if "matplotlib" not in sys.modules:
    chosen = os.environ.pop("MPLBACKEND", None)  # of a notebook in another environment, it would fail the import
    try:
        import matplotlib as mpl
    finally:
        if chosen is not None:
            os.environ["MPLBACKEND"] = chosen
    if chosen:
        with contextlib.suppress(ValueError):
            mpl.rcParams["backend"] = chosen
