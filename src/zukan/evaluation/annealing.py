"""Annealed importance sampling: an estimate of log p(x) that does not rely on q(z|x) alone."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import keras
import numpy as np
import numpy.typing as npt
from keras import ops, tree

from zukan import numerics, progress
from zukan.backend import keras_defaults
from zukan.context import Draws
from zukan.evaluation.averages import average
from zukan.model import VAE
from zukan.model.passes import Passes

STARTS = ("q", "prior")
TEMPERATURES, CHAINS, LEAPFROGS = 500, 16, 10
PILOTS = 4  # one chain in so many finds the step sizes
AT_ONCE = 1024  # chains that are moved together
ACCEPTED, GAIN = 0.65, 0.2  # the acceptance rate that is aimed at; how quickly the logarithm of a step size follows

Array = npt.NDArray[np.float64]


class Annealed(NamedTuple):
    """Chains from a start distribution to p(z|x), through densities start(z)^(1 - b) p(x, z)^b for b from 0 to 1.

    Attributes
    ----------
    temperatures : array, shape (t,)
        The values of b, from 0 to 1.
    log_weights : array, shape (t, chains, n)
        The logarithm of each chain's weight at each b, in nats. The average of the last weights over the chains is an
        unbiased estimate of p(x).
    energy : array, shape (t, chains, n)
        log p(x, z) - log start(z) of each chain's z at each b, in nats. With the prior as start, it is log p(x|z).
    accepted : float
        Share of the proposals that were accepted.
    """

    temperatures: Array
    log_weights: Array
    energy: Array
    accepted: float

    @property
    def log_p(self) -> Array:
        """The estimate of log p(x) of each item in nats, shape (n,); in expectation it is a lower bound."""
        last = self.log_weights[-1]
        return np.logaddexp.reduce(last, axis=0) - np.log(len(last))


@keras_defaults()
def anneal(vae: VAE, x: Any, seed: int = 0, *, condition: Any = None, start: str = "q",
           temperatures: int = TEMPERATURES, chains: int = CHAINS, leapfrogs: int = LEAPFROGS) -> Annealed:
    """Run chains by annealed importance sampling (doi:10.1023/A:1008923215028).

    Its moves are Hamiltonian (arXiv:1611.04273). The step sizes are found by a few other chains, which run first:
    steps that depend on a chain's own past would make its weight biased.

    Parameters
    ----------
    vae : VAE
        Its z must be real numbers.
    x : array, shape (n, *event_shape)
    seed : int
    condition : array, shape (n,) or (n, condition_dim), optional
    start : {"q", "prior"}
        Where chains start: at draws from q(z|x) or from p(z).
    temperatures, chains : int
        Number of steps from the start to p(z|x), and of chains for each item.
    leapfrogs : int
        Steps of a Hamiltonian move.

    Returns
    -------
    Annealed
    """
    curve = 1.0 / (1.0 + np.exp(-np.linspace(-4.0, 4.0, temperatures + 1)))  # slow at both ends, as in arXiv:1611.04273
    path = (curve - curve[0]) / (curve[-1] - curve[0])
    inputs = vae.inputs_of(x, condition)
    n, at_most = len(x), max(1, AT_ONCE // chains)
    size = math.ceil(n / math.ceil(n / at_most))
    total = 2 * temperatures * math.ceil(n / size)
    bar = progress.steps(f"Annealing from {'q(z|x)' if start == 'q' else 'the prior'}", range(total), total)
    results = []
    for i, first in enumerate(range(0, n, size)):
        places = np.minimum(np.arange(first, first + size), n - 1)  # all batches have one shape
        rows = tree.map_structure(lambda array, places=places: array[places], inputs)
        keys = [((seed, k) for k in itertools.count(number * len(path))) for number in (2 * i, 2 * i + 1)]
        run = functools.partial(_chains, vae, rows, path, start, leapfrogs, bar)
        scale, steps, _ = run(max(2, chains // PILOTS), keys[0], None, None)
        results.append(run(chains, keys[1], scale, steps)[2])
    next(bar, None)
    weights, energy, accepted = zip(*results, strict=True)
    return Annealed(path, np.concatenate(weights, axis=2)[..., :n], np.concatenate(energy, axis=2)[..., :n],
                    float(np.mean(accepted)))


def compared(chains: Mapping[str, Annealed], bound: npt.NDArray[Any]) -> dict[str, Any]:
    """Return the estimate of log p(x) from chains of all starts, and how far it is above a bound, in nats.

    Parameters
    ----------
    chains : mapping of Annealed
        By start.
    bound : array, shape (n,)
        The importance-weighted bound of the same items.

    Returns
    -------
    dict
        ``log_p``, from the average of the weights over all starts; ``bound``; ``above_bound``, their difference; each
        with its standard error over the items. ``starts`` has the average ``log_p`` and the acceptance rate
        (``accepted``) of each start, and ``temperatures`` and ``chains`` how many there were.
    """
    values = [run.log_p for run in chains.values()]
    log_p = np.logaddexp.reduce(values, axis=0) - np.log(len(values))
    steps, number, _ = next(iter(chains.values())).log_weights.shape
    return {**average("log_p", log_p), **average("bound", bound), **average("above_bound", log_p - bound),
            "starts": {start: {"log_p": float(run.log_p.mean()), "accepted": run.accepted}
                       for start, run in chains.items()}, "temperatures": steps - 1, "chains": number}


def _chains(vae: VAE, rows: Any, path: Array, start: str, leapfrogs: int, bar: Any, chains: int,
            keys: Iterator[tuple[int, int]], scale: Any, steps: Any) -> tuple[Any, Any, Any]:
    """Run chains for a batch of items with these step sizes, shape (temperatures, items), or find the step sizes.

    ``keys`` are the states of the random numbers of each move; no other chains have the same. ``scale``, shape
    (items, latent_dim), is the unit of the steps: the spread of the start distribution.
    """
    begin, move = vae.program(_begin, start, chains), vae.program(_move, start, leapfrogs)
    z, energy = begin(rows, next(keys))
    is_pilot = steps is None
    scale = np.maximum(np.std(np.asarray(z), axis=0), 1e-4) if is_pilot else scale
    size = np.full(scale.shape[0], 0.5, scale.dtype)
    used, rates, weights, energies = [], [], [np.zeros(energy.shape)], [np.asarray(energy, np.float64)]
    for k, (before, now) in enumerate(itertools.pairwise(path)):
        next(bar, None)
        weights.append(weights[-1] + (now - before) * energies[-1])
        size = size if is_pilot else steps[k]
        z, energy, rate = move(rows, z, np.asarray(now, scale.dtype), size, scale, next(keys))
        energies.append(np.asarray(energy, np.float64))
        rate = np.asarray(rate)
        rates.append(rate.mean())
        used.append(size)
        if is_pilot:
            size = (size * np.exp(GAIN * (rate.mean(axis=0) - ACCEPTED))).astype(scale.dtype)
    return scale, used, (np.stack(weights), np.stack(energies), np.mean(rates))


def _densities(model: Passes, rows: Any, start: str, state: Any) -> tuple[Any, Callable[[Any], Any]]:
    """Return the start distribution, and the function log p(x, z) - log start(z) of z."""
    context = model.context(rows, state)
    first = model.posterior_of(rows, state) if start == "q" else context.prior()
    return first, lambda z: context.log_joint(z) - first.log_prob(z)


def _begin(model: Passes, start: str, chains: int, rows: Any, draws: Any) -> tuple[Any, Any]:
    """Return a draw from the start distribution for each chain, shape (chains, items, latent_dim), and its energy."""
    state = draws.next()
    first, energy = _densities(model, rows, start, state)
    if first.batch_shape:
        z = first.sample(chains, Draws(state))
    else:
        items = len(tree.flatten(rows)[0])
        z = ops.reshape(first.sample(chains * items, Draws(state)), (chains, items, model.latent_dim))
    return z, energy(z)


def _move(model: Passes, start: str, leapfrogs: int, rows: Any, z: Any, temperature: Any, step: Any, scale: Any,
          draws: Any) -> tuple[Any, Any, Any]:
    """Return z after a Hamiltonian move that keeps start(z)^(1 - b) p(x, z)^b, its energy and its acceptance rate."""
    source = Draws(draws.next())
    first, energy = _densities(model, rows, start, source.next())

    def log_density(z: Any) -> Any:
        return first.log_prob(z) + temperature * energy(z)

    def slope(z: Any) -> Any:
        return ops.stop_gradient(numerics.gradient(log_density, z))

    stride = step[:, None] * scale
    velocity = keras.random.normal(ops.shape(z), dtype=z.dtype, seed=source)
    before = log_density(z) - 0.5 * ops.sum(ops.square(velocity), axis=-1)
    velocity = velocity + 0.5 * stride * slope(z)

    def leap(_: Any, state: tuple[Any, Any]) -> tuple[Any, Any]:
        place, speed = state
        place = place + stride * speed
        return place, speed + stride * slope(place)

    place, velocity = ops.fori_loop(0, leapfrogs, leap, (z, velocity))
    velocity = velocity - 0.5 * stride * slope(place)
    after = log_density(place) - 0.5 * ops.sum(ops.square(velocity), axis=-1)
    change = ops.where(ops.isfinite(after), after - before, -1e9 * ops.ones_like(before))
    uniform = keras.random.uniform(ops.shape(before), dtype=z.dtype, seed=source)
    z = ops.where((ops.log(uniform) < change)[..., None], place, z)
    return z, energy(z), ops.exp(ops.minimum(change, 0.0))
