"""The atlas as one HTML page: figures inside, nothing loaded from elsewhere, no script."""

from __future__ import annotations

import base64
import re
import shlex
from collections.abc import Mapping
from importlib import resources
from typing import Any

import jinja2
import numpy as np
from markupsafe import Markup, escape

from zukan.data import Dataset
from zukan.model import VAE
from zukan.plots import Display
from zukan.report import captions, words
from zukan.report.facts import Facts, name_of
from zukan.runs import Run
from zukan.training.recipe import Recipe

CHAPTERS = {"map": ("map", "grid", "pca", "activity", "traversals"), "images": ("reconstructions", "morph", "samples"),
            "classes": ("confusion", "between"), "training": ("loss",)}
CSS_PIXELS = 96 / 160  # of a figure's pixels: its size in inches, as drawn
BESIDE, STRIP = 760, 2.2  # a wider figure (CSS pixels), or one of that many times its height, has its caption below
CLASSES = 20  # rows of the table of classes


def page(run: Run, vae: VAE, dataset: Dataset, metrics: Mapping[str, Any], figures: Mapping[str, Display],
         pictures: Mapping[str, bytes] | None = None) -> str:
    """Return the page of a run as HTML.

    Parameters
    ----------
    run : Run
        Its recipe, history and environment are quoted.
    vae : VAE
    dataset : Dataset
    metrics : mapping
        As in ``metrics.json``.
    figures : mapping of Display
        As `zukan.report.draw` gives them.
    pictures : mapping of bytes, optional
        The figures as PNG, where they have been rendered already.
    """
    pictures = {name: figure.png() for name, figure in figures.items()} if pictures is None else pictures
    codes = figures["map"].numbers["points"] if "map" in figures else None
    facts = Facts(run.recipe, run.history, dataset, metrics, vae.latent_dim, codes)
    name, named = run.path.resolve().name, run.recipe.data != run.DATA
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
                                     lstrip_blocks=True)
    environment.filters |= {"count": words.count, "nats": words.decimal, "percent": words.percent}
    template = environment.from_string(resources.files("zukan.report").joinpath("template.html").read_text("utf-8"))
    return template.render(
        facts=facts, metrics=metrics, chapters=_chapters(figures, pictures, facts), name=name,
        title=dataset.name if named else name, parameters=vae.count_params(),
        recipe=_recipe(run.recipe), data=_data(dataset), environment=_environment(run.environment),
        subject=words.plural(len(dataset.train), facts.noun) + (f" of {dataset.name}" if named else " given as arrays"),
        likelihood=name_of(run.recipe.likelihood), normal=_is_normal(run.recipe), classes=_classes(facts),
        folder=repr(str(run.path)), shell=shlex.quote(str(run.path)),
        formula=_formula(metrics["formula"]), time=_time(facts), words=words)


def _chapters(figures: Mapping[str, Display], pictures: Mapping[str, bytes],
              facts: Facts) -> dict[str, list[dict[str, Any]]]:
    """Return the plates by chapter, numbered in the order of the page."""
    found: dict[str, list[dict[str, Any]]] = {}
    number = 0
    for chapter, names in CHAPTERS.items():
        found[chapter] = []
        for name in names:
            if name in figures:
                number += 1
                found[chapter].append(_plate(name, number, figures[name], pictures[name], facts))
    return found


def _plate(name: str, number: int, figure: Display, png: bytes, facts: Facts) -> dict[str, Any]:
    title, caption = captions.of(name, figure, facts)
    width, height = (round(int.from_bytes(png[at : at + 4]) * CSS_PIXELS) for at in (16, 20))  # from the PNG's header
    return {"id": name, "number": number, "title": title, "caption": caption, "width": width, "height": height,
            "wide": width > BESIDE or width > STRIP * height, "strip": width > STRIP * height,
            "png": base64.b64encode(png).decode()}


def _recipe(recipe: Recipe) -> list[dict[str, Any]]:
    return [{"name": field.name, "value": _value(value), "help": field.metadata["help"],
             "default": None if value == field.default else _value(field.default)}
            for field in recipe.fields() for value in [getattr(recipe, field.name)]]


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        inner = ", ".join(f"{key} = {_value(part)}" for key, part in value.items() if key != "name")
        return f"{value.get('name', '')}{f' ({inner})' if inner else ''}"
    return "the encoder’s mirror" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)


def _is_normal(recipe: Recipe) -> bool:
    """Whether the KL has the closed form that the page prints."""
    return name_of(recipe.posterior) == "normal" and name_of(recipe.prior) == "normal"


def _data(dataset: Dataset) -> list[tuple[str, str]]:
    values = "{:g} to {:g}".format(*dataset.value_range).replace("-", "\N{MINUS SIGN}")
    return [("name", dataset.name), ("training items", words.count(len(dataset.train))),
            ("test items", words.count(len(dataset.test))), ("values", values),
            *((key, str(value)) for key, value in dataset.provenance.items())]


def _environment(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    rows = [(key, ", ".join(map(str, value)) if isinstance(value, list) else str(value))
            for key, value in found.items() if not isinstance(value, Mapping) and key != "format_version"]
    return rows + list(found.get("packages", {}).items())


def _classes(facts: Facts) -> list[dict[str, Any]]:
    """Return a row a class, those found worst where there are more than the table takes."""
    if facts.classes is None:
        return []
    names, recall = facts.classes["names"], facts.classes["recall"]
    confusion = np.array(facts.classes["confusion"])
    rows = []
    for i, items in enumerate(facts.sizes):
        others = np.where(np.arange(len(names)) == i, 0, confusion[i])
        most = int(others.argmax())
        rows.append({"name": names[i], "items": int(items), "recall": recall[i] if items else None,
                     "other": (names[most], float(others[most] / items)) if others[most] else None})
    if len(rows) <= CLASSES:
        return rows
    return sorted((row for row in rows if row["items"]), key=lambda row: float(row["recall"]))[:CLASSES]


def _formula(formula: str) -> Markup:
    """Return the formula with its subscripts set."""
    return Markup(re.sub(r"_(\w)", r"<sub>\1</sub>", str(escape(formula))))  # noqa: S704 escaped


def _time(facts: Facts) -> str:
    seconds = facts.history["seconds"]
    typical = float(np.median(seconds))
    speed = words.count(len(facts.dataset.train) / max(typical, 1e-9))
    return (f"{words.plural(facts.epochs, 'epoch')} took {words.duration(float(seconds.sum()))}, typically "
            f"{typical:.2f} seconds an epoch: {speed} {facts.noun}s a second, the test after each epoch included.")
