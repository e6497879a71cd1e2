"""What ``zukan evaluate`` prints: a table of the numbers, by section."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from zukan.runs.sections import SECTIONS


def print_evaluation(result: Mapping[str, Any], console: Console) -> None:
    """Print each section with its rows, and why others are absent."""
    table = Table("", "measure", "value", "", box=None, pad_edge=False)
    for name, section in SECTIONS.items():
        if name in result:
            for i, row in enumerate(section.read(result[name])):
                table.add_row("" if i else name, *row)
    console.print(table)
    for name, reason in result["absent"].items():
        console.print(f"  {name} is absent: {reason}")
