"""How well a model explains each example: the ELBO, its parts, and bounds on log p(x), in nats."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from zukan import checks
from zukan.model.batching import over_batches
from zukan.model.passes import Passes
from zukan.streamed import slices


class Bounds(Passes):
    """ELBO, KL by term, importance-weighted bound, anomaly score and its attribution.

    By default, every example gets the same random numbers, so that its result does not depend on the other examples,
    on their order or on how many there are. An average over many examples is more precise with ``same_draws=False``.
    Many samples are drawn in chunks whose size depends on ``batch_size``; another ``batch_size`` draws other numbers.
    """

    def elbo(self, x: Any, *, condition: Any = None, samples: int = 1, seed: int = 0, batch_size: int = 1024,
             same_draws: bool = True) -> np.ndarray:
        """Return the evidence lower bound of each example, in nats.

        Parameters
        ----------
        x : array, shape (n, *event_shape)
        condition : int or array, optional
        samples : int, default 1
            Draws of z per example; the result is the average over them.
        seed : int, default 0
            Seed of the draws.
        batch_size : int, default 1024
        same_draws : bool, default True
            Give every example the same random numbers. If False, every example has its own; with one sample, z is then
            ``encode(x, sample=True)`` for the same seed and batch size.

        Returns
        -------
        array, shape (n,)
        """
        return self._by_example("elbo", x, condition, samples, seed, batch_size, _average, same_draws=same_draws)

    def kl_terms(self, x: Any, *, condition: Any = None, seed: int = 0, batch_size: int = 1024,
                 same_draws: bool = True) -> np.ndarray:
        """Return KL(q(z|x) || p(z)) of each example in nats, split into its terms.

        Parameters
        ----------
        x, condition, seed, batch_size, same_draws
            As for `elbo`.

        Returns
        -------
        array, shape (n, latent_dim) or (n, 1)
            One term per dimension if there is a closed form that factorizes; else one Monte Carlo estimate.
        """
        return self._by_example("kl_terms", x, condition, 1, seed, batch_size, lambda chunks: chunks[0][1],
                                same_draws=same_draws)

    def log_likelihood(self, x: Any, *, condition: Any = None, samples: int = 5000, seed: int = 0,
                       batch_size: int = 32, same_draws: bool = True) -> np.ndarray:
        """Return the importance-weighted bound on log p(x) of each example, in nats (arXiv:1509.00519).

        In expectation it is the ELBO for one sample, and it grows towards log p(x) with ``samples``. Memory is bounded
        by ``batch_size`` and does not grow with ``samples`` or ``n``.

        Parameters
        ----------
        x : array, shape (n, *event_shape)
        condition : int or array, optional
        samples : int, default 5000
            Draws of z per example.
        seed : int, default 0
        batch_size : int, default 32
        same_draws : bool, default True
            As for `elbo`.

        Returns
        -------
        array, shape (n,)
        """
        def add(chunks: list[tuple[int, Any]]) -> Any:
            return functools.reduce(ops.logaddexp, (values for _, values in chunks)) - np.log(samples)

        return self._by_example("log_weights", x, condition, samples, seed, batch_size, add, same_draws=same_draws)

    def score(self, x: Any, *, condition: Any = None, samples: int = 32, seed: int = 0,
              batch_size: int = 128) -> np.ndarray:
        """Return the anomaly score of each example in nats: higher is more anomalous.

        It is minus a bound on log p(x), minus the cost that ``x`` has under any model (`Likelihood.least_cost`): the
        entropy of gray levels with a Bernoulli likelihood, and 0 for all other data. The score of an example does not
        depend on the other examples.

        Likelihoods are known to fail as anomaly scores: simple examples get low scores even if they are unlike the
        training data (arXiv:1810.09136; measured in ``docs/anomaly.md``).

        Parameters
        ----------
        x : array, shape (n, *event_shape)
        condition : int or array, optional
        samples : int, default 32
            Draws of z per example for the importance-weighted bound of `log_likelihood`; 1 for minus the ELBO.
        seed : int, default 0
        batch_size : int, default 128

        Returns
        -------
        array, shape (n,)
        """
        bound = self.elbo if checks.integer("samples", samples) == 1 else self.log_likelihood
        return self._excess(-bound(x, condition=condition, samples=samples, seed=seed, batch_size=batch_size), x)

    def attribution(self, x: Any, *, condition: Any = None, samples: int = 1, seed: int = 0,
                    batch_size: int = 1024) -> np.ndarray:
        """Return the contribution of each element to the anomaly score, in nats.

        Its sum over an example, plus the KL, is the `score` with ``samples=1`` and the same ``seed``.

        Parameters
        ----------
        x : array, shape (n, *event_shape)
        condition : int or array, optional
        samples : int, default 1
        seed : int, default 0
        batch_size : int, default 1024

        Returns
        -------
        array, shape (n, *event_shape)
        """
        return self._excess(self.reconstruction_terms(x, condition=condition, samples=samples, seed=seed,
                                                      batch_size=batch_size), x)

    def reconstruction_terms(self, x: Any, *, condition: Any = None, samples: int = 1, seed: int = 0,
                             batch_size: int = 1024, same_draws: bool = True) -> np.ndarray:
        """Return the contribution of each element to the reconstruction term, -E_q log p(x|z), in nats.

        Its sum over an example, plus the KL, is minus the `elbo` with the same ``samples``, ``seed`` and draws.

        Parameters
        ----------
        x, condition, samples, seed, batch_size, same_draws
            As for `elbo`.

        Returns
        -------
        array, shape (n, *event_shape)
        """
        return self._by_example("reconstruction_terms", x, condition, samples, seed, batch_size, _average,
                                same_draws=same_draws)

    def _excess(self, cost: np.ndarray, x: Any) -> np.ndarray:
        """Return the cost of each example or element in nats, minus what it costs under any model."""
        items, excess = self._inputs.items("x", x), cost.copy()
        for piece in slices(items):
            least = self.likelihood.least_cost(items[piece])
            excess[piece] -= least if cost.ndim > 1 else least.reshape(len(least), -1).sum(axis=1)
        return excess

    def _by_example(self, term: str, x: Any, condition: Any, samples: int, seed: int, batch_size: int,
                    add: Callable[[list[tuple[int, Any]]], Any], *, same_draws: bool) -> np.ndarray:
        """Compute a term of the forward pass for every example: batches of rows, and chunks of samples within a batch.

        ``add`` combines the chunks, each with its number of samples. With the same draws and one chunk, all batches
        have the same shape, so that the result of an example is the same to the last bit.
        """
        if term != "reconstruction_terms":
            self.check_density("a bound on log p(x)", "attribution for the error of the reconstruction, or ")
        per_chunk = self._samples_per_chunk(checks.integer("batch_size", batch_size))
        chunks = split_samples(checks.integer("samples", samples), per_chunk)
        by_row = same_draws and keras.backend.backend() == "jax"
        programs = [self.program(_term, term, size, by_row) for size in chunks]

        def all_chunks(rows: Any, key: tuple[int, int]) -> Any:
            start = 0 if same_draws else key[1] * len(chunks)
            return add([(size, program(rows, (key[0], start + i)))
                        for i, (size, program) in enumerate(zip(chunks, programs, strict=True))])

        inputs, seed = self._inputs.check("x", x, condition), checks.integer("seed", seed, minimum=0)
        return over_batches(all_chunks, inputs, 1 if same_draws and not by_row else batch_size, seed,
                            whole=same_draws and len(chunks) == 1, what="Measuring")


def _term(model: Passes, term: str, samples: int, by_row: bool, x: Any, draws: Any) -> Any:  # noqa: FBT001 part of the cache key
    """Return the attribute ``term`` of the forward pass; for ``log_weights``, their log-sum-exp over the samples."""
    def compute(x: Any) -> Any:
        forward = model.forward_pass(x, model.run_pass(x, samples, draws))
        return ops.logsumexp(forward.log_weights, axis=0) if term == "log_weights" else getattr(forward, term)

    return rows_alone(compute, x) if by_row else compute(x)


def rows_alone(compute: Callable[[Any], Any], x: Any) -> Any:
    """Return what ``compute`` gives for every row as a batch of its own, with the same random numbers (on JAX)."""
    import jax  # noqa: PLC0415

    def alone(row: Any) -> Any:
        return jax.tree.map(lambda result: result[0], compute(jax.tree.map(lambda array: array[None], row)))

    return jax.vmap(alone)(x)


def _average(chunks: list[tuple[int, Any]]) -> Any:
    """Return the average over all samples from the averages over chunks of them."""
    return sum(size * values for size, values in chunks) / sum(size for size, _ in chunks)


def split_samples(total: int, at_most: int) -> list[int]:
    """Split ``total`` samples into chunks of ``at_most`` and a remainder."""
    whole, rest = divmod(total, at_most)
    return [at_most] * whole + ([rest] if rest else [])
