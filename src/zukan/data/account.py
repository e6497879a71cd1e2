"""The account of a reading: how much was read and, for each reason, what was left out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from zukan import checks

EXAMPLES = 3  # names in a sentence


@dataclass(frozen=True)
class LeftOut:
    """What was left out for one reason.

    Parameters
    ----------
    unit : str
        What was left out, in the singular: ``"file"``, ``"column"``, ``"page"``.
    why : str
        The reason, as it follows the unit: ``"that cannot be read"``. It must fit one and many.
    names : tuple of str
        The names of the parts that were left out, or of the files that contain them.
    details : tuple of str
        For each name, what is special about it; by default nothing.
    count : int
        How many were left out; by default one for each name.
    advice : str
        What the user can do about it; by default nothing.
    """

    unit: str
    why: str
    names: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    count: int = 0
    advice: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(self.names))
        object.__setattr__(self, "count", self.count or len(self.names))

    def sentence(self, limit: int = EXAMPLES) -> str:
        """Return a sentence with the number, the reason and the first names."""
        text = f"left out {checks.plural(self.count, self.unit)} {self.why}"
        if self.names:
            details = self.details or ("",) * len(self.names)
            pairs = list(zip(self.names, details, strict=True))[:limit]
            rest = ["…"] if len(self.names) > limit else []
            shown = [f"{name!r} ({detail})" if detail else repr(name) for name, detail in pairs]
            text += f": {', '.join([*shown, *rest])}"
        return f"{text}; {self.advice}" if self.advice else text


@dataclass(frozen=True)
class Account:
    """What was read from a source, and what was left out.

    Parameters
    ----------
    read : int
        How many were read.
    left_out : tuple of LeftOut
        One for each reason.
    unit : str
        What is counted: ``"item"``, ``"file"``, ``"row"``.
    """

    read: int = 0
    left_out: tuple[LeftOut, ...] = ()
    unit: str = "item"

    @property
    def seen(self) -> int:
        """How many there are in the source: those that were read and those that were left out."""
        return self.read + sum(group.count for group in self.left_out if group.unit == self.unit)

    def leaving_out(self, *groups: LeftOut) -> Account:
        """Return the same account with more groups; groups without anything in them are dropped."""
        return replace(self, left_out=(*self.left_out, *(group for group in groups if group.count)))

    def sentences(self) -> tuple[str, ...]:
        """Return a sentence for each reason."""
        return tuple(group.sentence() for group in self.left_out)

    def to_json(self) -> dict[str, Any]:
        """Return the numbers as values that JSON can hold."""
        left_out = [{"count": group.count, "unit": group.unit, "why": group.why,
                     "examples": list(group.names[:EXAMPLES])} for group in self.left_out]
        return {"unit": self.unit, "seen": self.seen, "read": self.read, "left_out": left_out}


@dataclass
class Tally:
    """Collects what a reader leaves out, as it goes.

    Parameters
    ----------
    unit : str
        As for `LeftOut`, unless `add` is given another.
    """

    unit: str = "file"
    entries: dict[tuple[str, str], list[tuple[str, str, int]]] = field(default_factory=dict)

    def add(self, why: str, name: str, detail: str = "", *, count: int = 1, unit: str = "") -> None:
        """Count ``name``, or ``count`` things at ``name``, as left out for the reason ``why``."""
        self.entries.setdefault((unit or self.unit, why), []).append((name, detail, count))

    def groups(self) -> list[LeftOut]:
        """Return what was left out, one group for each reason, its names sorted."""
        groups = []
        for (unit, why), entries in self.entries.items():
            names, details, counts = zip(*sorted(entries), strict=True)
            groups.append(LeftOut(unit, why, names, details, sum(counts)))
        return groups
