"""Title and caption of each figure: what it shows and how to read it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from zukan.evaluation.condition import settings
from zukan.plots import Display
from zukan.report import discrete, formatting, tables
from zukan.report.summary import Summary

Caption = Callable[[Display, Summary], str]
_CONDITIONAL = ("Encoder and decoder are given the class, so the code need not hold it: the fewer, the better the code "
                "separates style from class.")


def title_and_caption(name: str, figure: Display, run: Summary) -> tuple[str, str]:
    """Return the title and the caption of the figure called ``name``."""
    title, caption = CAPTIONS[name]
    return title, caption(figure, run)


def _map(figure: Display, run: Summary) -> str:
    if run.latent_dim == 1:
        kind = "" if run.code == "code" else f" ({run.code}s)"
        text = f"Histogram of the codes{kind} of {run.test}. "
    else:
        text = f"The codes of {run.test}: each {run.noun} is drawn at its {run.code}. "
    if run.space == "sphere" and run.latent_dim == 3:
        text += ("They lie on a sphere, which is drawn whole and without distortion of areas: z1 is in the middle, and "
                 "the left and the right border are one line, opposite to it. ")
    elif run.latent_dim > 2:
        text += (f"{_axes(figure)} are the two most active of {run.latent_dim} dimensions; codes that are close "
                 f"together here may be far apart in another dimension. ")
    if run.classes is None:
        return text + f"{'A higher bar means' if run.latent_dim == 1 else 'Darker areas contain'} more {run.noun}s."
    if run.sees_class:
        return text + ("The color shows the class. Encoder and decoder are given the class, so the code need not hold "
                       "it: the classes may lie on top of each other.")
    return text + f"The color shows the class; the model was trained without it. {run.separation}"


def _grid(figure: Display, run: Summary) -> str:
    first, second = figure.numbers["first"], figure.numbers["second"]
    if run.space == "sphere" and run.latent_dim < 4:
        where = f"{len(first)} directions all around the circle" if run.latent_dim == 2 else (
            f"points of the whole sphere. Each {run.noun} is at the position of its code on the map")
        return f"The output of the decoder for {where}.{run.under}"
    if second is None:
        return (f"The output of the decoder for {len(first)} codes, evenly spaced {_range(first)}.{run.under} "
                f"{_share_inside(run, [first])}")
    rest = "" if run.latent_dim == 2 else f", with the other dimensions {run.others}"
    spaced = (f"{_range(first)} on {_axes(figure)}" if np.array_equal(first, second) else
              f"{_range(first)} on {figure.axes.get_xlabel()} and {_range(second)} on {figure.axes.get_ylabel()}")
    return (f"The output of the decoder for {len(second)} × {len(first)} codes, evenly spaced {spaced}{rest}. "
            f"Each {run.noun} is at the position of its code, so the axes are those of the map. Between different "
            f"kinds of {run.noun}s, the decoder makes blends of them.{run.under}{run.border} "
            f"{_share_inside(run, [first, second])}")


def _reconstructions(figure: Display, run: Summary) -> str:
    mean, sampled = (float(np.nanmean(figure.numbers[f"squared_error_{way}"])) for way in ("mean", "sampled"))
    some = f"Some test {run.noun}s" if run.dataset.test.y is None else f"Test {run.noun}s, a few of each class"
    start = (f"{some}, each encoded as {run.numbers} and decoded again"
             f"{f' under its {run.condition}' if run.conditional else ''}")
    observed = " over the observed values" if run.missing else ""
    gaps = (" Missing values are drawn in the color of sand; below them is what the decoder puts there."
            if run.missing else "")
    if not run.noisy:
        return (f"{start}. The code is a point without noise, so both rows are equal. The mean squared error{observed} "
                f"is {mean:.4f}.{gaps}{run.bars}")
    means = "mean of the posterior" if run.code == "posterior mean" else "code"
    return (f"{start}: from the {means}, and from one random sample of the posterior. The mean squared "
            f"errors{observed} are {mean:.4f} and {sampled:.4f}. The more the two rows differ, the less certain the "
            f"encoder is.{gaps}{run.bars}")


def _samples(figure: Display, run: Summary) -> str:
    each = f", {figure.numbers['columns']} of each {run.condition}" if run.conditional else ""
    text = (f"{formatting.plural(figure.numbers['count'], f'new {run.noun}')}{each}, decoded from codes that were "
            f"drawn from the prior p(z). ")
    text += (f"Each {run.noun} is then drawn from p(x|z). " if run.is_table else
             "Each is the mean of p(x|z), so it is smoother than the data. ")
    if not run.uses_prior:
        return text + ("The training did not bring the codes close to the prior, so most of these codes may be unlike "
                       "any code of the data.")
    if run.only_discrete:
        return text + ("Those that do not look like the data often come from combinations that the data does not have: "
                       "a prior that learns which values go together avoids them.")
    return text + ("Those that do not look like the data often come from regions of the latent space without training "
                   "data.")


def _layers(figure: Display, run: Summary) -> str:  # noqa: ARG001 all captions have the same signature
    return (f"The code has {len(run.vae.shapes.layout)} layers. Each row starts with a sample of the prior. In its "
            f"other {run.noun}s the upper layers are kept, as many as the row says, and the layers below are drawn "
            f"again: what stays the same is what the upper layers hold.")


def _styles(figure: Display, run: Summary) -> str:
    return (f"Each row starts with one test {run.noun}. It is encoded under its own {run.condition}, and its code is "
            f"decoded under every {run.condition}{_of_many(figure, run)}. What stays the same in a row is the style "
            f"that the code holds; what changes comes from the {run.condition}.")


def _morph(figure: Display, run: Summary) -> str:
    other = "another" if run.classes is None else "one of another class"
    if run.conditional:
        other = ("another of the same class, both encoded and decoded under this class" if run.condition == "class" else
                 "another, while the condition changes from the first one's to the other's")
    way = {"code": ", each point moved to the nearest codes",
           "class": ", which mixes the probabilities of their classes"}.get(run.discrete, "")
    return (f"From one test {run.noun} to {other}, in {len(figure.numbers['weights'])} equal steps along the "
            f"{run.line} between their codes"
            f"{way}. The framed {run.noun}s at "
            f"both ends are reconstructions.")


def _pca(figure: Display, run: Summary) -> str:
    what = "dimensions of z"
    if run.only_discrete:
        what = ("numbers of the vectors that stand for the codes" if run.discrete == "code" else
                "probabilities of classes")
    return (f"All {run.latent_dim} {what}, projected onto the two directions of largest variance. They explain "
            f"{formatting.percent(float(figure.numbers['explained'].sum()))} of the variance of the codes."
            f"{' Equal codes are one point.' if run.only_discrete else ''}")


def _codebook(figure: Display, run: Summary) -> str:
    numbers, shown = run.metrics["codes"], len(figure.numbers["used"])
    rows = len(numbers["by_book"]["used_codes"])
    of = "codebook" if run.discrete == "code" else "categorical variable"
    some = f"the first {shown} of {rows}" if shown < rows else f"each of the {rows}"
    where = f", one row for {some} {of}s" if rows > 1 else ""
    average = f", on average over the {of}s" if rows > 1 else ""
    return (f"How often the {run.test} have each {run.discrete}, the most frequent first{where}. They use "
            f"{run.used} of {formatting.count(numbers['choices'])} {run.discretes}, with a perplexity "
            f"of {formatting.decimal(numbers['perplexity'])}{average}: as many {run.discretes} of equal frequency "
            f"would hold as much information. The dashed line is the share if all were equally frequent.")


def _codes(figure: Display, run: Summary) -> str:
    pieces, rows = len([piece for piece in run.vae.shapes.layout if piece.choices]), len(figure.numbers["rows"])
    most = f"The {rows} most frequent {run.discretes}" if rows == discrete.ROWS else (
        f"All {run.discretes} that occur" if rows > 1 else f"The only {run.discrete} that occurs")
    if run.vae.shapes.positions:
        return (f"{most}, with the number of positions that have it: the parts of test {run.noun}s around some of "
                f"those positions. First the average of what the decoder draws there.")
    first = "" if pieces == 1 else f" of the first {'variable' if run.discrete == 'class' else 'piece of z'}"
    rest = [] if pieces == 1 else [f"the other {run.discretes} are the most frequent ones"]
    if not run.only_discrete:
        rest.append("the numbers are at their mean")
    text = (f"{most}{first}, with the number of test {run.noun}s that have it. First what it decodes to"
            f"{f' ({formatting.listing(rest)})' if rest else ''}, then some of those {run.noun}s.{run.under}")
    share = run.metrics["codes"].get("majority")
    if share is None or run.sees_class:
        return text
    return text + (f" The training saw no labels. Each {run.discrete} named after its most frequent label, "
                   f"{formatting.percent(share)} of the {run.test} have the label that the name says.")


def _variables(figure: Display, run: Summary) -> str:
    rows, variables = len(figure.numbers["dims"]), len([piece for piece in run.vae.shapes.layout if piece.choices])
    which = "Each categorical variable" if rows == variables else f"Each of the first {rows} categorical variables"
    return (f"{which} takes {'each' if len(figure.numbers['values']) == run.metrics['codes']['choices'] else 'some'} "
            f"of its classes in a row of its own, with the others at their most frequent class. If the {run.noun}s in "
            f"a row are all the same, the decoder does not use that variable.{run.under}")


def _traversals(figure: Display, run: Summary) -> str:
    values, rows = figure.numbers["values"], len(figure.numbers["dims"])
    others = {"sphere": "scaled so that the code stays on the sphere",
              "ball": "at the mean of the test codes, as far as the code stays in the ball",
              }.get(run.space, run.others)
    which = "Each dimension" if rows == run.latent_dim else f"Each of the {rows} most active dimensions"
    return (f"{which} is varied from {formatting.decimal(values[0])} to {formatting.decimal(values[-1])} in a row of "
            f"its own, with the other dimensions {others}. If the {run.noun}s in a row are all "
            f"the same, the decoder does not use that dimension.{run.under}")


def _activity(figure: Display, run: Summary) -> str:
    numbers = figure.numbers
    return (f"How much information each dimension carries about {formatting.article(run.noun)}, in nats, on a scale of "
            f"square roots. "
            f"{numbers['active']} of {len(numbers['kl'])} dimensions carry more than {numbers['threshold']:g} nats. "
            f"Together they carry {formatting.decimal(numbers['total'])} nats: the KL at the top of this report.")


def _confusion(figure: Display, run: Summary) -> str:
    shown, classes = len(figure.numbers["matrix"]), run.metrics["classes"]
    some = (f"Of {formatting.count(len(classes['names']))} classes, the {shown - 1} that overlap most are shown; the "
            f"last row and the last column are all others together. ") if shown < len(classes["names"]) else ""
    where = "" if some else "are on the diagonal: they "
    return (f"{some}Each row is a true class, each column the class that the {classes['neighbors']} nearest training "
            f"codes vote for. {formatting.percent(classes['knn_accuracy'])} of the {run.test} {where}are classified "
            f"correctly. "
            f"{_CONDITIONAL if run.sees_class else 'The other cells show which classes overlap.'}")


def _between(figure: Display, run: Summary) -> str:  # noqa: ARG001 all captions have the same signature
    pairs = formatting.plural(len(figure.numbers["captions"]), "pair")
    order = ": first those that overlap most, then those with a third class at their midpoint" if len(
        figure.numbers["captions"]) > 1 else ""
    return (f"{pairs} of classes{order}. "
            f"Each is decoded at the center of one class, at the midpoint, and at the center of the other class. The "
            f"text below the midpoint is the class that the nearest training codes vote for.")


def _loss(figure: Display, run: Summary) -> str:
    last, view = figure.numbers["last"], figure.numbers["view"]
    text = f"After epoch {run.epochs}, the loss is {formatting.decimal(last['loss'])} nats on the training set"
    if "val_loss" in last:
        gap = last["val_loss"] - last["loss"]
        text += (f" and {formatting.decimal(last['val_loss'])} nats on the test set, {formatting.decimal(abs(gap))} "
                 f"{'higher' if gap > 0 else 'lower'}. If the test loss rises while the training loss falls, the "
                 f"model overfits: it memorizes the training {run.noun}s")
        text += ". The training loss is measured with noise for the encoder" if run.recipe.corrupt else ""
    hidden = view[0] != figure.numbers["epoch"][0]
    return (f"{text}.{' The first epoch is not shown, so that the others are easier to read.' if hidden else ''}"
            f"{run.best_epoch}")


def _range(values: np.ndarray) -> str:
    """Return the first and the last value as a phrase."""
    first, last = (f"{value:.3g}".replace("-", "\N{MINUS SIGN}") for value in (values[0], values[-1]))
    return f"from {first} to {last}"


def _share_inside(run: Summary, axes: Sequence[np.ndarray]) -> str:
    """Return a sentence on the share of the test set whose codes lie within the grid."""
    if run.points is None:
        return ""
    low, high = np.array([[values[0], values[-1]] for values in axes]).T
    share = float(((run.points >= low) & (run.points <= high)).all(axis=1).mean())
    return f"{formatting.percent(share)} of the {run.test} have their code in this range."


def _of_many(figure: Display, run: Summary) -> str:
    shown = len(figure.numbers["class_names"])
    return f" (the {shown} most frequent)" if len(settings(run.vae, run.dataset, shown + 1)) > shown else ""


def _axes(figure: Display) -> str:
    return f"{figure.axes.get_xlabel()} and {figure.axes.get_ylabel()}"


CAPTIONS: dict[str, tuple[str, Caption]] = {
    "map": ("Latent map", _map),
    "grid": ("Decoded latent space", _grid),
    "pca": ("Latent map, principal components", _pca),
    "codebook": ("Usage of the codes", _codebook),
    "codes": ("What a code stands for", _codes),
    "variables": ("One categorical variable at a time", _variables),
    "activity": ("Active dimensions", _activity),
    "traversals": ("One dimension at a time", _traversals),
    "reconstructions": ("Reconstructions", _reconstructions),
    "morph": ("Interpolation", _morph),
    "samples": ("New samples", _samples),
    "layers": ("Layer by layer", _layers),
    "styles": ("One code under every condition", _styles),
    **tables.CAPTIONS,
    "confusion": ("Confusion between classes", _confusion),
    "between": ("Halfway between two classes", _between),
    "loss": ("Loss by epoch", _loss),
}
