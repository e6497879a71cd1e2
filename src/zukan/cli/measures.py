"""What ``zukan evaluate`` and ``zukan diagnose`` print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from zukan.evaluation.diagnosis.finding import Finding, listed
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


def print_diagnosis(findings: Sequence[Finding], console: Console) -> None:
    """Print each finding to act on with its evidence, and the names of the checks that found nothing."""
    fine = [finding.check for finding in findings if finding.severity == "fine"]
    for finding in findings:
        if finding.severity != "fine":
            console.print(f"\n{finding.severity}: {finding.what}")
            console.print(f"  change    {finding.change}")
            console.print(f"  evidence  {listed(finding.evidence)}")
    if len(fine) == len(findings):
        console.print("\nThe diagnosis found nothing to change.")
    console.print(f"\nChecked and fine: {', '.join(fine) or 'nothing'}")
