"""The report as one HTML page that contains its figures, loads nothing and has no scripts."""

from __future__ import annotations

import base64
import math
import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from markupsafe import Markup, escape
from matplotlib.colors import to_hex

from zukan import likelihoods, objectives, posteriors, priors
from zukan.data import Dataset
from zukan.evaluation.diagnosis import Finding
from zukan.evaluation.readable import Row
from zukan.model import VAE
from zukan.plots import Display, glyphs, style
from zukan.plots.rate_distortion import rate_distortion
from zukan.report import captions, formatting, tables
from zukan.report.rendering import render
from zukan.report.summary import Summary
from zukan.runs import Run
from zukan.runs import sections as evaluated
from zukan.streamed import slices
from zukan.training.recipe import Recipe

SECTIONS = {"map": ("map", "grid", "pca", "codebook", "codes", "variables", "activity", "traversals"),
            "images": ("reconstructions", "morph", "samples", "layers", "styles"),
            "table": tuple(tables.CAPTIONS),
            "classes": ("confusion", "between"), "training": ("loss",)}
CSS_PIXELS = 96 / 160  # per pixel of a figure, which is drawn with 160 dots per inch
WIDE, STRIP = 760, 2.2  # CSS pixels, and width / height: larger figures have their caption below instead of at the side
LISTED = 40  # names in a row of the table of the environment
MAX_CLASSES = 20  # rows of the table of classes at most


def page(run: Run, vae: VAE, dataset: Dataset, metrics: Mapping[str, Any], figures: Mapping[str, Display],
         pictures: Mapping[str, bytes] | None = None) -> str:
    """Return the report of a run as HTML.

    Parameters
    ----------
    run : Run
        Its recipe, history and environment are shown.
    vae : VAE
    dataset : Dataset
    metrics : mapping
        As in ``metrics.json``.
    figures : mapping of Display
        As returned by `zukan.report.draw`.
    pictures : mapping of bytes, optional
        The figures as PNG, if they are rendered already.
    """
    pictures = {name: figure.png() for name, figure in figures.items()} if pictures is None else pictures
    points = figures["map"].numbers["points"] if "map" in figures else None
    summary = Summary(run.recipe, run.history, dataset, metrics, vae, points)
    name, has_name = run.path.resolve().name, run.recipe.data != run.DATA
    items = formatting.plural(len(dataset.train), summary.noun)
    return render(
        "template.html",
        run=summary, metrics=metrics, sections=_sections(figures, pictures, summary), name=name,
        findings=_findings(metrics),
        title=dataset.name if has_name else name, parameters=vae.count_params(),
        recipe=_recipe(run.recipe), data=_data(dataset, vae), environment=_environment(run.environment),
        training_data=f"{items} of {dataset.name}" if has_name else f"{items} from arrays",
        likelihood=_likelihood(vae), closed_form_kl=_has_closed_form_kl(vae),
        whole_free_bits=_whole_free_bits(vae, metrics),
        classes=_classes(summary), evaluation=_evaluation(run.evaluation),
        path=repr(str(run.path)), shell_path=shlex.quote(str(run.path)),
        formula=_formula(metrics["formula"]), time=_time(summary))


def _findings(metrics: Mapping[str, Any]) -> dict[str, list[Finding]]:
    """Return the findings of the diagnosis: those to act on, and those that are fine."""
    findings = [Finding.from_json(values) for values in metrics["diagnosis"]]
    return {"open": [finding for finding in findings if finding.severity != "fine"],
            "fine": [finding for finding in findings if finding.severity == "fine"]}


def _sections(figures: Mapping[str, Display], pictures: Mapping[str, bytes],
              summary: Summary) -> dict[str, list[dict[str, Any]]]:
    """Return the figures of each section, numbered in the order of the page."""
    sections: dict[str, list[dict[str, Any]]] = {}
    number = 0
    for section, names in SECTIONS.items():
        sections[section] = []
        for name in names:
            if name in figures:
                number += 1
                sections[section].append(_figure(name, number, figures[name], pictures[name], summary))
    return sections


def _figure(name: str, number: int, figure: Display, png: bytes, summary: Summary) -> dict[str, Any]:
    title, caption = captions.title_and_caption(name, figure, summary)
    width, height = (round(int.from_bytes(png[at : at + 4]) * CSS_PIXELS) for at in (16, 20))  # from the PNG header
    return {"id": name, "number": number, "title": title, "caption": caption, "width": width, "height": height,
            "legend": _legend(figure.numbers.get("class_names", ())),
            "wide": width > WIDE or width > STRIP * height, "strip": width > STRIP * height,
            "png": base64.b64encode(png).decode()}


def _legend(names: Sequence[str]) -> list[tuple[str, str]]:
    """Return the colors and names of the classes, if the figure cannot show their characters."""
    if not glyphs.missing(names):
        return []
    colors = style.class_colors(len(names))
    return [(to_hex(colors(i)), name) for i, name in enumerate(names)]


