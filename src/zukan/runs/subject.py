"""What the sections of an evaluation work with: a run, its model, the items, and results that several sections use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy.typing as npt

from zukan.data import Dataset, Scaling
from zukan.data.tables.schema import Schema
from zukan.evaluation.annealing import Annealed, anneal
from zukan.evaluation.averages import evenly
from zukan.evaluation.elbo import elbo_by_item
from zukan.evaluation.likelihood import least_cost
from zukan.model import VAE
from zukan.runs.data import Read, features, read_items, read_splits, reload
from zukan.runs.run import Run


@dataclass(frozen=True, eq=False)
class Subject:
    """A run that is evaluated on items.

    What is computed here is computed when a section first asks for it.

    Parameters
    ----------
    run : Run
    data : str, path, array, mapping or tuple, optional
        The items, as `zukan.data.load` reads them; by default the run's test items.
    draws : int
        Draws of z for each item, for the importance-weighted bound.
    ais : int
        Number of items for annealed importance sampling; 0 for none.
    seed : int
        Seed of all random numbers.
    classifier : path, optional
        A run whose classifier of images is used; by default this run's.
    count, target
        For a table: see `zukan.evaluate`.
    log : callable
        Called with a line of text when a stage begins.
    """

    run: Run
    data: Any = None
    draws: int = 5000
    ais: int = 0
    seed: int = 0
    count: int | None = None
    target: str | None = None
    classifier: str | Path | None = None
    log: Callable[[str], None] = lambda _: None

    def used(self, *names: str) -> dict[str, Any]:
        """Return the number of items and the settings of these names, for a result that depends on them."""
        drawn = self.run.recipe.binarize
        return {"items": len(self.test.x), **{name: getattr(self, name) for name in names},
                **({} if drawn == "none" else {"binarize": drawn})}

    @property
    def vae(self) -> VAE:
        """The run's model."""
        return self.run.model

    @cached_property
    def dataset(self) -> Dataset:
        """The data of the run, with all that is known about it."""
        return reload(self.run)

    @cached_property
    def splits(self) -> tuple[Read, Read]:
        """The training items and the test items of the run, as its model takes them."""
        return read_splits(self.run)

    @cached_property
    def train(self) -> Read:
        """The training items of the run."""
        return self.splits[0]

    @cached_property
    def test(self) -> Read:
        """The items that the model is evaluated on."""
        return self.splits[1] if self.data is None else read_items(self.run, self.data, self.log)

    @cached_property
    def scaling(self) -> Scaling:
        """From the values of the data to those that the model sees."""
        return features(self.run)[0]

    @cached_property
    def schema(self) -> Schema | None:
        """The columns of the run's table; None if it was not trained on one."""
        return features(self.run)[1]

    @cached_property
    def means(self) -> npt.NDArray[Any]:
        """The code of each item, shape (n, latent_dim)."""
        return self.vae.encode(self.test.x, condition=self.test.condition)

    @cached_property
    def train_means(self) -> npt.NDArray[Any]:
        """The code of each training item, shape (m, latent_dim)."""
        return self.vae.encode(self.train.x, condition=self.train.condition)

    @cached_property
    def elbo(self) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """The ELBO and the KL of each item in nats, each of shape (n,)."""
        return elbo_by_item(self.vae, self.test.x, self.seed, condition=self.test.condition)

    @cached_property
    def bound(self) -> npt.NDArray[Any]:
        """The importance-weighted bound of each item in nats, shape (n,)."""
        return self.vae.log_likelihood(self.test.x, condition=self.test.condition, samples=self.draws, seed=self.seed,
                                       same_draws=False)

    @cached_property
    def least_cost(self) -> float:
        """What the items cost under any model (`Likelihood.least_cost`), in nats per item."""
        return least_cost(self.vae, self.test.x)

    @cached_property
    def few(self) -> Read:
        """The items of annealed importance sampling, evenly spaced."""
        return self.test.at(evenly(len(self.test.x), self.ais))

    def annealed(self, start: str) -> Annealed:
        """Return chains from this start for these items."""
        if start not in self._annealed:
            self._annealed[start] = anneal(self.vae, self.few.x, self.seed, condition=self.few.condition, start=start)
        return self._annealed[start]

    @cached_property
    def _annealed(self) -> dict[str, Annealed]:
        return {}
