"""Missing values filled by the model."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from zukan import checks
from zukan.context import Draws
from zukan.model.batching import another_seed, over_batches
from zukan.model.bounds import rows_alone, split_samples
from zukan.model.passes import Passes


class Imputation(Passes):
    """Fill missing values."""

    def impute(self, x: Any, *, condition: Any = None, draws: int | None = None, samples: int = 100, seed: int = 0,
               batch_size: int = 32) -> Any:
        """Fill the missing values (NaN) of ``x`` by importance sampling (arXiv:1812.02633, section 3.3).

        Samples of z from q(z|x) are weighted by p(x_observed, z) / q(z|x), normalized over the samples. Observed values
        stay as they are. On JAX, every row gets the same random numbers for its weighted mean, so that it does not
        depend on the other rows. With the objective "not-miwae", the weights hold for pairs of z and drawn values, and
        count how probable it is that these values are missing; that takes more samples.

        Parameters
        ----------
        x : array, shape (n, *event_shape)
        condition : int or array, optional
        draws : int, optional
            Number of multiple imputations. Each picks one z by its weight and draws the missing values from p(x|z). By
            default there is one imputation, the weighted mean.
        samples : int, default 100
            Draws of z per example.
        seed : int, default 0
        batch_size : int, default 32

        Returns
        -------
        array, shape (n, *event_shape), or with ``draws`` (draws, n, *event_shape)
            If ``x`` is a table, a table of the same library or, with ``draws``, a list of tables.

        Raises
        ------
        zukan.InputError
            If the model was not built with ``missing=True``, or its posterior has no density.
        """
        if not self.missing:
            raise checks.InputError("impute needs a model that was trained with missing values, got one without; "
                                    "build zukan.VAE(missing=True)")
        self.check_density("impute")
        per_chunk = self._samples_per_chunk(checks.integer("batch_size", batch_size))
        samples, seed = checks.integer("samples", samples), checks.integer("seed", seed, minimum=0)
        inputs = self._inputs.check("x", x, condition)
        items = np.asarray(inputs["x"] if isinstance(inputs, dict) else inputs)
        chunks = split_samples(samples, per_chunk)
        if draws is None:
            values = self.likelihood.typical(self._weighted_summary(inputs, chunks, batch_size, seed))
            return self.likelihood.fill_frames(x, [np.where(np.isnan(items), values, items)])[0]
        filled = [np.where(np.isnan(items), self._resampled(inputs, chunks, batch_size, another_seed(seed, i)), items)
                  for i in range(checks.integer("draws", draws))]
        tables = self.likelihood.fill_frames(x, filled)
        return tables if self.likelihood.is_table and not isinstance(tables[0], np.ndarray) else np.stack(tables)

    def _resampled(self, inputs: Any, chunks: list[int], batch_size: int, seed: int) -> Any:
        """Return one draw for each example; a later chunk replaces the earlier ones with its share of the weight."""
        programs = [self.program(_resample, size) for size in chunks]

        def all_chunks(rows: Any, key: tuple[int, int]) -> Any:
            parts = [program(rows, (key[0], key[1] * len(chunks) + i)) for i, program in enumerate(programs)]
            total, picked, _ = parts[0]
            for log_weight, drawn, uniform in parts[1:]:
                total = ops.logaddexp(total, log_weight)
                takes = ops.log(uniform) < log_weight - total
                picked = ops.where(ops.reshape(takes, (-1, *[1] * len(self.event_shape))), drawn, picked)
            return picked

        return over_batches(all_chunks, inputs, batch_size, seed, what="Imputing")

    def _weighted_summary(self, inputs: Any, chunks: list[int], batch_size: int, seed: int) -> Any:
        """Return the weighted summaries of p(x|z), put together from chunks of samples by the total weight of each."""
        by_row = keras.backend.backend() == "jax"
        programs = [self.program(_weighted_summary, size, by_row) for size in chunks]

        def all_chunks(rows: Any, key: tuple[int, int]) -> Any:
            start = 0 if by_row else key[1] * len(chunks)
            parts = [program(rows, (key[0], start + i)) for i, program in enumerate(programs)]
            weights = _normalized(ops.stack([log_weight for log_weight, _ in parts]))
            return sum(_aligned(weight, summary) * summary
                       for weight, (_, summary) in zip(weights, parts, strict=True))

        return over_batches(all_chunks, inputs, batch_size, seed, what="Imputing")


def _normalized(log_weights: Any) -> Any:
    """Return the weights, normalized over the first axis; Keras's softmax warns if that has length 1."""
    return ops.exp(log_weights - ops.logsumexp(log_weights, axis=0, keepdims=True))


def _aligned(weights: Any, summary: Any) -> Any:
    """Return weights with as many axes as ``summary``."""
    return ops.reshape(weights, (*ops.shape(weights), *[1] * (len(summary.shape) - len(weights.shape))))


def _weighted_summary(model: Passes, samples: int, by_row: bool, inputs: Any, draws: Any) -> Any:  # noqa: FBT001 part of the cache key
    """Return the log of the total weight, ``(batch,)``, and the weighted summary of p(x|z), ``(batch, ...)``.

    If the weights depend on drawn values, these count in place of their mean.
    """
    def compute(inputs: Any) -> Any:
        forward = model.forward_pass(inputs, model.run_pass(inputs, samples, draws))
        log_weights, drawn = model.objective.importance(forward)
        summary = forward.p_x.summary if drawn is None else forward.p_x.summary_given(drawn)
        weights = _aligned(_normalized(log_weights), summary)
        return ops.logsumexp(log_weights, axis=0), ops.sum(weights * summary, axis=0)

    return rows_alone(compute, inputs) if by_row else compute(inputs)


def _resample(model: Passes, samples: int, inputs: Any, draws: Any) -> Any:
    """Return the log of the total weight, one draw from p(x|z) with z picked by weight, and a uniform number."""
    outputs = model.run_pass(inputs, samples, draws)
    forward = model.forward_pass(inputs, outputs)
    more = Draws(outputs["state"], purpose=2)
    log_weights, drawn = model.objective.importance(forward)
    picked = keras.random.categorical(ops.transpose(log_weights), 1, seed=more)[:, 0]
    drawn = forward.p_x.sample(1, more)[0] if drawn is None else drawn
    index = ops.reshape(picked, (1, -1, *[1] * len(model.event_shape)))
    one = ops.take_along_axis(drawn, ops.cast(index, "int32"), axis=0)[0]
    uniform = keras.random.uniform(ops.shape(picked), seed=more)
    return ops.logsumexp(log_weights, axis=0), one, uniform
