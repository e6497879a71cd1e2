"""Say why the output of a run is blurry or wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from zukan import checks, files, precision
from zukan.evaluation.diagnosis import THOROUGH, Finding, collect, diagnosis
from zukan.runs import Run
from zukan.runs.data import reload


def diagnose(run: Run | str | Path, out: str | Path | None = None, *, items: int = THOROUGH["items"],
             samples: int = THOROUGH["samples"], seed: int = 0,
             log: Callable[[str], None] = lambda _: None) -> list[Finding]:
    """Check a finished run for the usual causes of blurry or wrong output.

    The checks are about the scale of the data, the fit of the likelihood, collapse, overfitting, an unfinished or
    unsteady training, dead units and codes, blur, samples against reconstructions, the importance weights, and the
    codes of all items against the prior. The report of a run shows them too, measured with fewer draws.

    Parameters
    ----------
    run : Run or path
        A finished run.
    out : path, optional
        A ``.json`` file for the findings.
    items : int
        The number of test items to look at, chosen at random.
    samples : int
        Draws of z for each item.
    seed : int
        Of the items and of all draws.
    log : callable
        Called with a line of text when a stage begins.

    Returns
    -------
    list of zukan.evaluation.diagnosis.Finding
        Problems first, then notes, then what is fine. Each has ``check``, ``severity``, ``what``, ``evidence`` (numbers
        by name, costs in nats) and ``change``, what to do about it.

    Raises
    ------
    zukan.InputError
        If the run is not finished, its data has changed, or ``out`` is not a ``.json`` file.
    """
    if out is not None:
        checks.choice("the ending of the output file", Path(out).suffix.lower(), (".json",))
    checks.integer("seed", seed, minimum=0)
    run = run if isinstance(run, Run) else Run.open(run)
    vae, metrics = run.model, run.metrics
    log(f"Reading {run.source}")
    dataset = reload(run)
    log("Measuring")
    with precision.products(run.recipe.precision):
        findings = diagnosis(collect(vae, dataset, run.history, metrics, items=items, samples=samples, seed=seed))
    if out is not None:
        content = [finding.to_json() for finding in findings]
        files.write_text(Path(out), json.dumps(content, indent=2, allow_nan=False) + "\n")
    return findings
