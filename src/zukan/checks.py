"""Checks of arguments, and their error: one sentence that names the argument, the rule, the value and the fix."""

from __future__ import annotations

import contextlib
import difflib
import math
import numbers
import operator
import re
import reprlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

_MANY = 30  # choices that a message lists
_repr = reprlib.Repr()
_repr.maxstring = _repr.maxother = 80
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class InputError(ValueError):
    """An invalid argument or file; the command line prints the message as one line and exits with code 2."""


@contextlib.contextmanager
def explained(sentence: Callable[[Exception], str]) -> Iterator[None]:
    """Turn any other error into an `InputError` with the text ``sentence(error)``: a damaged file can raise any."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        raise InputError(sentence(error)) from error


def show(value: Any) -> str:
    """Return a short description of ``value`` for the middle of a sentence: its ``repr``, or the shape of an array."""
    shape, dtype = getattr(value, "shape", None), getattr(value, "dtype", None)
    if shape is not None and dtype is not None and len(shape):
        return f"an array of shape {tuple(shape)} and dtype {dtype}"
    return _repr.repr(value)


def integer(name: str, value: Any, *, minimum: int = 1, maximum: int = 2**31 - 1) -> int:
    """Return ``value`` as an ``int`` from ``minimum`` to ``maximum``, or raise `InputError`."""
    try:
        whole = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        whole = None
    if whole is None or whole < minimum:
        raise InputError(f"{name} must be a whole number of at least {minimum}, got {show(value)}")
    if whole > maximum:
        raise InputError(f"{name} must be a whole number of at most {maximum}, got {show(value)}")
    return whole


def number(name: str, value: Any, *, minimum: float = -math.inf, above: float = -math.inf,
           maximum: float = math.inf) -> float:
    """Return ``value`` as a finite ``float`` with ``minimum <= value <= maximum`` and ``value > above``."""
    real = float(value) if isinstance(value, numbers.Real) and not isinstance(value, bool) else math.nan
    if not (math.isfinite(real) and minimum <= real <= maximum and real > above):
        bounds = {"at least": minimum, "above": above, "at most": maximum}
        limits = " and ".join(f"{words} {bound:g}" for words, bound in bounds.items() if math.isfinite(bound))
        rule = f"a finite number {limits}" if limits else "a finite number"
        raise InputError(f"{name} must be {rule}, got {show(value)}")
    return real


def boolean(name: str, value: Any) -> bool:
    """Return ``value`` if it is True or False, or raise `InputError`."""
    if not isinstance(value, bool):
        raise InputError(f"{name} must be true or false, got {show(value)}")
    return value


def choice(name: str, value: Any, options: Iterable[str], *, otherwise: str = "") -> str:
    """Return ``value`` if it is one of ``options``; otherwise raise an `InputError` that suggests the nearest one.

    ``otherwise`` is the fix to suggest if none is near.
    """
    names = sorted(options)
    if value not in names:
        hint = did_you_mean(value, names) or otherwise
        raise InputError(f"{name} must be one of {listed(map(repr, names), _MANY)}, got {show(value)}"
                         f"{f'; {hint}' if hint else ''}")
    return str(value)


def dense(name: str, value: Any) -> None:
    """Raise `InputError` if ``value`` is a sparse matrix of SciPy."""
    if type(value).__module__.startswith("scipy.sparse"):
        raise InputError(f"{name} must be a dense array, got a sparse {type(value).__name__} of shape "
                         f"{tuple(value.shape)}; pass {name}.toarray()")


def printable(text: str) -> str:
    r"""Return ``text`` with backslash escapes for characters that cannot be printed.

    That is a byte of a file name that is not UTF-8 (``caf\xe9``), and a control character, which could command the
    terminal; line breaks and tabs stay.
    """
    with contextlib.suppress(UnicodeEncodeError):  # surrogates that do not come from a file name
        text = text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return _CONTROL.sub(lambda match: f"\\x{ord(match.group()):02x}", text)


def did_you_mean(value: Any, options: Iterable[str]) -> str:
    """Return "did you mean 'x'?" with the option nearest to ``value``, or "" if none is near."""
    near = difflib.get_close_matches(str(value), list(options), n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else ""


def listed(names: Iterable[Any], limit: int = 8) -> str:
    """Return the first names, joined by commas, for the middle of a sentence; "nothing" if there are none."""
    texts = [str(name) for name in names]
    rest = ["…"] if len(texts) > limit else []
    return ", ".join([*texts[:limit], *rest]) or "nothing"


def plural(number: int, one: str, many: str | None = None) -> str:
    """Return ``number`` followed by the singular or the plural of a noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def not_installed(feature: str, package: str, extra: str) -> InputError:
    """Return the error for a missing optional ``package``, with the command that installs it.

    ``feature`` is what needs the package, and ``extra`` is the extra of zukan that brings it.
    """
    return InputError(f"{feature} needs the package {package}, which is not installed; pip install 'zukan[{extra}]'")
