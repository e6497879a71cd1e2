"""Several runs side by side: what their recipes differ in, their results, and their curves."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from markupsafe import Markup

from zukan import checks, files
from zukan.plots import Display
from zukan.plots.curves import curves
from zukan.plots.rate_distortion import rate_distortion
from zukan.report import formatting
from zukan.report.rendering import render
from zukan.runs import Run
from zukan.training.inline import inline

MISSING = "–"
Column = tuple[str, str, Callable[[Mapping[str, Any]], Any], Callable[[Any], str]]


def _two(value: float) -> str:
    return f"{value:.2f}"


def _three(value: float) -> str:
    return f"{value:.3f}"


# The columns of results: a name, what it means, where the number is, and how it is written. A run without it has "–".
COLUMNS: tuple[Column, ...] = (
    ("test −ELBO", "nats per item; lower is better", lambda run: -run["test"]["elbo"], _two),
    ("bound", "importance-weighted bound on −log p(x), in nats per item", lambda run: -run["test"]["bound"], _two),
    ("evaluated bound", "the same by zukan evaluate, on all test items with more draws",
     lambda run: -run["evaluation"]["bound"]["bound"], _two),
    ("bits per dimension", "the bound in bits for each value", lambda run: run["test"]["bits_per_dimension"], _three),
    ("reconstruction", "nats per item", lambda run: run["test"]["reconstruction"], _two),
    ("KL", "nats per item", lambda run: run["test"]["kl"], _two),
    ("active units", "latent variables that vary", lambda run: run["latent"]["active_units"], str),
    ("k-NN accuracy", "of neighbors in the latent space", lambda run: run["classes"]["knn_accuracy"], _three),
    ("problems", "of the diagnosis", lambda run: sum(finding["severity"] == "problem" for finding in run["diagnosis"]),
     str),
    ("epochs", "trained", lambda run: len(run["history"]["epoch"]), str),
    ("minutes", "of training", lambda run: float(run["history"]["seconds"].sum()) / 60.0, lambda value: f"{value:.1f}"),
    ("parameters", "weights of the model", lambda run: run["parameters"], formatting.count),
)


class _Data(NamedTuple):
    """The test items of a run: gray levels, their zeros and ones, and scaled values have costs of different kinds."""

    fingerprint: str
    binarized: bool
    scaling: str


@dataclass(frozen=True)
class Comparison:
    """Finished runs, compared: a display in notebooks, and a page that contains all it shows.

    Attributes
    ----------
    runs : sequence of Run
        Those on the same data, binarized and scaled in the same way, stand together, the best −ELBO first; without an
        ELBO, the best reconstruction.
    """

    runs: Sequence[Run]

    @property
    def differing(self) -> list[str]:
        """The names of the recipe fields in which the runs differ."""
        return self.differing_in(range(len(self.runs)))

    def differing_in(self, numbers: Sequence[int]) -> list[str]:
        """Return the names of the recipe fields in which the runs with these numbers differ."""
        recipes = [self.runs[i].recipe for i in numbers]
        return [field.name for field in recipes[0].fields()
                if any(getattr(recipe, field.name) != getattr(recipes[0], field.name) for recipe in recipes)]

    @cached_property
    def results(self) -> tuple[list[str], list[list[str]]]:
        """The names of the columns of results, and a row of texts for each run."""
        columns = [(name, write) for name, _, get, write in COLUMNS
                   if any(value is not None for value in self._values(get))]
        getters = {name: get for name, _, get, _ in COLUMNS}
        texts = [[MISSING if value is None else write(value) for value in self._values(getters[name])]
                 for name, write in columns]
        return [name for name, _ in columns], [list(row) for row in zip(*texts, strict=True)]

    @property
    def recipes(self) -> list[list[str]]:
        """For each run, the values of the fields in `differing`."""
        return [self.values(run, self.differing) for run in self.runs]

    def values(self, run: Run, names: Sequence[str]) -> list[str]:
        """Return the values of these fields of a run's recipe as text."""
        return [_text(getattr(run.recipe, name)) for name in names]

    @property
    def names(self) -> list[str]:
        """What each run is called: its folder as it was given."""
        return [str(run.path) for run in self.runs]

    @property
    def groups(self) -> dict[str, list[int]]:
        """The numbers of the runs by the data that they were trained on, binarized and scaled in the same way."""
        groups: dict[_Data, list[int]] = {}
        for i, run in enumerate(self.runs):
            groups.setdefault(_data(run), []).append(i)
        names = [_called(Path(self.runs[numbers[0]].recipe.data).name, data) for data, numbers in groups.items()]
        return {name if names.count(name) == 1 else f"{name} ({data.fingerprint[:8]}, scaling {data.scaling})": numbers
                for name, (data, numbers) in zip(names, groups.items(), strict=True)}

    def figure(self, numbers: Sequence[int] | None = None) -> Display:
        """Return the overlaid curves of the runs with these numbers, by default of all."""
        chosen = range(len(self.runs)) if numbers is None else numbers
        return curves({self.names[i]: self.runs[i].history for i in chosen})

    def trade(self, numbers: Sequence[int]) -> Display | None:
        """Return rate and distortion of the runs with these numbers; None if fewer than two have an ELBO."""
        tests = {self.names[i]: self.runs[i].metrics["test"] for i in numbers}
        points = {name: (test["kl"], test["reconstruction"]) for name, test in tests.items() if "elbo" in test}
        return rate_distortion(points) if len(points) > 1 else None

    def save(self, path: str | Path) -> Path:
        """Write the comparison as one page (``.html``) with links to the reports of the runs.

        Raises
        ------
        zukan.InputError
            If the ending is not ``.html``, or the file cannot be written.
        """
        path = Path(path)
        checks.choice("the ending of the output file", path.suffix.lower(), (".html",))
        files.write_text(path, self.html(path.parent))
        return path

    def html(self, folder: str | Path = ".") -> str:
        """Return the page; its links to reports are relative to ``folder``."""
        script = resources.files("zukan.report").joinpath("sorting.js").read_text("utf-8")
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        columns, results = self.results
        meanings = {name: meaning for name, meaning, _, _ in COLUMNS}
        links = [quote(os.path.relpath(run.file(run.REPORT).resolve(), Path(folder).resolve()).replace(os.sep, "/"))
                 for run in self.runs]
        groups = [self._group(name, numbers) for name, numbers in self.groups.items()]
        return render("comparison.html", groups=groups, names=self.names, columns=columns, meanings=meanings,
                      results=results, links=links, digest=digest, script=Markup(script))  # noqa: S704 our own file

    def _group(self, name: str, numbers: Sequence[int]) -> dict[str, Any]:
        """Return what the page shows of the runs on one data set."""
        figure, trade, differing = self.figure(numbers), self.trade(numbers), self.differing_in(numbers)
        return {"name": name, "numbers": numbers, "differing": differing,
                "recipes": {i: self.values(self.runs[i], differing) for i in numbers},
                "png": base64.b64encode(figure.png()).decode(), "term": figure.numbers["term"],
                "trade": trade and base64.b64encode(trade.png()).decode()}

    def _repr_html_(self) -> str:
        """Return the page in a frame, so that its style stays its own."""
        page = str(Markup.escape(self.html()))
        return f'<iframe srcdoc="{page}" style="width:100%;height:40rem;border:0"></iframe>'

    def _repr_png_(self) -> bytes:
        return self.figure().png()

    def __str__(self) -> str:
        columns, rows = self.results
        lines = [["run", *columns], *([name, *row] for name, row in zip(self.names, rows, strict=True))]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)

    def _values(self, get: Callable[[Mapping[str, Any]], Any]) -> list[Any]:
        return [_value(content, get) for content in self._contents]

    @cached_property
    def _contents(self) -> list[dict[str, Any]]:
        """What the columns read, for each run."""
        return [content(run) for run in self.runs]


