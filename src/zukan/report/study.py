"""The report of a study: which trials there were, what mattered, and the best recipe."""

from __future__ import annotations

import base64
import math
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zukan import files
from zukan.plots import Display
from zukan.report import formatting, study_figures
from zukan.report.rendering import render
from zukan.runs import Run
from zukan.training.inline import as_typed
from zukan.training.presets import TUTORIAL
from zukan.training.recipe import Recipe
from zukan.tuning.criteria import Criterion
from zukan.tuning.records import Record, best_first, pareto_front
from zukan.tuning.storage import import_optuna

SHOWN = 15  # trials in the table of the best
FEW = 8  # complete trials below which importances say nothing
_BY_TRIAL = ("Each point is a complete trial. Marks below are trials that were pruned, or that failed; they have no "
             "value.")
_IMPORTANCES = ("How much each field separates the better trials from all (PED-ANOVA, arXiv:2304.10255; the shares add "
                "up to 1). It speaks of this search space only.")
_FRONT = ("Rate is the KL, the information in the code; distortion is what decoding loses (arXiv:1711.00464). No "
          "other trial is at least as good as a ringed one in rate, distortion and time (with compilation), and better "
          "in one of them.")
CSS_PIXELS = 96 / 160  # per pixel of a figure, which is drawn with 160 dots per inch


def write_study(path: Path, study: Any, trials: Sequence[Record], criterion: Criterion, run: Run,
                recipe: Recipe) -> None:
    """Write the report of a study as one HTML file that needs no other.

    Parameters
    ----------
    path : Path
    study : optuna.Study
    trials : sequence of Record
        At least one is complete.
    criterion : Criterion
    run : Run
        The finished run of the best recipe.
    recipe : Recipe
        The best recipe, before its choices by the data.
    """
    ranked = best_first(trials, criterion.sign)
    front = _front(ranked)
    counts = {state: sum(trial.state == state for trial in trials) for state in ("pruned", "failed", "stopped")}
    fields = list(dict.fromkeys(field for trial in trials for field in trial.fields))
    rows = [_row(trial, fields, criterion, on_front=trial.number in front) for trial in ranked]
    text = render(
        "study.html", title=path.parent.resolve().name, criterion=criterion, best=ranked[0], rows=rows[:SHOWN],
        complete=len(ranked), counts=counts, fields=fields, number_of_trials=len(trials) - counts["stopped"],
        front=[row for trial, row in zip(ranked, rows, strict=True) if trial.number in front],
        lost=[_lost(trial) for trial in trials if trial.state in counts], test=run.summary(),
        test_value=_number(criterion.of(run.metrics), criterion),
        figures=_figures(study, trials, ranked, criterion), value=_number(ranked[0].value, criterion),
        command=command(run, recipe),
        seconds=formatting.duration(sum(trial.measures.get("seconds", 0.0) for trial in trials)))
    files.write_text(path, text)


def command(run: Run, recipe: Recipe) -> str:
    """Return the command that trains ``recipe`` again on the data of ``run``."""
    return f"zukan train {shlex.quote(run.source)} --preset {TUTORIAL}{as_typed(recipe.changes)}"


def _front(trials: Sequence[Record]) -> set[int]:
    """Return the numbers of the trials that no other one beats in rate, distortion and time; empty without a rate."""
    if any("rate" not in trial.measures for trial in trials):
        return set()
    points = [[trial.measures[name] for name in ("rate", "distortion", "seconds")] for trial in trials]
    return {trial.number for trial, chosen in zip(trials, pareto_front(points), strict=True) if chosen}


def _figures(study: Any, trials: Sequence[Record], ranked: Sequence[Record],
             criterion: Criterion) -> list[dict[str, Any]]:
    drawn = [(study_figures.by_trial(trials, criterion), _BY_TRIAL)]
    if shares := _importances(study, ranked):
        drawn.append((study_figures.importances(shares), _IMPORTANCES))
    if _front(ranked):
        drawn.append((study_figures.front(ranked), _FRONT))
    return [_figure(number, figure, caption) for number, (figure, caption) in enumerate(drawn, 1)]


def _importances(study: Any, ranked: Sequence[Record]) -> dict[str, float]:
    """Return the importance of each searched field, the largest first; empty if there are too few trials."""
    if len(ranked) < FEW or len({trial.value for trial in ranked}) == 1:
        return {}
    importance = import_optuna().importance
    shares = importance.get_param_importances(study, evaluator=importance.PedAnovaImportanceEvaluator())
    return {field: float(share) for field, share in shares.items() if math.isfinite(share)}


def _figure(number: int, figure: Display, caption: str) -> dict[str, Any]:
    png = figure.png()
    width, height = (round(int.from_bytes(png[at : at + 4]) * CSS_PIXELS) for at in (16, 20))  # from the PNG header
    return {"number": number, "title": figure.axes.get_title("left") or figure.axes.get_title(), "caption": caption,
            "width": width, "height": height, "png": base64.b64encode(png).decode()}


def _row(trial: Record, fields: Sequence[str], criterion: Criterion, *, on_front: bool) -> dict[str, Any]:
    measures = trial.measures
    return {"number": trial.number, "value": _number(trial.value, criterion), "on_front": on_front,
            "rate": f"{round(measures['rate'], 1) + 0.0:.1f}" if "rate" in measures else "–",
            "distortion": f"{measures['distortion']:.1f}",
            "seconds": f"{measures['seconds']:.1f}", "parameters": formatting.count(measures["parameters"]),
            "fields": [_text(trial.fields.get(field, "–")) for field in fields]}


def _lost(trial: Record) -> dict[str, Any]:
    return {"number": trial.number, "state": trial.state, "reason": trial.reason,
            "fields": ", ".join(f"{field} {_text(value)}" for field, value in trial.fields.items())}


def _number(value: float | None, criterion: Criterion) -> str:
    return f"{value or 0.0:.{2 if criterion.unit else 3}f}".replace("-", "\N{MINUS SIGN}")


def _text(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
