"""What a search optimizes: a number of a trained model on items held out from the training items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from zukan import checks
from zukan.data import Dataset, Split
from zukan.data.splitting import hold_out
from zukan.evaluation.classes import classes
from zukan.evaluation.condition import condition_of
from zukan.evaluation.likelihood import likelihood
from zukan.model import VAE
from zukan.streamed import Streamed


class Criterion(NamedTuple):
    """A criterion.

    Parameters
    ----------
    title : str
        Its name in tables and figures.
    direction : {"maximize", "minimize"}
    logged : str, optional
        The logged term by which trials are pruned; without it, no trial is.
    unit : str
    metric : pair of str
        The section and the name of the same number in the metrics of a run.
    """

    title: str
    direction: str
    logged: str | None
    unit: str
    metric: tuple[str, str]

    @property
    def needs_density(self) -> bool:
        """Whether it is a bound, for which q(z|x) and p(z) must have densities."""
        return self.logged == "val_elbo"

    @property
    def sign(self) -> int:
        """1 if larger is better, otherwise -1."""
        return 1 if self.direction == "maximize" else -1

    def of(self, metrics: Mapping[str, Any]) -> float:
        """Return the criterion over the test items, from the metrics of a run."""
        section, name = self.metric
        return float(metrics[section][name])


CRITERIA = {
    "bound": Criterion("importance-weighted bound", "maximize", "val_elbo", "nats", ("test", "bound")),
    "elbo": Criterion("ELBO", "maximize", "val_elbo", "nats", ("test", "elbo")),
    "reconstruction": Criterion("reconstruction error", "minimize", "val_reconstruction", "nats",
                                ("test", "reconstruction")),
    "knn": Criterion("k-NN accuracy", "maximize", None, "", ("classes", "knn_accuracy")),
}


def check(criterion: str, dataset: Dataset) -> Criterion:
    """Return the criterion with this name, or raise `InputError` if the data does not allow it."""
    chosen = CRITERIA[checks.choice("criterion", criterion, CRITERIA)]
    if criterion == "knn" and dataset.train.y is None:
        raise checks.InputError("criterion 'knn' needs labels, but the data has none; choose 'bound', or give --label")
    return chosen


def with_validation(dataset: Dataset, fraction: float, seed: int, *, stratify: bool = True) -> Dataset:
    """Return the data set with validation items in place of test items; they are held out from the training items.

    Parameters
    ----------
    dataset : Dataset
    fraction : float
        Share of the training items that is held out.
    seed : int
    stratify : bool, default True
        Hold out the same share of every class, if there are labels.
    """
    train = dataset.train
    kept, held = hold_out(len(train), fraction, seed, train.y if stratify else None)
    return replace(dataset, train=_take(train, kept), test=_take(dataset.drawn_once.train, held))


def measure(vae: VAE, dataset: Dataset, criterion: str, seed: int) -> dict[str, float]:
    """Return the criterion as ``value``, and rate, distortion and bounds, over the validation items.

    Parameters
    ----------
    vae : VAE
        A trained model.
    dataset : Dataset
        As `with_validation` returns it.
    criterion : str
    seed : int
        Seed of the draws of z.

    Returns
    -------
    dict
        ``value``; in nats per item ``distortion``, the mean of -log p(x|z), and with densities ``rate``, the mean of
        KL(q(z|x) || p(z)) (arXiv:1711.00464), ``elbo`` and ``bound``, the importance-weighted bound over the first
        1,000 items with 100 draws each (arXiv:1509.00519).
    """
    held = dataset.test
    result = likelihood(vae, held.x, seed, condition=condition_of(vae, held))
    numbers = {"distortion": result["reconstruction"]}
    if "elbo" in result:
        numbers |= {"rate": result["kl"], "elbo": result["elbo"], "bound": result["bound"]}
    if criterion == "knn":
        codes = [vae.encode(split.x, condition=condition_of(vae, split)) for split in (dataset.train, held)]
        assert dataset.train.y is not None and held.y is not None  # noqa: PT018, S101 see `check`
        measured = classes(codes[0], dataset.train.y, codes[1], held.y, dataset.class_names, vae.shapes.layout)
        numbers["knn"] = measured["knn_accuracy"]
    value = numbers["distortion" if criterion == "reconstruction" else criterion]
    return {"value": float(value), **{name: float(number) for name, number in numbers.items()}}


def _take(split: Split, rows: Any) -> Split:
    """Return the items of ``split`` with these row numbers."""
    def part(values: Any) -> Any:
        if isinstance(values, Mapping):
            return {name: part(value) for name, value in values.items()}
        if isinstance(values, tuple):
            return tuple(values[row] for row in rows)
        return None if values is None else values.take(rows) if isinstance(values, Streamed) else values[rows]

    return Split(**{name: part(values) for name, values in {**vars(split), "rows": split.numbers}.items()})
