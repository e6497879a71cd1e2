"""Numbers and phrases about a run that the captions and the template use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from zukan.data import Dataset
from zukan.data.conditions import LABEL
from zukan.evaluation.codes import discrete
from zukan.evaluation.condition import most_frequent
from zukan.evaluation.confusion import Confusion
from zukan.model import VAE
from zukan.objectives import Reconstruction
from zukan.posteriors import Delta, Normal
from zukan.posteriors.quantized import Quantizing
from zukan.report import formatting
from zukan.training.recipe import Recipe

MAX_COLUMNS = 40  # columns of a table that are listed by name
SEPARATE = 0.9  # recall from which a class counts as well separated


@dataclass(frozen=True)
class Summary:
    """A run in numbers and phrases.

    Parameters
    ----------
    recipe : Recipe
    history : mapping of arrays
        As returned by `Run.history`.
    dataset : Dataset
    metrics : mapping
        As in ``metrics.json``.
    vae : VAE
    points : array, shape (n, 1) or (n, 2), optional
        The test set as drawn on the map.
    """

    recipe: Recipe
    history: Mapping[str, np.ndarray]
    dataset: Dataset
    metrics: Mapping[str, Any]
    vae: VAE
    points: np.ndarray | None

    @property
    def latent_dim(self) -> int:
        """Width of z."""
        return self.vae.latent_dim

    @property
    def density(self) -> bool:
        """Whether q(z|x) and p(z) have densities, so that there are a KL and bounds."""
        return self.vae.density

    @property
    def noisy(self) -> bool:
        """Whether z is drawn from q(z|x), and not a point."""
        return not isinstance(self.vae.posterior, (Delta, Quantizing))

    @property
    def uses_prior(self) -> bool:
        """Whether the loss brings the codes close to the prior."""
        return not isinstance(self.vae.objective, Reconstruction)

    @property
    def conditional(self) -> bool:
        """Whether encoder and decoder see a condition."""
        return self.vae.shapes.condition_dim > 0

    @property
    def missing(self) -> bool:
        """Whether values of x may be missing."""
        return self.vae.missing

    @property
    def levels(self) -> bool:
        """Whether a Bernoulli likelihood scores values between 0 and 1, so that the loss is not a log-likelihood."""
        return "entropy" in self.metrics["test"]

    @property
    def binarized(self) -> str:
        """A sentence on how zeros and ones were drawn from gray levels, or ""."""
        once = f"Each value of a test {self.noun} is 0 or 1, drawn once with the probability of its gray level"
        return {"static": f"{once}; so is each of a training {self.noun} (static binarization, zukan's own draw). ",
                "dynamic": f"{once}; training {self.noun}s are drawn anew in each step (dynamic "
                           f"binarization, zukan's own draw of the test {self.noun}s). "}.get(self.recipe.binarize, "")

    @property
    def bits(self) -> str:
        """A sentence with the tighter bound in bits per dimension, if p(x|z) is a probability over levels; or ""."""
        bits = self.metrics["test"].get("bits_per_dimension")
        return "" if bits is None else f" It is {bits:.3f} bits per dimension."

    @property
    def log_p(self) -> str:
        """What the bounds are bounds on: "log p(x)", or "log p(x | size)"."""
        given = self.vae.likelihood.given
        return f"log p(x{f' | {given}' if given else ''})"

    @property
    def code(self) -> str:
        """What the code of an item is: "posterior mean", or "code"."""
        return "posterior mean" if isinstance(self.vae.posterior, Normal) else "code"

    @property
    def space(self) -> str:
        """The kind of space of z: "sphere", "ball", or "real" for any other."""
        kinds = {piece.kind for piece in self.vae.shapes.layout}
        return next((kind for kind in ("sphere", "ball") if kind in kinds), "real")

    @property
    def discrete(self) -> str:
        """What the discrete pieces of z hold: "code", "class", or "" if there are none."""
        kinds = {piece.kind: "code" if piece.kind == "code" else "class" for piece in self.vae.shapes.layout
                 if piece.choices}
        return next(iter(kinds.values()), "")

    @property
    def only_discrete(self) -> bool:
        """Whether z holds nothing else."""
        return discrete(self.vae.shapes.layout)

    @property
    def numbers(self) -> str:
        """What the code of an item is, for example "16 numbers" or "4 codes, each one of 512"."""
        pieces = [piece for piece in self.vae.shapes.layout if piece.choices]
        rest = self.latent_dim - sum(piece.size for piece in pieces)
        text = [formatting.plural(rest, "number")] if rest > 1 else ["one number"] if rest else []
        if pieces:
            one_of = f"one of {formatting.count(pieces[0].choices)}"
            one = "code" if self.discrete == "code" else "categorical variable"
            text.append(f"{one_of} {self.discretes}" if len(pieces) == 1 else
                        f"{formatting.plural(len(pieces), one)}, each {one_of}")
        return " and ".join(text)

    @property
    def discretes(self) -> str:
        """The plural of `discrete`."""
        return "codes" if self.discrete == "code" else "classes"

    @property
    def others(self) -> str:
        """Where the other dimensions are if one changes."""
        also = ", and each categorical variable at its most frequent class" if self.discrete else ""
        return f"at the mean of the test codes{also}"

    @property
    def used(self) -> str:
        """How many codes or classes occur in the test set; of several codebooks, the average."""
        value = self.metrics["codes"]["used_codes"]
        return formatting.count(value) if value == int(value) else formatting.decimal(value)

    @property
    def line(self) -> str:
        """The shortest path between two codes."""
        return {"sphere": "great circle", "ball": "geodesic of the hyperbolic space"}.get(self.space, "straight line")

    @property
    def border(self) -> str:
        """A sentence on the part of the plane without codes; or ""."""
        return {"sphere": " Outside of the circle there are no codes, since they lie on a sphere.",
                "ball": " Outside of the circle there are no codes: it is infinitely far away in this hyperbolic space."
                }.get(self.space, "")

    @property
    def under(self) -> str:
        """The condition under which a code without one of its own is decoded, as the end of a sentence; or ""."""
        typical = most_frequent(self.vae, self.dataset)
        if typical is None:
            return ""
        return f" All are decoded under the {self.condition} {typical[0]}, the most frequent."

    @property
    def condition(self) -> str:
        """What the condition of an item is called: "class", or "condition" if it is read from columns."""
        return "class" if self.dataset.condition is None or self.dataset.condition.names == [LABEL] else "condition"

    @property
    def condition_names(self) -> str:
        """The names of the columns of the condition."""
        return formatting.listing([] if self.dataset.condition is None else self.dataset.condition.names)

    @property
    def sees_class(self) -> bool:
        """Whether encoder and decoder see the class of an item."""
        return self.dataset.condition is not None and LABEL in self.dataset.condition.names

    @property
    def is_table(self) -> bool:
        """Whether the items are rows of a table."""
        return self.dataset.columns is not None

    @property
    def noun(self) -> str:
        """"image" or "item"."""
        return "image" if len(self.dataset.event_shape) == 3 else "item"

    @property
    def test(self) -> str:
        """The size of the test set, for example ``10 000 test images``."""
        return formatting.plural(len(self.dataset.test), f"test {self.noun}")

    @property
    def epochs(self) -> int:
        """Number of completed epochs; callbacks may have stopped the training early."""
        return int(self.history["epoch"][-1])

    @property
    def best_epoch(self) -> str:
        """A sentence on the epoch whose weights the model has, if the recipe has patience; or ""."""
        epochs = self.metrics.get("epochs")
        if epochs is None:
            return ""
        return (f" The model is the best epoch, {epochs['best']} of {epochs['trained']}: it had the lowest test loss. "
                f"Since the test {self.noun}s chose the epoch, its test results are slightly too good.")

    @property
    def shape(self) -> str:
        """The shape of an item, for example ``28 × 28 pixels in gray``."""
        shape = self.dataset.event_shape
        if len(shape) == 1:
            return f"a vector of {formatting.plural(shape[0], 'number')}"
        if len(shape) == 2:
            steps, channels = (formatting.plural(*pair) for pair in zip(shape, ("step", "channel"), strict=True))
            return f"a signal of {steps} with {channels}"
        channels = {1: "in gray", 3: "in color"}.get(shape[2], f"with {shape[2]} channels")
        return f"{shape[0]} × {shape[1]} pixels {channels}"

    @property
    def bars(self) -> str:
        """A sentence on the bars that show an item of a table; empty for other data."""
        columns, scaling = self.dataset.columns, self.dataset.scaling.text
        if columns is None:
            return ""
        names = (formatting.listing(columns, MAX_COLUMNS) if len(columns) <= MAX_COLUMNS
                 else f"{len(columns)} columns, from {columns[0]} to {columns[-1]}")
        scaled = "" if scaling == "none" else f" (scaled: {scaling})"
        return f" The bars of an item are, from left to right, {names}{scaled}."

    @property
    def classes(self) -> Mapping[str, Any] | None:
        """The metrics of the classes, if there are labels."""
        return self.metrics.get("classes")

    @property
    def sizes(self) -> np.ndarray:
        """Number of test items by class."""
        return self.confusion.sizes

    @property
    def confusion(self) -> Confusion:
        """Counts of the test items by true and predicted class."""
        return Confusion.from_json(self.metrics["classes"]["confusion"])

    @property
    def overlaps(self) -> list[dict[str, Any]]:
        """The pairs of classes that are confused with each other at least once."""
        return [pair for pair in self.metrics["classes"]["overlaps"] if pair["share"] > 0]

    def pair(self, pair: Mapping[str, Any], joint: str = " and ") -> str:
        """Return the names of the two classes of a pair."""
        names = self.metrics["classes"]["names"]
        return f"{names[pair['a']]}{joint}{names[pair['b']]}"

    @property
    def separate(self) -> list[str]:
        """Names of the classes that are well separated from all others."""
        classes = self.metrics["classes"]
        return [name for name, recall in zip(classes["names"], classes["recall"], strict=True) if recall >= SEPARATE]

    @property
    def separation(self) -> str:
        """Sentences on the classes that are well separated and on those that overlap."""
        names = self.separate
        if names and len(names) < len(self.sizes):
            first = f"Well separated: {formatting.listing(names)}"
        else:
            first = "All classes are well separated" if names else "No class is well separated"
        first += (f" (recall of at least {SEPARATE:.0%}; recall is the share of a class's test {self.noun}s whose "
                  f"neighbors vote for it). ")
        if not self.overlaps:
            return first + f"No test {self.noun} is assigned to another class."
        largest = self.overlaps[0]
        return first + (f"The largest overlap is between {self.pair(largest)}: "
                        f"{formatting.percent(largest['share'])} of their test {self.noun}s are assigned to the other "
                        f"class.")
