"""Draw or write new items."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zukan import checks, plots
from zukan.commands import output
from zukan.data.conditions import LABEL, Condition
from zukan.data.tables.schema import Schema
from zukan.evaluation.condition import condition_of
from zukan.model import VAE
from zukan.objectives import Reconstruction
from zukan.runs import Run
from zukan.runs.data import condition as fitted_condition
from zukan.runs.data import features, reload
from zukan.runs.tables import draw as draw_rows
from zukan.runs.tables import partial_rows, refitted, schema_of

POOL, POOLS = 10_000, 100_000  # draws from the prior among which those that agree with given values are picked
FEW = 100  # effective draws below which the user is told


def sample(path: str | Path, out: str | Path | None = None, *, count: int | None = None, prior: Any = None,
           condition: Any = None, where: Any = None, like: Any = None, draw: bool | None = None, seed: int = 0,
           log: Callable[[str], None] = lambda _: None) -> Any:
    """Decode samples of the prior, and draw them or write them to a table.

    Parameters
    ----------
    path : path
        The run folder.
    out : path, optional
        A picture (``.png``, ``.gif``), or a table (``.csv``, ``.npz``, ``.parquet``) in the units of the data,
        with the condition of each item if the run has one. Without it, the rows of a table are returned.
    count : int, optional
        Number of items; by default 64, or the number of rows in ``like``.
    prior : str, mapping or Prior, optional
        Fit this prior to the codes of the training items, and sample from it (`zukan.VAE.fit_prior`). The run stays as
        it is. By default the run's own prior; for a table with the prior "normal", a mixture is fitted.
    condition : str, int, mapping or sequence of str, optional
        The condition of all items. For a run with the condition "label", the label of the class; by default all classes
        in turn. For a run with columns as its condition, their values by name, or as text like ``"age=40"``; the
        columns that are left out take the values of training items, drawn at random.
    where : mapping or sequence of str, optional
        Values that all rows of a table must have: ``{"sex": "Female"}`` or ``["sex=Female"]``. The other columns are
        drawn given these (`zukan.VAE.complete`).
    like : str, path or table, optional
        Rows of which some columns or cells are missing: each is completed with the others drawn given what is there.
    draw : bool, optional
        Draw each item from p(x|z) instead of taking its mean. By default for tables only.
    seed : int
        Seed of the samples.
    log : callable
        Called with a line of text on the prior.

    Returns
    -------
    table or None
        Without ``out``, a table of the library that the run was trained with; pandas for a file, if it is installed.

    Raises
    ------
    zukan.InputError
        If the run is not finished, or has no such condition or column.
    """
    run, target = Run.open(path), None if out is None else Path(out)
    if target is not None:
        output.check_ending(target, output.TABLES + output.PICTURES)
    schema, is_picture = features(run)[1], target is not None and target.suffix.lower() in output.PICTURES
    if schema is None or is_picture or draw is False:
        if where is not None or like is not None:
            schema_of(run)  # raises if the run was not trained on a table
            raise checks.InputError("where and like need rows that are drawn into a table, got "
                                    f"{'draw=False' if draw is False else repr(str(target))}; write a .csv, .npz or "
                                    ".parquet file, without --no-draw")
        if target is None:
            raise checks.InputError("out must name a file, unless the rows of a table are drawn, got None; give a .png "
                                    "or .npz file")
        _sample_items(run, target, 64 if count is None else count, prior, condition, draw=draw, seed=seed, log=log)
        return None
    given = _given(run, where, like, log)
    if given is not None:
        _check_condition(run, condition)
    model = refitted(run, prior, log)
    if given is None:
        n = checks.integer("count", 64 if count is None else count)
        columns = _conditions(run, condition, n, seed)
        tables = _free(run, model, schema, columns, n, seed)
    else:
        size = len(given.split.x)
        n = checks.integer("count", count if count is not None else size if size > 1 else 64)
        columns = {name: np.repeat(values, n) for name, values in _conditions(run, condition, 1, seed).items()}
        tables = _completed(run, model, schema, given, columns, n, seed, log)
    if target is None:
        return output.joined(tables, schema)
    output.write_tables(target, tables, schema, columns)
    return None


def _free(run: Run, model: VAE, schema: Schema, columns: Mapping[str, np.ndarray], n: int, seed: int) -> Iterator[Any]:
    """Yield new rows as tables, with the columns of the condition, if the run has one."""
    fitted, start = fitted_condition(run), 0
    rows = None if fitted is None else fitted.encode(dict(columns))
    for x in draw_rows(model, n, seed, rows):
        piece = slice(start, start + len(x))
        start = piece.stop
        yield output.with_columns(run, schema.decode(schema.tidy(schema.unscale(x))),
                                  {name: values[piece] for name, values in columns.items()})


def _given(run: Run, where: Any, like: Any, log: Callable[[str], None]) -> Any:
    """Return rows of which only some cells are there, or None if none are given."""
    if where is None and like is None:
        return None
    if where is not None and like is not None:
        raise checks.InputError("where and like must not both be given; put the values of where into the rows of like")
    if like is not None:
        given = partial_rows(run, like)
        for note in given.notes:
            log(note)
        return given
    values, schema = _pairs("where", where), schema_of(run)
    for name, value in values.items():
        checks.choice("a column of where", name, schema.names)
        column = schema.columns[schema.names.index(name)]
        if str(value) == "":
            raise checks.InputError(f"where must give a value of {name!r}, got none; give {name}=VALUE")
        if column.kind == "category":
            checks.choice(f"where {name}", str(value), column.levels)
    return partial_rows(run, {name: [value] for name, value in values.items()})


def _check_condition(run: Run, condition: Any) -> None:
    """Raise `checks.InputError` unless rows that are completed have one condition, if the run has any."""
    fitted = fitted_condition(run)
    missing = [] if fitted is None else [name for name in fitted.names if name not in _values(fitted, condition)]
    if missing:
        raise checks.InputError(
            f"where and like need the condition of the rows, since run {str(run.path)!r} was trained with one, got no "
            f"{checks.listed(map(repr, missing))}; give --condition, once for each")


def _completed(run: Run, model: VAE, schema: Schema, given: Any, columns: Mapping[str, np.ndarray], n: int, seed: int,
               log: Callable[[str], None]) -> Iterator[Any]:
    """Yield ``n`` rows that agree with the given ones, each completed equally often."""
    x, raw = given.split.x, np.asarray(given.raw[:])
    draws, fitted = -(-n // len(x)), fitted_condition(run)
    one = None if fitted is None else fitted.encode({name: values[:1] for name, values in columns.items()})
    result = model.complete(x, condition=one, draws=draws, seed=seed, pool=min(max(POOL, 20 * draws), POOLS))
    if result.effective.min() < FEW:
        log(f"Note: only the equivalent of {result.effective.min():.0f} draws from the prior agree with the given "
            "values of a row, so its completions are alike")
    rows = result.x.reshape(-1, len(schema))[:n]
    known = np.tile(raw, (draws, 1))[:n]
    values = np.where(np.isnan(known), schema.tidy(schema.unscale(rows)), known)
    yield output.with_columns(run, schema.decode(values), columns)


def _sample_items(run: Run, out: Path, count: int, prior: Any, condition: Any, *, draw: bool | None, seed: int,
                  log: Callable[[str], None]) -> None:
    """Write items of any kind of run as a picture or a table."""
    columns = _conditions(run, condition, checks.integer("count", count), seed)
    fitted = fitted_condition(run)
    rows = None if fitted is None else fitted.encode(columns)
    model = run.model
    if prior is not None:
        model = refitted(run, prior, log)
    elif isinstance(model.objective, Reconstruction):
        log("Note: the prior had no part in this training, so samples from it need not look like the data")
    is_table = features(run)[1] is not None
    x = model.sample(count, condition=rows, draw=is_table if draw is None else draw, seed=seed, as_frame=False)
    output.write_items(out, run, x, picture=lambda: plots.samples(x), animation=lambda: plots.gif(x),
                       condition=columns)


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
    if fitted.names == [LABEL] and not isinstance(condition, Mapping):
        words = [condition] if isinstance(condition, (str, int, np.integer)) else list(condition)
        if len(words) != 1:
            raise checks.InputError(f"condition must be one class, got {checks.show(condition)}; give its label")
        values = {LABEL: words[0]}
    else:
        values = _pairs("condition", condition, fitted.names[0])
    for name in values:
        checks.choice("a column of condition", name, fitted.names)
    return values


def _pairs(argument: str, given: Any, example: str = "sex") -> dict[str, Any]:
    """Return the values by column that ``given`` says, as a mapping or as text like ``"age=40"``."""
    if isinstance(given, Mapping):
        return dict(given)
    values = {}
    words: Iterable[Any] = [given] if isinstance(given, str) else list(given)
    for word in words:
        name, is_pair, value = str(word).partition("=")
        if not is_pair:
            raise checks.InputError(f"{argument} must be a column and its value, got {checks.show(word)}; give "
                                    f"{example}=VALUE, for example")
        if name.strip() in values:
            raise checks.InputError(f"{argument} must give one value for each column, got {name.strip()!r} twice; "
                                    "remove one of them")
        values[name.strip()] = value.strip()
    return values
