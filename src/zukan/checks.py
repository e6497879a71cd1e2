"""Argument errors: one sentence that names the argument, the rule and the value received, with the fix."""

from __future__ import annotations

import difflib
import math
import numbers
import operator
import reprlib
from collections.abc import Iterable
from typing import Any

_repr = reprlib.Repr()
_repr.maxstring = _repr.maxother = 80


class InputError(ValueError):
    """A mistake in what the caller gave; the command line prints it as one line and exits with 2."""


def show(value: Any) -> str:
    """Return a short ``repr`` of ``value``, fit for the middle of a sentence."""
    shape, dtype = getattr(value, "shape", None), getattr(value, "dtype", None)
    if shape is not None and dtype is not None and len(shape):
        return f"an array of shape {tuple(shape)} and dtype {dtype}"
    return _repr.repr(value)


def integer(name: str, value: Any, *, minimum: int = 1, maximum: int = 2**31 - 1) -> int:
    """Return ``value`` as an ``int`` from ``minimum`` to ``maximum``, or raise `InputError`."""
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool) or not minimum <= number <= maximum:
        small = number is None or isinstance(value, bool) or number < minimum
        rule = f"of at least {minimum}" if small else f"of at most {maximum}"
        raise InputError(f"{name} must be a whole number {rule}, got {show(value)}")
    return number


def number(name: str, value: Any, *, minimum: float = -math.inf, above: float = -math.inf,
           maximum: float = math.inf) -> float:
    """Return ``value`` as a finite ``float`` with ``minimum <= value <= maximum`` and ``value > above``."""
    real = float(value) if isinstance(value, numbers.Real) and not isinstance(value, bool) else math.nan
    if not (math.isfinite(real) and minimum <= real <= maximum and real > above):
        bounds = [f"at least {minimum:g}" * (minimum > -math.inf), f"above {above:g}" * (above > -math.inf),
                  f"at most {maximum:g}" * (maximum < math.inf)]
        rule = " and ".join(filter(None, bounds))
        raise InputError(f"{name} must be a finite number{' ' * bool(rule)}{rule}, got {show(value)}")
    return real


def choice(name: str, value: Any, options: Iterable[str]) -> str:
    """Return ``value`` if it is one of ``options``; else raise `InputError`, which suggests the nearest one."""
    names = sorted(options)
    if value not in names:
        hint = did_you_mean(value, names)
        raise InputError(f"{name} must be one of {', '.join(map(repr, names))}, got {show(value)}"
                         f"{f'; {hint}' if hint else ''}")
    return str(value)


def did_you_mean(value: Any, options: Iterable[str]) -> str:
    """Return "did you mean 'x'?" for the option nearest to ``value``; "" if none is near."""
    near = difflib.get_close_matches(str(value), list(options), n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else ""


def listed(names: Iterable[Any], limit: int = 8) -> str:
    """Return the first names, joined by commas, for the middle of a sentence; "nothing" if there are none."""
    texts = [str(name) for name in names]
    rest = ["…"] if len(texts) > limit else []
    return ", ".join([*texts[:limit], *rest]) or "nothing"


def not_installed(feature: str, package: str, extra: str) -> InputError:
    """Return the error for an optional ``package`` that ``feature`` needs, with the command that installs it."""
    return InputError(f"{feature} needs the package {package}, which is not installed; pip install 'zukan[{extra}]'")
