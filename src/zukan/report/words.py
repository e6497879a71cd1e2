"""Numbers and lists as a reader wants them."""

from __future__ import annotations

from collections.abc import Sequence

NARROW = "\N{NARROW NO-BREAK SPACE}"


def count(value: float) -> str:
    """Return a whole number with its thousands apart."""
    return f"{value:,.0f}".replace(",", NARROW).replace("-", "\N{MINUS SIGN}")


def decimal(value: float) -> str:
    """Return a number of nats: one digit after the point, three where it is small."""
    digits = 1 if abs(value) >= 1 or value == 0 else 3
    return f"{value:,.{digits}f}".replace(",", NARROW).replace("-", "\N{MINUS SIGN}")


def percent(share: float) -> str:
    """Return a share of 1 as a percentage, never rounded to none or to all."""
    if 0 < share < 0.001 or 0.999 < share < 1:
        return f"{'under 0.1' if share < 0.5 else 'over 99.9'}%"
    return f"{100 * share:.{0 if share in {0, 1} else 1}f}%"


def plural(number: int, one: str, many: str | None = None) -> str:
    """Return ``number`` with its noun."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def listing(names: Sequence[str], most: int = 8) -> str:
    """Return ``a, b and c``; after ``most`` names, how many more there are."""
    shown = [*names[:most], f"{len(names) - most} more"] if len(names) > most else list(names)
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def duration(seconds: float) -> str:
    """Return a time of seconds as it is said."""
    if seconds < 90:
        return f"{seconds:.{1 if seconds < 10 else 0}f} seconds"
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes < 90 else f"{minutes / 60:.1f} hours"
