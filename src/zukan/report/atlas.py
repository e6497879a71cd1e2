"""Evaluate a trained run, and write its metrics, figures and report."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np

from zukan import checks, files, precision, progress
from zukan.data import Dataset
from zukan.evaluation import codes as discrete
from zukan.evaluation.classes import classes
from zukan.evaluation.condition import condition_of
from zukan.evaluation.diagnosis import collect, diagnosis
from zukan.evaluation.latent import latent
from zukan.evaluation.likelihood import likelihood
from zukan.model import VAE
from zukan.plots import glyphs
from zukan.report.figures import draw
from zukan.report.page import page
from zukan.runs import Run
from zukan.runs.patience import patience_of
from zukan.training.recipe import FORMAT_VERSION


def write_atlas(run: Run, vae: VAE, dataset: Dataset, log: Callable[[str], None] = lambda _: None) -> None:
    """Evaluate the model on the test items and write ``metrics.json``, ``figures/`` and ``index.html``.

    Parameters
    ----------
    run : Run
    vae : VAE
        The run's trained model.
    dataset : Dataset
        The run's data.
    log : callable
        Called with a line of text when a stage begins.

    Raises
    ------
    zukan.InputError
        If the run has no training history, or a file cannot be written.
    """
    with precision.products(run.recipe.precision):
        _write(run, vae, dataset.drawn_once, log)


def _write(run: Run, vae: VAE, dataset: Dataset, log: Callable[[str], None]) -> None:
    log("Measuring")
    means = vae.encode(dataset.test.x, condition=condition_of(vae, dataset.test))
    history = run.history
    if not history:
        raise checks.InputError(
            f"{str(run.file(run.HISTORY))!r} does not exist, so the training cannot be reported; restore it")
    metrics = _evaluate(run, vae, dataset, means, history)
    files.write_text(run.file(run.METRICS), json.dumps(metrics, indent=2) + "\n")
    log("Drawing")
    for note in glyphs.note([*(dataset.class_names or ()), *(dataset.columns or ())], "index.html lists the names"):
        log(f"Note: {note}")
    figures = draw(vae, dataset, means, history, metrics, run.recipe.seed)
    pictures = {name: figure.png() for name, figure in progress.steps("Drawing", figures.items(), len(figures))}
    for name, picture in pictures.items():
        with files.replacing(run.file(run.FIGURES) / f"{name}.png") as file:
            file.write_bytes(picture)
    files.write_text(run.file(run.REPORT), page(run, vae, dataset, metrics, figures, pictures))


def _evaluate(run: Run, vae: VAE, dataset: Dataset, means: np.ndarray,
              history: dict[str, np.ndarray]) -> dict[str, Any]:
    """Return the content of ``metrics.json``."""
    train, test, seed = dataset.train, dataset.test, run.recipe.seed
    condition = condition_of(vae, test)
    metrics = {"format_version": FORMAT_VERSION, "test": likelihood(vae, test.x, seed, condition=condition),
               "latent": latent(vae, test.x, means, seed, condition=condition)}
    if any(piece.choices for piece in vae.shapes.layout):
        used = vae.codes(test.x, condition=condition)
        named = {} if test.y is None or vae.shapes.positions else {"majority": discrete.majority(used[:, 0], test.y)}
        metrics["codes"] = discrete.usage(discrete.counts(vae, used)) | named
    if train.y is not None and test.y is not None:
        codes = vae.encode(train.x, condition=condition_of(vae, train))
        metrics["classes"] = classes(codes, train.y, means, test.y, dataset.class_names, vae.shapes.layout)
    metrics["parameters"] = vae.count_params()
    metrics["formula"] = vae.objective.formula()
    if run.recipe.patience:
        best = patience_of(run, vae, len(train)).best
        metrics["epochs"] = {"best": best, "trained": len(history["epoch"])}
    evidence = collect(vae, dataset, history, metrics, seed=seed)
    metrics["diagnosis"] = [finding.to_json() for finding in diagnosis(evidence)]
    return metrics
