"""What each figure shows and how to read it, in the run's own numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from zukan.plots import Display
from zukan.report import words
from zukan.report.facts import Facts

Caption = Callable[[Display, Facts], str]


def of(name: str, figure: Display, facts: Facts) -> tuple[str, str]:
    """Return the title and the caption of the figure called ``name``."""
    title, caption = CAPTIONS[name]
    return title, caption(figure, facts)


def _map(figure: Display, facts: Facts) -> str:
    where = "Here the latent space is a line" if facts.latent_dim == 1 else "Every point is one of them"
    said = f"Where the encoder puts the {facts.test}. {where}, each placed at its posterior mean. "
    if facts.latent_dim > 2:
        said += (f"{_axes(figure)} are the two most active of {facts.latent_dim} dimensions; "
                 f"items that meet here may still lie apart in another. ")
    if facts.classes is None:
        return said + f"The higher or darker a place, the more {facts.noun}s lie there."
    return said + f"Colour is the class, which the model was never told. {facts.reading}"


def _grid(figure: Display, facts: Facts) -> str:
    first, second = figure.numbers["first"], figure.numbers["second"]
    low, high = (f"{value:g}".replace("-", "\N{MINUS SIGN}") for value in (first[0], first[-1]))
    if second is None:
        return (f"The line itself, decoded at {len(first)} places from {low} to {high}: "
                f"what the decoder would draw for every code. "
                f"{_inside(facts, [first])}")
    rest = "" if facts.latent_dim == 2 else ", the other dimensions held at the mean of the test codes"
    return (f"The plane itself, decoded at {len(second)} × {len(first)} places from {low} to {high} on {_axes(figure)}"
            f"{rest}. Each {facts.noun} stands where its code lies, on the axes of the map: lay one over the other. "
            f"Blends stand where different things border on each other. {_inside(facts, [first, second])}")


def _reconstructions(figure: Display, facts: Facts) -> str:
    mean, sampled = (float(np.mean(figure.numbers[f"squared_error_{way}"])) for way in ("mean", "sampled"))
    return (f"The first {facts.noun}s of the test set; below each, what is left after {_numbers(facts.latent_dim)}: "
            f"decoded from the posterior's mean, and from one random draw of it. Mean squared error {mean:.4f} and "
            f"{sampled:.4f}: how far the two rows differ is how unsure the encoder is.{facts.bars}")


def _samples(figure: Display, facts: Facts) -> str:
    return (f"{words.plural(figure.numbers['count'], facts.noun)} that never were: codes from the prior p(z), decoded. "
            f"Each is the mean of p(x|z), so it is smoother than the data. Those that resemble nothing come from "
            f"places that the encoder leaves empty.")


def _morph(figure: Display, facts: Facts) -> str:
    ends = "" if facts.classes is None else " of different classes"
    return (f"From one test {facts.noun} to another{ends}, in {len(figure.numbers['weights'])} equal steps along the "
            f"straight line between their codes. The framed ends are reconstructions.")


def _pca(figure: Display, facts: Facts) -> str:
    return (f"All {facts.latent_dim} dimensions turned so that the two directions of greatest variance lie in the "
            f"page. They hold {words.percent(float(figure.numbers['explained'].sum()))} of the variance of the codes.")


def _traversals(figure: Display, facts: Facts) -> str:
    values, rows = figure.numbers["values"], len(figure.numbers["dims"])
    which = "Each dimension" if rows == facts.latent_dim else f"Each of the {rows} most active dimensions"
    return (f"{which} walked from {words.decimal(values[0])} to {words.decimal(values[-1])}, a row each, the others "
            f"held at the mean of the test codes. Where nothing changes along a row, its dimension means nothing.")


def _activity(figure: Display, facts: Facts) -> str:
    numbers = figure.numbers
    return (f"How many nats each dimension tells about {'an' if facts.noun[0] in 'aeiou' else 'a'} {facts.noun}. "
            f"{numbers['active']} of {facts.latent_dim} tell more than {numbers['threshold']:g}; together they tell "
            f"{words.decimal(numbers['total'])} nats, the KL of the headline.")


def _confusion(figure: Display, facts: Facts) -> str:
    found = facts.metrics["classes"]
    return (f"A row is a true class, a column what the {found['neighbours']} nearest training codes vote for. "
            f"{words.percent(figure.numbers['accuracy'])} of the {facts.test} lie on the diagonal; what lies off it "
            f"says which classes share a place.")


def _between(figure: Display, facts: Facts) -> str:  # noqa: ARG001 every caption takes both
    shown = words.plural(len(figure.numbers["captions"]), "pair")
    which = "those that overlap most, then those with a third class in their middle"
    return (f"{shown} of classes, {which}: decoded at the centre of one, halfway, and at the centre of the other. "
            f"The words name the class of the codes around the midpoint.")


def _loss(figure: Display, facts: Facts) -> str:
    last, view = figure.numbers["last"], figure.numbers["view"]
    out = "" if view[0] == figure.numbers["epoch"][0] else " The first epoch is left out, so that the rest can be read."
    said = f"After epoch {facts.epochs} the loss is {words.decimal(last['loss'])} nats on the training set"
    if "val_loss" in last:
        gap = last["val_loss"] - last["loss"]
        said += (f" and {words.decimal(last['val_loss'])} on the test set, {words.decimal(abs(gap))} "
                 f"{'above' if gap > 0 else 'below'} it. A test curve that turned up while the other falls would mean "
                 f"that the model learns its {facts.noun}s by heart")
    return f"{said}.{out}"


def _inside(facts: Facts, lines: Sequence[np.ndarray]) -> str:
    """Return how much of the test set lies where the grid was drawn."""
    if facts.codes is None:
        return ""
    low, high = np.array([[line[0], line[-1]] for line in lines]).T
    share = float(((facts.codes >= low) & (facts.codes <= high)).all(axis=1).mean())
    return f"{words.percent(share)} of the {facts.test} have their code in this range."


def _axes(figure: Display) -> str:
    return f"{figure.axes.get_xlabel()} and {figure.axes.get_ylabel()}"


def _numbers(dim: int) -> str:
    return "one number" if dim == 1 else f"{dim} numbers"


CAPTIONS: dict[str, tuple[str, Caption]] = {
    "map": ("The map", _map),
    "grid": ("What lies where", _grid),
    "pca": ("The map, principal components", _pca),
    "activity": ("What the dimensions carry", _activity),
    "traversals": ("One dimension at a time", _traversals),
    "reconstructions": ("Rebuilt", _reconstructions),
    "morph": ("From one to another", _morph),
    "samples": ("Imagined", _samples),
    "confusion": ("Taken for", _confusion),
    "between": ("Halfway between two classes", _between),
    "loss": ("The training", _loss),
}
