"""Progress of long loops: a loop tells how far it is, and whoever listens shows it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from typing import TypeVar

Listener = Callable[[str, int, int], None]  # what is done, how much of it, and how much there is
T = TypeVar("T")

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextlib.contextmanager
def told_to(listener: Listener) -> Iterator[None]:
    """Tell ``listener`` the progress of every loop inside this block."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def steps(what: str, pieces: Iterable[T], total: int, size: Callable[[T], int] = lambda _: 1) -> Iterator[T]:
    """Yield ``pieces``, and tell the listener after each how much is done.

    Parameters
    ----------
    what : str
        What the loop does, such as ``"Encoding"``.
    pieces : iterable
    total : int
        The sum of their sizes.
    size : callable
        The size of a piece; by default 1.
    """
    listener, done = _listener.get(), 0
    for piece in pieces:
        yield piece
        done = min(done + size(piece), total)
        if listener is not None:
            listener(what, done, total)
