"""Numbers and lists formatted as text."""

from __future__ import annotations

from collections.abc import Sequence

from zukan import checks

THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"


def count(value: float) -> str:
    """Return a whole number with its thousands separated."""
    return f"{value:,.0f}".replace(",", THIN_SPACE).replace("-", "\N{MINUS SIGN}")


def decimal(value: float) -> str:
    """Return a number with one decimal place, or three if it is below 1."""
    digits = 1 if abs(value) >= 1 or value == 0 else 3
    return f"{value:,.{digits}f}".replace(",", THIN_SPACE).replace("-", "\N{MINUS SIGN}")


def percent(share: float) -> str:
    """Return a share from 0 to 1 as a percentage, never rounded to 0% or 100%."""
    if 0 < share < 0.001 or 0.999 < share < 1:
        return f"{'under 0.1' if share < 0.5 else 'over 99.9'}%"
    return f"{100 * share:.{0 if share in {0, 1} else 1}f}%"


def plural(number: int, one: str, many: str | None = None) -> str:
    """Return ``number`` followed by the singular or the plural of a noun."""
    return checks.plural(number, one, many).replace(",", THIN_SPACE)


def article(noun: str) -> str:
    """Return ``noun`` after "a" or "an"."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def listing(names: Sequence[str], limit: int = 8) -> str:
    """Return ``a, b and c``; from more than ``limit`` names, the first ones and how many more there are."""
    shown = [*names[:limit], f"{len(names) - limit} more"] if len(names) > limit else list(names)
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def duration(seconds: float) -> str:
    """Return a duration in seconds, minutes or hours."""
    if seconds < 90:
        return f"{seconds:.{1 if seconds < 10 else 0}f} seconds"
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes < 90 else f"{minutes / 60:.1f} hours"