def content(run: Run) -> dict[str, Any]:
    """Return the numbers of a run: ``metrics.json``, with the ``history`` and the ``evaluation``."""
    return {**run.metrics, "history": run.history, "evaluation": run.evaluation}


def order(run: Run) -> tuple[_Data, float]:
    """Return the key by which runs are sorted: their data, then −ELBO or the reconstruction error."""
    test = run.metrics["test"]
    return _data(run), -test["elbo"] if "elbo" in test else test["reconstruction"]


def _data(run: Run) -> _Data:
    """Return what must be the same for two runs whose costs are compared."""
    data = run.environment.get("data", {})
    data = data if isinstance(data, dict) else {}
    return _Data(str(data.get("sha256", run.recipe.data)), run.recipe.binarize != "none",
                 str(data.get("scaling", run.recipe.scaling)))


def _called(name: str, data: _Data) -> str:
    return f"{name}, binarized" if data.binarized else name


def _text(value: Any) -> str:
    """Return the value of a field as it is typed, or `MISSING`."""
    return MISSING if value is None else value if isinstance(value, str) else inline(value)


def _value(numbers: Mapping[str, Any], get: Callable[[Mapping[str, Any]], Any]) -> Any:
    try:
        return get(numbers)
    except (KeyError, TypeError):
        return None
