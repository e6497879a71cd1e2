"""Parameters that commands share, and options made from the fields of the recipe.

A field's name, default and help text are declared once, in the recipe.
"""

from __future__ import annotations

import contextlib
import dataclasses
import tomllib
import typing
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypedDict

from cyclopts import Parameter
from rich.console import Console

from zukan import backend, checks, plugins, processes, progress
from zukan.cli.printing import make_console
from zukan.data.options import Options
from zukan.training.recipe import ENDS, Recipe


def _whole_number(_: Any, tokens: Any) -> int:
    """Read a whole number; the default converter would round 1.5 to 2."""
    try:
        return int(tokens[0].value)
    except ValueError:
        raise ValueError(f"must be a whole number, got {tokens[0].value!r}") from None


def _devices(_: Any, tokens: Any) -> int | str:
    """Read "all", or a whole number."""
    value = tokens[0].value
    if value != "all" and not value.isdecimal():
        raise ValueError(f"must be a whole number or all, got {value!r}")
    return value if value == "all" else int(value)


Whole = Annotated[int, Parameter(converter=_whole_number)]
Seed = Annotated[Whole, Parameter(help="Seed of the random samples.")]
_OUT = Parameter(name=["--out", "-o"])
Out = Annotated[Path, _OUT]
OutIfGiven = Annotated[Path | None, _OUT]
RunFolder = Annotated[Path, Parameter(name="RUN", help="A run folder that zukan train wrote.")]
RunFolderOrDemo = Annotated[Path | None, Parameter(
    name="RUN", help="A run folder that zukan train wrote; with --demo, the name of a run that is part of zukan.")]
OtherRun = Annotated[Path | None, Parameter(
    name="OTHER", help="Another run on the same data, whose map is shown beside, linked item by item.")]
Devices = Annotated[int | str | None, Parameter(converter=_devices, help=(
    "Number of devices that share the work, or all. [default: 1; all for several models]"))]
Data = Annotated[str, Parameter(name="DATA", help=(
    "A built-in data set (mnist, shapes, fashion_mnist, cifar10, cifar100); a folder, zip or tar of images; a .npy, "
    ".npz or IDX file; or a table: .csv and its kin, .jsonl, .parquet or .xlsx."))]
Plugins = Annotated[list[Path] | None, Parameter(name="--plugin", help=(
    "A Python file that registers parts of your own. It is imported, so it can do anything; repeat for several."))]


class ProcessOptions(TypedDict, total=False):
    """Which of several processes this is."""

    processes: Annotated[Whole, Parameter(help=(
        "Number of processes that run this command together, on one machine or many; all must see the same files. "
        "[default: as many as SLURM or MPI started, or 1]"))]
    process_id: Annotated[Whole, Parameter(help="Which of the processes this is, from 0.")]
    coordinator: Annotated[str, Parameter(help="HOST:PORT with a free port of the machine of process 0.")]


Processes = Annotated[ProcessOptions | None, Parameter(name="*")]
Conditions = Annotated[list[str] | None, Parameter(negative="")]
DataOrTestItems = Annotated[str | None, Parameter(
    name="DATA", help="As for zukan train. [default: the test items of the run]")]
DataOrRunData = Annotated[str | None, Parameter(name="DATA", help="As for zukan train. [default: the data of the run]")]


def _option(field: dataclasses.Field[Any], kind: Any) -> Any:
    """Return the annotation of the command line option for a field of type ``kind``."""
    choices = [choice for choice in typing.get_args(kind) or (kind,) if choice is not type(None)]
    parsed = {int: Whole, Any: str}.get(choices[0], choices[0])  # Any: a part, as a name or a table
    text = field.metadata["help"]
    if field.default not in (None, ""):
        default = f"{field.default:.4g}" if isinstance(field.default, float) else field.default
        text += f" [default: {default}]"
    return Annotated[parsed, Parameter(help=text)]


_TYPES = typing.get_type_hints(Recipe)
_OPTIONS = {field.name: _option(field, _TYPES[field.name]) for field in Recipe.fields() if field.name != "data"}
_READING = {field.name for field in dataclasses.fields(Options)} | {"seed"}

RecipeOptions = TypedDict("RecipeOptions", _OPTIONS, total=False)  # type: ignore[misc]  # made at run time on purpose
SearchOptions = TypedDict(  # type: ignore[misc]
    "SearchOptions", {name: kind for name, kind in _OPTIONS.items() if name not in ENDS}, total=False)
ReadingOptions = TypedDict(  # type: ignore[misc]
    "ReadingOptions", {name: kind for name, kind in _OPTIONS.items() if name in _READING}, total=False)


def prepare(paths: Sequence[Path] | None) -> None:
    """Import Keras, and the files given by ``--plugin``."""
    backend.start()
    for path in paths or ():
        plugins.load_file(path)


@contextlib.contextmanager
def together(group: ProcessOptions | None, paths: Sequence[Path] | None, *, splits: bool = False) -> Iterator[Console]:
    """Prepare, join the other processes, and yield the console.

    Parameters
    ----------
    group
        The options of the processes.
    paths
        The files given by ``--plugin``.
    splits
        Whether the processes share the rows of computations.
    """
    with processes.joined(**(group or {}), splits=splits) as ours, contextlib.ExitStack() as silence:
        if not ours.is_first:
            silence.enter_context(progress.told_to(lambda *_: None))
        prepare(paths)
        yield make_console()


def recipe_values(arguments: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the given options as values for the recipe; ``{name="mlp", units=[512]}`` becomes a mapping."""
    return {name: _parse_table(name, value) for name, value in (arguments or {}).items()}


def parse_sweep(words: Sequence[str]) -> dict[str, list[float]]:
    """Return the values by field, from words like ``beta=0.5,1,2``."""
    sweep: dict[str, list[float]] = {}
    for word in words:
        field, _, numbers = word.partition("=")
        try:
            if field in sweep:
                raise ValueError("the field was given before")
            sweep[field] = [float(number) for number in numbers.split(",")]
        except ValueError as error:
            raise checks.InputError(
                f"sweep must be a field and its values, got {word!r} ({error}); write beta=0.5,1,2, for example"
            ) from error
    return sweep


def _parse_table(name: str, value: Any) -> Any:
    """Return a TOML table as a mapping, and any other value unchanged."""
    if not isinstance(value, str) or not value.startswith("{"):
        return value
    try:
        return tomllib.loads(f"part = {value}")["part"]
    except tomllib.TOMLDecodeError as error:
        raise checks.InputError(
            f"{name} must be a name or a TOML table, got {value!r} ({error}); write {{name=\"mlp\", units=[512]}}, for "
            "example") from error


def chosen_run(run: Path | None, *, demo: bool) -> Path:
    """Return the folder of the run: the given one, or with ``demo`` the one of that name that is part of zukan."""
    if demo:
        from zukan.runs import demos  # noqa: PLC0415

        return demos.demo(str(run) if run else next(iter(demos.DEMOS))).path
    if run is None:
        raise checks.InputError("RUN must be given, got none; name a run folder, or add --demo to explore one that is "
                                "part of zukan")
    return run
