"""New examples that agree with some given values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from keras import ops

from zukan import checks
from zukan.model.batching import over_batches
from zukan.model.coding import Coding, drawn

AT_ONCE = 1 << 24  # log-densities that are computed together


class Completed(NamedTuple):
    """Examples that were completed.

    Attributes
    ----------
    x : array, shape (draws, n, *event_shape)
    effective : array, shape (n,)
        The effective number of draws from the prior that agree with the given values, (sum w)^2 / sum w^2. If it is
        small, the examples are alike.
    """

    x: np.ndarray
    effective: np.ndarray


class Conditional(Coding):
    """Draw what is missing of an example, given what is there."""

    def complete(self, x: Any, *, condition: Any = None, draws: int = 1, pool: int = 10_000,
                 seed: int = 0) -> Completed:
        """Draw the missing values (NaN) of ``x`` from p(x_missing | x_given), by importance resampling from the prior.

        ``pool`` draws of z from p(z) are weighted by p(x_given|z). For each draw, one z is picked by its weight, and
        the missing values are drawn from p(x|z). Unlike `impute`, it needs no model that was trained with missing
        values, and no density of q(z|x).

        Parameters
        ----------
        x : array, shape (n, *event_shape)
        condition : int or array, optional
            One for all examples.
        draws : int, default 1
            For each example.
        pool : int, default 10000
        seed : int, default 0

        Returns
        -------
        Completed
        """
        draws, pool = checks.integer("draws", draws), checks.integer("pool", pool)
        checks.integer("seed", seed, minimum=0)
        items = np.asarray(replace(self._inputs, missing=True).items("x", x))
        row = self._inputs.conditions(condition, 1)
        rows = None if row is None else np.repeat(row, pool, axis=0)
        codes = self.sample_codes(pool, condition=rows, seed=seed)
        log_weights = self._log_weights(items, codes, row)
        weights = np.exp(log_weights - log_weights.max(axis=1, keepdims=True), dtype=np.float64)
        effective = weights.sum(axis=1) ** 2 / (weights**2).sum(axis=1)
        rng = np.random.default_rng(seed)
        picked = np.concatenate([_systematic(weight, draws, rng) for weight in weights])  # row after row
        inputs: Any = codes[picked] if row is None else {"z": codes[picked],
                                                        "condition": np.repeat(row, len(picked), axis=0)}
        new = over_batches(self.program(drawn), inputs, 4096, seed, what="Sampling")
        new = new.reshape(len(items), draws, *self.event_shape).swapaxes(0, 1)
        return Completed(np.where(np.isnan(items), new, items), effective)

    def _log_weights(self, items: np.ndarray, codes: np.ndarray, row: Any) -> np.ndarray:
        """Return log p(x_given|z) of each item and each code, shape ``(items, codes)``."""
        program, size = self.program(_log_density), max(1, AT_ONCE // (len(codes) * items[0].size))
        one = np.empty((1, 0), self.float_type) if row is None else row

        def weigh(batch: np.ndarray, state: tuple[int, int]) -> Any:
            return program(batch, codes, one, state)

        return over_batches(weigh, items, size, 0, what="Weighing")


def _systematic(weights: np.ndarray, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Return ``draws`` places, each as often as its weight says up to one, in random order."""
    ends = np.cumsum(weights / weights.sum())
    places = np.searchsorted(ends, (np.arange(draws) + rng.random()) / draws).clip(max=len(weights) - 1)
    return rng.permutation(places)


def _log_density(model: Coding, batch: Any, codes: Any, row: Any, draws: Any) -> Any:  # noqa: ARG001
    """Return the log-density of what is given of each item under each code, shape ``(batch, codes)``."""
    condition = None if row.shape[1] == 0 else ops.tile(row, (codes.shape[0], 1))
    given = ops.logical_not(ops.isnan(batch))[:, None, None]
    items = ops.where(given, batch[:, None, None], 0.0)
    p_x = model.context({"x": None, "condition": condition}).decode(codes[None])
    terms = p_x.log_prob_terms(items)
    terms = ops.where(given, terms, 0.0)
    return ops.sum(ops.reshape(terms, (*terms.shape[:3], -1)), axis=-1)[:, 0]
