"""What ``zukan evaluate`` and ``zukan diagnose`` print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from zukan.evaluation.diagnosis.finding import Finding, listed


def print_evaluation(result: Mapping[str, Any], console: Console) -> None:
    """Print the scores of synthetic rows with what they rest on, and the errors of filled gaps."""
    quality = result["quality"]
    table = Table("measure", "score", "", box=None, pad_edge=False)
    for name, score in quality["scores"].items():
        table.add_row(name, _number(score), "" if score is None else _REASONS[name](quality))
    table.add_row("overall", _number(quality["overall"]), "the mean; 1 is best")
    console.print(table)
    if result["imputation"] is None:
        return
    errors = result["imputation"]
    console.print()
    table = Table("hidden cells", *(f"{share:.0%}" for share in errors["shares"]), box=None, pad_edge=False)
    for name, found in errors["methods"].items():
        table.add_row(name, *(_error(*pair) for pair in zip(found["rmse"], found["wrong"], strict=True)))
    console.print(table)
    console.print("Errors of filled cells: of numbers, the root mean squared error in standard deviations of their "
                  "column; of levels, the share of wrong ones.")


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


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _error(rmse: float | None, wrong: float | None) -> str:
    """Return the errors of numbers and of levels, as far as there are any."""
    texts = ["" if rmse is None else f"{rmse:.3f}", "" if wrong is None else f"{wrong:.1%} wrong"]
    return ", ".join(filter(None, texts)) or "–"


def _marginals(quality: Mapping[str, Any]) -> str:
    columns = quality["marginals"]["columns"]
    worst = max(columns, key=lambda name: columns[name]["distance"])
    return (f"least alike: {worst} ({1 - columns[worst]['distance']:.3f}); the test rows reach "
            f"{_number(quality['held_out']['marginals'])}")


def _associations(quality: Mapping[str, Any]) -> str:
    first, second, score = quality["associations"]["worst"][0]
    return (f"least alike: {first} and {second} ({score:.3f}); the test rows reach "
            f"{_number(quality['held_out']['associations'])}")


def _utility(quality: Mapping[str, Any]) -> str:
    found = quality["utility"]
    return (f"{found['metric']} of models that predict {found['target']}: {found['synthetic']:.3f} after training on "
            f"synthetic rows, {found['real']:.3f} on real ones")


def _detection(quality: Mapping[str, Any]) -> str:
    found = quality["detection"]
    return (f"AUC of models that tell synthetic rows from real ones: {found['linear']:.3f} (linear), "
            f"{found['boosting']:.3f} (boosted trees); 0.5 is best")


def _privacy(quality: Mapping[str, Any]) -> str:
    found = quality["privacy"]
    return (f"{found['near']:.1%} are as near to a training row as the nearest 5.0% of the test rows; "
            f"{found['copies']:.1%} equal one (test rows: {found['copies_held_out']:.1%})")


_REASONS = {"marginals": _marginals, "associations": _associations, "utility": _utility, "detection": _detection,
            "privacy": _privacy}
