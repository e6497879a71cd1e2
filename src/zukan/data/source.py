"""What every kind of source comes down to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, eq=False)
class Source:
    """Arrays by name, with a short ``name``, a longer ``text``, and ``where`` they lie (a file or ``""``).

    A table has the names of its ``columns``; ``ignored`` are those that are no features. ``notes`` are sentences;
    ``unreadable`` are files that were left out, each with the reason.
    """

    name: str
    text: str
    where: str
    arrays: Mapping[str, Any]
    columns: tuple[str, ...] | None = None
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unreadable: tuple[tuple[str, str], ...] = ()