def _recipe(recipe: Recipe) -> list[dict[str, Any]]:
    """Return the name, the value, the meaning and, if it differs, the default of each field."""
    values = vars(recipe)
    return [{"name": field.name, "value": _value(values[field.name]), "help": field.metadata["help"],
             "default": None if values[field.name] == field.default else _value(field.default)}
            for field in recipe.fields()]


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        inner = ", ".join(f"{key} = {_value(part)}" for key, part in value.items() if key != "name")
        return f"{value.get('name', '')}{f' ({inner})' if inner else ''}"
    return "not set" if value in (None, "") else f"{value:.4g}" if isinstance(value, float) else str(value)


def _likelihood(vae: VAE) -> str:
    """Return the name of a likelihood that the page explains, or ""."""
    known = {"bernoulli": likelihoods.Bernoulli, "normal": likelihoods.Normal}
    return next((name for name, kind in known.items() if isinstance(vae.likelihood, kind)), "")


def _has_closed_form_kl(vae: VAE) -> bool:
    """Return whether the KL is the one to a standard normal distribution, whose formula the page shows."""
    return isinstance(vae.posterior, posteriors.Normal) and isinstance(vae.prior, priors.Normal)


def _whole_free_bits(vae: VAE, metrics: Mapping[str, Any]) -> float:
    """Return the free bits of the whole KL in nats, if it does not split into dimensions; otherwise 0."""
    if not isinstance(vae.objective, objectives.ELBO) or metrics["latent"]["kl_per_dimension"] is not None:
        return 0.0
    return vae.objective.free_bits * len(metrics["latent"]["variables"])


def _data(dataset: Dataset, vae: VAE) -> list[tuple[str, str]]:
    values = "{:g} to {:g}".format(*dataset.value_range).replace("-", "\N{MINUS SIGN}")
    return [("name", dataset.name), ("training items", formatting.count(len(dataset.train))),
            ("test items", formatting.count(len(dataset.test))), ("values", values), *_missing(dataset, vae),
            *((key, str(value)) for key, value in dataset.provenance.items()),
            *(("left out", group.sentence().removeprefix("left out ")) for group in dataset.account.left_out)]


def _missing(dataset: Dataset, vae: VAE) -> list[tuple[str, str]]:
    """Return the share of missing values, if the model allows any."""
    if not vae.missing:
        return []
    absent = [int(np.isnan(split.x[piece]).sum()) for split in (dataset.train, dataset.test)
              for piece in slices(split.x)]
    size = (len(dataset.train) + len(dataset.test)) * math.prod(dataset.event_shape)
    return [("missing values", formatting.percent(sum(absent) / size))]


def _environment(environment: Mapping[str, Any]) -> list[tuple[str, str]]:
    rows = [(key, formatting.listing([str(part) for part in value], LISTED) if isinstance(value, list) else str(value))
            for key, value in environment.items()
            if value not in (None, []) and not isinstance(value, Mapping) and key != "format_version"]
    return rows + list(environment.get("packages", {}).items())


def _classes(summary: Summary) -> list[dict[str, Any]]:
    """Return one row per class; of many classes, only those with the lowest recall."""
    if summary.classes is None:
        return []
    names, recall = summary.classes["names"], summary.classes["recall"]
    rows = [{"name": names[i], "items": int(items), "recall": recall[i] if items else None,
             "other": (names[other], float(errors / items)) if errors else None}
            for i, (items, other, errors) in enumerate(zip(summary.sizes, *summary.confusion.most_frequent_errors(),
                                                           strict=True))]
    if len(rows) <= MAX_CLASSES:
        return rows
    return sorted((row for row in rows if row["items"]), key=lambda row: float(row["recall"]))[:MAX_CLASSES]


def _evaluation(result: Mapping[str, Any]) -> list[tuple[str, list[Row], str | None]]:
    """Return the title, the rows and the figure, if there is one, of each section that `zukan.evaluate` measured."""
    return [(section.title, section.read(result[name]), _trade(result[name]) if name == "rate_distortion" else None)
            for name, section in evaluated.SECTIONS.items() if name in result]


def _trade(numbers: Mapping[str, Any] | str) -> str | None:
    """Return the figure of rate and distortion, if the curve of the decoder was measured."""
    curve = None if isinstance(numbers, str) else numbers.get("curve")
    if curve is None:
        return None
    figure = rate_distortion({"this model": (curve["model_rate"], curve["model_distortion"])},
                             np.column_stack([curve["rate"], curve["distortion"]]))
    return base64.b64encode(figure.png()).decode()


def _formula(formula: str) -> Markup:
    """Return the formula as HTML with its subscripts."""
    return Markup(re.sub(r"_(\w)", r"<sub>\1</sub>", str(escape(formula))))  # noqa: S704 escaped


def _time(summary: Summary) -> str:
    seconds = summary.history["seconds"]
    median = float(np.median(seconds))
    speed = formatting.count(len(summary.dataset.train) / max(median, 1e-9))
    return (f"{formatting.plural(summary.epochs, 'epoch')} took {formatting.duration(float(seconds.sum()))}. The "
            f"median epoch took {median:.2f} seconds, including its test: {speed} {summary.noun}s per second.")
