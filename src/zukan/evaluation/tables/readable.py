"""The measures of a table as rows: the scores of synthetic rows, and the errors of filled gaps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Row = tuple[str, str, str]
ERRORS = "errors of numbers in standard deviations of their column (root mean square); the share of wrong levels"


def quality(result: Mapping[str, Any]) -> list[Row]:
    """Return the scores of synthetic rows with what they rest on."""
    rows = [(name, _number(score), "" if score is None else _REASONS[name](result))
            for name, score in result["scores"].items()]
    return [*rows, ("overall", _number(result["overall"]), "the mean; 1 is best")]


def imputation(result: Mapping[str, Any]) -> list[Row]:
    """Return the errors of each way to fill hidden cells, for every share of them."""
    rows: list[Row] = []
    for name, errors in result["methods"].items():
        by_share = zip(result["shares"], errors["rmse"], errors["wrong"], strict=True)
        text = "; ".join(f"{share:.0%} hidden: {_error(rmse, wrong)}" for share, rmse, wrong in by_share)
        rows.append((name, text, "" if rows else ERRORS))
    return rows


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
    part = quality["utility"]
    return (f"{part['metric']} of models that predict {part['target']}: {part['synthetic']:.3f} after training on "
            f"synthetic rows, {part['real']:.3f} on real ones")


def _detection(quality: Mapping[str, Any]) -> str:
    part = quality["detection"]
    return (f"AUC of models that tell synthetic rows from real ones: {part['linear']:.3f} (linear), "
            f"{part['boosting']:.3f} (boosted trees); 0.5 is best")


def _privacy(quality: Mapping[str, Any]) -> str:
    part = quality["privacy"]
    return (f"{part['near']:.1%} are as near to a training row as the nearest 5.0% of the test rows; "
            f"{part['copies']:.1%} equal one (test rows: {part['copies_held_out']:.1%})")


_REASONS = {"marginals": _marginals, "associations": _associations, "utility": _utility, "detection": _detection,
            "privacy": _privacy}
