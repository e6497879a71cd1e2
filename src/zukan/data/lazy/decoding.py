"""Decoding many items with several threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

_BATCH = 256  # rows that are submitted together, to avoid a list of millions of tasks


def decode_rows(decode: Callable[[int], Any], order: Sequence[int], write: Callable[[int, Any], None], *,
                unreadable: tuple[type[Exception], ...], threads: int | None = None) -> dict[int, str]:
    """Call ``write(row, decode(row))`` for every row, and return the reasons for rows that cannot be read.

    Parameters
    ----------
    decode, write : callable
        Called by several threads.
    order : sequence of int
        Row numbers.
    unreadable : tuple of exceptions
        Exceptions of ``decode`` for a row that cannot be read; their text is the reason.
    threads : int, optional
        By default one for each core.
    """
    reasons: dict[int, str] = {}

    def decode_row(row: int) -> None:
        try:
            item = decode(row)
        except unreadable as error:
            reasons[row] = str(error)
        else:
            write(row, item)

    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        for start in range(0, len(order), _BATCH):
            for _ in pool.map(decode_row, order[start : start + _BATCH]):
                pass
    return dict(sorted(reasons.items()))
