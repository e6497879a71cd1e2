"""Draw or write new items."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zukan import checks, plots
from zukan.commands import output
from zukan.data.conditions import LABEL, Condition
from zukan.evaluation.condition import condition_of
from zukan.objectives import Reconstruction
from zukan.priors import priors
from zukan.runs import Run
from zukan.runs.data import condition as fitted_condition
from zukan.runs.data import features, reload


def sample(path: str | Path, out: str | Path, *, count: int = 64, prior: Any = None, condition: Any = None,
           draw: bool | None = None, seed: int = 0, log: Callable[[str], None] = lambda _: None) -> None:
    """Decode samples of the prior, and draw them or write them to a table.

    Parameters
    ----------
    path : path
        The run folder.
    out : path
        A picture (``.png``, ``.gif``), or a table (``.csv``, ``.npz``, ``.parquet``) in the units of the data,
        with the condition of each item if the run has one.
    count : int
        Number of items.
    prior : str, mapping or Prior, optional
        Fit this prior to the codes of the training items, and sample from it instead of the run's own
        (`zukan.VAE.fit_prior`). The run stays as it is.
    condition : str, int, mapping or sequence of str, optional
        The condition of all items. For a run with the condition "label", the label of the class; by default all classes
        in turn. For a run with columns as its condition, their values by name, or as text like ``"age=40"``; the
        columns that are left out take the values of training items, drawn at random.
    draw : bool, optional
        Draw each item from p(x|z) instead of taking its mean. By default for tables only.
    seed : int
        Seed of the samples.
    log : callable
        Called with a line of text on the prior.

    Raises
    ------
    zukan.InputError
        If the run is not finished, or has no such condition.
    """
    out = Path(out)
    run = Run.open(path)
    output.check_ending(out, output.TABLES + output.PICTURES)
    model = run.model
    columns = _conditions(run, condition, checks.integer("count", count), seed)
    fitted = fitted_condition(run)
    rows = None if fitted is None else fitted.encode(columns)
    if prior is not None:
        model = _refitted(run, prior, log)
    elif isinstance(model.objective, Reconstruction):
        log("Note: the prior had no part in this training, so samples from it need not look like the data")
    _, schema = features(run)
    x = model.sample(count, condition=rows, draw=schema is not None if draw is None else draw, seed=seed)
    output.write_items(out, run, x, picture=lambda: plots.samples(x), animation=lambda: plots.gif(x),
                       condition=columns)


def _refitted(run: Run, prior: Any, log: Callable[[str], None]) -> Any:
    """Return the run's model with another prior, fitted to the codes of the run's training items."""
    train = reload(run).train
    log(f"Fitting the prior to the codes of {len(train.x):,} training items")
    return run.model.fit_prior(train.x, priors.make(prior), condition=condition_of(run.model, train))


def _conditions(run: Run, condition: Any, count: int, seed: int) -> dict[str, np.ndarray]:
    """Return the columns of the condition of each item; none if the run has no condition."""
    fitted = fitted_condition(run)
    if fitted is None:
        if condition is not None:
            raise checks.InputError(
                f"condition must be left out, since run {str(run.path)!r} was trained without one, got "
                f"{checks.show(condition)}; train with --condition label, for example")
        return {}
    values = _values(fitted, condition)
    if fitted.names == [LABEL] and not values:
        return {LABEL: np.resize(np.array(fitted.fields[0].classes), count)}
    drawn: dict[str, np.ndarray] = {}
    if len(values) < len(fitted.fields):
        known = condition_of(run.model, reload(run).train)
        drawn = fitted.decode(known[np.random.default_rng(seed).integers(len(known), size=count)])
    return {field.name: field.read(values[field.name], count) if field.name in values else drawn[field.name]
            for field in fitted.fields}


def _values(fitted: Condition, condition: Any) -> dict[str, Any]:
    """Return the values that the user gives, by column."""
    if condition is None:
        return {}
    if isinstance(condition, Mapping):
        values = dict(condition)
    elif fitted.names == [LABEL]:
        words = [condition] if isinstance(condition, (str, int, np.integer)) else list(condition)
        if len(words) != 1:
            raise checks.InputError(f"condition must be one class, got {checks.show(condition)}; give its label")
        values = {LABEL: words[0]}
    else:
        values = {}
        for word in [condition] if isinstance(condition, str) else list(condition):
            name, is_pair, value = str(word).partition("=")
            if not is_pair:
                raise checks.InputError(f"condition must be a column and its value, got {checks.show(word)}; give "
                                        f"{fitted.names[0]}=VALUE, for example")
            values[name.strip()] = value.strip()
    for name in values:
        checks.choice("a column of condition", name, fitted.names)
    return values
