"""Finding: what a check of a trained model found, why, and what to change."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SEVERITIES = ("problem", "note", "fine")


@dataclass(frozen=True)
class Finding:
    """The result of one check.

    Attributes
    ----------
    check : str
        What was checked, such as "overfitting".
    severity : str
        "problem": the results are worse than they need to be. "note": worth knowing. "fine": nothing to do.
    what : str
        What was found, as a sentence.
    evidence : mapping of float or str
        The numbers behind it, by name. Costs are in nats.
    change : str
        What to do about it, as one or two sentences; empty if it is fine.
    """

    check: str
    severity: str
    what: str
    evidence: Mapping[str, float | str] = field(default_factory=dict)
    change: str = ""

    def __str__(self) -> str:
        return f"{self.what} {self.change}".rstrip()

    def to_json(self) -> dict[str, Any]:
        """Return the finding as values that JSON can hold."""
        return {**vars(self), "evidence": {name: value if isinstance(value, str) or math.isfinite(value) else str(value)
                                           for name, value in self.evidence.items()}}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Finding:
        """Return the finding that `to_json` made values of."""
        return cls(**values)


def listed(evidence: Mapping[str, float | str]) -> str:
    """Return the evidence as text, numbers with three digits."""
    return ", ".join(f"{name} {value if isinstance(value, str) else _number(value)}"
                     for name, value in evidence.items())


def _number(value: float) -> str:
    text = f"{value:,.0f}" if 1000 <= abs(value) < 1e9 else f"{value:.3g}"
    return text.replace("-", "\N{MINUS SIGN}")
