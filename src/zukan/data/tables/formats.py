"""Formats of numbers: the decimal mark and the mark between thousands, settled by what all cells show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zukan import checks


@dataclass(frozen=True)
class Format:
    """How numbers are written as text.

    Parameters
    ----------
    decimal : str
        ``"."`` or ``","``.
    thousands : str
        The mark between groups of three digits: ``","``, ``"."`` or, for none, ``""``.
    """

    decimal: str = "."
    thousands: str = ""

    @classmethod
    def with_decimal(cls, decimal: str) -> Format:
        """Return the format with this decimal mark, in which the other mark may group thousands."""
        return cls(decimal, "," if decimal == "." else ".")

    def plain(self, cells: Any) -> Any:
        """Return an Arrow array of text with numbers as Arrow reads them; text that is not a number stays as it is."""
        import pyarrow.compute as pc  # noqa: PLC0415 not needed without a table

        if self.thousands:
            grouped = pc.match_substring_regex(cells, _grouped(self.thousands, self.decimal))
            cells = pc.if_else(grouped, pc.replace_substring(cells, self.thousands, ""), cells)
        if self.decimal == ",":
            has_point = pc.match_substring(cells, ".")  # no number in this format: let it stay text
            cells = pc.if_else(has_point, pc.binary_join_element_wise(cells, "", "_"),
                               pc.replace_substring(cells, ",", "."))
        return cells


def _grouped(thousands: str, decimal: str) -> str:
    return rf"^[+-]?[1-9]\d{{0,2}}([{thousands}]\d{{3}})+([{decimal}]\d*)?([eE][+-]?\d+)?$"


_EXPONENT = r"([eE][+-]?\d+)?$"
_GROUP, _START = r"\d{3}", r"^[+-]?[1-9]\d{0,2}"
# What a cell shows, by the mark M in it (N is the other mark). A cell of no kind shows nothing.
_KINDS = {
    "both": rf"{_START}([N]{_GROUP})+[M]\d*{_EXPONENT}",  # 1,234.5 shows that M is decimal, and N groups
    "groups": rf"{_START}[M]{_GROUP}([M]{_GROUP})+$",  # 1.234.567 shows that M groups
    "either": rf"{_START}[M]{_GROUP}$",  # 1.234
    "decimal": rf"^[+-]?(\d+[M]\d*|[M]\d+){_EXPONENT}",  # 2.5, of those that are not "either", shows that M is decimal
}
MARKED = r"^[+-]?[.,]?\d[\d.,]*([eE][+-]?\d+)?$"  # may be a number in some format
Place = tuple[str, str]  # a column, and where: "'2,5' in row 3"


def shown(cells: Any) -> dict[tuple[str, str], Any]:
    """Return, for each kind and mark, which cells of an Arrow array of text show it."""
    import pyarrow.compute as pc  # noqa: PLC0415

    found: dict[tuple[str, str], Any] = {}
    for mark, other in ((".", ","), (",", ".")):
        for kind, pattern in _KINDS.items():
            found[kind, mark] = pc.match_substring_regex(cells, pattern.replace("M", mark).replace("N", other))
        found["decimal", mark] = pc.and_(found["decimal", mark], pc.invert(found["either", mark]))
    return found


def settle(evidence: Mapping[tuple[str, str], list[Place]], text: str) -> Format:
    """Return the format that all cells of a table show.

    Parameters
    ----------
    evidence : mapping of (kind, mark) to list of (column, place)
        The first such cell of each column.
    text : str
        The table, for messages.

    Raises
    ------
    zukan.InputError
        If the cells contradict each other, or leave open what a number is.
    """
    def first(*keys: tuple[str, str]) -> str:
        column, place = next(seen for key in keys for seen in evidence.get(key, []))
        return f"{place} of column {column!r}"

    if not any(evidence.get(key) for key in (*((kind, ",") for kind in _KINDS), ("groups", "."))):
        return Format()
    proofs = {mark: [("both", mark), ("groups", other), ("decimal", mark)] for mark, other in ((".", ","), (",", "."))}
    points, commas = (any(evidence.get(key) for key in proofs[mark]) for mark in (".", ","))
    fix = "say which mark is decimal with decimal (--decimal . or --decimal ,)"
    if points and commas:
        raise checks.InputError(
            f"{text} must write all numbers with one decimal mark, got {first(*proofs['.'])} and "
            f"{first(*proofs[','])}; {fix}, or write them alike")
    decimal = "." if points else ","
    other = "," if decimal == "." else "."
    groups = bool(evidence.get(("both", decimal)) or evidence.get(("groups", other)))
    known = {column for column, _ in evidence.get(("decimal", decimal), [])}
    unclear = [seen for seen in evidence.get(("either", other), []) if seen[0] not in known and not groups]
    if unclear or not (points or commas):
        column, place = (unclear or evidence["either", ","])[0]
        beside = f", beside {first(*proofs[decimal])}" if points or commas else ""
        number = place.split("'")[1]
        digits = number.replace(".", "").replace(",", "")
        raise checks.InputError(
            f"{text} must show how its numbers are written, but {place} of column {column!r}{beside} may be {digits} "
            f"or {number.replace(',', '.')}; {fix}")
    return Format(decimal, other if groups or evidence.get(("either", other)) else "")
