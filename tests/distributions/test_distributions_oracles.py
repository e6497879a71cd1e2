"""Every distribution against scipy: a table with one row for each distribution and its oracle."""

from typing import Any, NamedTuple

import numpy as np
import pytest
import scipy.special
import scipy.stats
from jax import numpy as jnp

from zukan import distributions

pytestmark = pytest.mark.usefixtures("x64")

DRAWS = 40_000
SIGMAS = 5.0  # tolerance in standard errors: a correct sampler fails once in two million comparisons

LOGITS = np.array([[-30.0, -2.0, 0.0], [0.3, 2.5, 30.0]])
MEAN = np.array([[-3.0, 0.0, 0.5], [1.0, 10.0, -0.1]])
LOG_VAR = np.array([[-4.0, 0.0, 1.5], [0.2, 3.0, -1.0]])
WEIGHTS = np.array([0.7, 0.1, 0.2])
CENTRES = np.array([[-2.0, 1.0], [0.5, 0.0], [3.0, -1.0]])
LOG_VARS = np.array([[0.0, -1.0], [1.0, 0.5], [-2.0, 0.0]])


class MixtureOracle:
    """A mixture of scipy's normals, because scipy has no mixture. Its moments are those of each axis."""

    def __init__(self, weights, means, scales):
        self.weights, self.means, self.scales = weights, means, scales

    def logpdf(self, value):
        log_densities = scipy.stats.norm.logpdf(value[..., None, :], self.means, self.scales).sum(-1)
        return scipy.special.logsumexp(log_densities, axis=-1, b=self.weights)

    def stats(self, moments):
        """Return the mean ("m"), mean and variance ("mv") or excess kurtosis ("k"), as scipy does."""
        w, m, s = self.weights[:, None], self.means, self.scales
        mean = (w * m).sum(0)
        d = m - mean
        variance = (w * (d**2 + s**2)).sum(0)
        fourth = (w * (d**4 + 6 * d**2 * s**2 + 3 * s**4)).sum(0)
        return {"m": mean, "mv": (mean, variance), "k": fourth / variance**2 - 3}[moments]


class Row(NamedTuple):
    """A distribution and what it is compared with."""

    distribution: Any
    oracle: Any  # has the moments of the samples
    log_density: Any  # the oracle's log-density, summed over the event
    event_ndim: int
    values: np.ndarray  # where the log-densities are compared


def summed(log_density, ndim):
    return lambda value: log_density(value).sum(axis=tuple(range(-ndim, 0)))


def sum_observed(terms, ndim):
    """Add up the observed elements one by one."""
    sums = np.zeros((len(terms), 2))
    for row, column in zip(*np.nonzero(OBSERVED), strict=True):
        sums[:, row] += terms[:, row, column]
    return sums if ndim == 1 else sums.sum(-1)


GRID = np.linspace(-4, 4, 5).reshape(5, 1, 1) + MEAN
COINS = np.array([np.zeros((2, 3)), np.ones((2, 3)), [[0, 1, 1], [1, 0, 1]]])
COIN = scipy.stats.bernoulli(scipy.special.expit(LOGITS))
NORMAL = scipy.stats.norm(MEAN, np.exp(LOG_VAR / 2))
ONE_VARIANCE = scipy.stats.norm(MEAN, np.exp(0.25))
MIXTURE = MixtureOracle(WEIGHTS, CENTRES, np.exp(LOG_VARS / 2))
OBSERVED = np.array([[True, False, True], [False, False, True]])


def table():
    log_p = scipy.special.log_expit(LOGITS), scipy.special.log_expit(-LOGITS)  # scipy's logpmf is -inf at a logit of 40
    return {
        "Normal": Row(distributions.Normal(jnp.asarray(MEAN), jnp.asarray(LOG_VAR)), NORMAL, summed(NORMAL.logpdf, 1), 1, GRID),
        "Normal, one variance": Row(distributions.Normal(jnp.asarray(MEAN), jnp.asarray(0.5), event_ndim=2), ONE_VARIANCE,
                                    summed(ONE_VARIANCE.logpdf, 2), 2, GRID),
        "Bernoulli": Row(distributions.Bernoulli(jnp.asarray(LOGITS)), COIN,
                         summed(lambda x: np.where(x == 1, *log_p), 1), 1, COINS),
        "Bernoulli, images": Row(distributions.Bernoulli(jnp.asarray(LOGITS), event_ndim=2), COIN,
                                 summed(lambda x: np.where(x == 1, *log_p), 2), 2, COINS),
        "Mixture": Row(distributions.Mixture(jnp.log(WEIGHTS) + 1.7,
                                             distributions.Normal(jnp.asarray(CENTRES), jnp.asarray(LOG_VARS))),
                       MIXTURE, MIXTURE.logpdf, 1, np.random.default_rng(0).normal(size=(6, 4, 2)) * 5),
        "Observed, Normal": Row(
            distributions.Observed(distributions.Normal(jnp.asarray(MEAN), jnp.asarray(LOG_VAR)), jnp.asarray(OBSERVED)),
            NORMAL, lambda x: sum_observed(NORMAL.logpdf(x), 1), 1, GRID),
        "Observed, Bernoulli, images": Row(
            distributions.Observed(distributions.Bernoulli(jnp.asarray(LOGITS), event_ndim=2), jnp.asarray(OBSERVED)),
            COIN, lambda x: sum_observed(np.where(x == 1, *log_p), 2), 2, COINS),
    }


ROWS = ["Normal", "Normal, one variance", "Bernoulli", "Bernoulli, images", "Mixture", "Observed, Normal",
        "Observed, Bernoulli, images"]
# Without a density at given values: test_distributions_transformed.py; of other spaces: test_distributions_spaces.py.
ELSEWHERE = {"Delta", "PlanarFlow", "Plane", "Ladder", "PowerSpherical", "UniformSphere", "WrappedNormal"}
each_row = pytest.mark.parametrize("name", ROWS)


def test_every_distribution_has_a_row():
    public = {name for name in distributions.__all__ if isinstance(getattr(distributions, name), type)}
    assert public - {"Distribution"} - ELSEWHERE == {type(row.distribution).__name__ for row in table().values()}
    assert list(table()) == ROWS


@each_row
def test_log_prob(name):
    row = table()[name]
    log_prob = np.asarray(row.distribution.log_prob(jnp.asarray(row.values)))
    assert log_prob.dtype == np.float64
    np.testing.assert_allclose(log_prob, row.log_density(row.values), rtol=1e-12)


@each_row
def test_mean_and_event_shape(name):
    row = table()[name]
    mean = np.asarray(row.distribution.mean)
    np.testing.assert_allclose(mean, row.oracle.stats(moments="m"), rtol=1e-12)
    assert row.distribution.event_shape == mean.shape[mean.ndim - row.event_ndim :]


@each_row
def test_moments_of_samples(name):
    row = table()[name]
    draws = np.asarray(row.distribution.sample(DRAWS, 0))
    mean, variance = row.oracle.stats(moments="mv")
    assert draws.shape == (DRAWS, *np.shape(mean))
    assert (np.abs(draws.mean(0) - mean) <= SIGMAS * np.sqrt(variance / DRAWS) + 1e-9).all()
    kurtosis = row.oracle.stats(moments="k")
    tolerance = SIGMAS * variance * np.sqrt((kurtosis + 2) / DRAWS)  # SIGMAS standard errors of the sample variance, to first order
    assert (np.abs(draws.var(0) - variance) <= tolerance + SIGMAS**2 * variance / DRAWS + 1e-9).all()


@each_row
def test_samples_depend_only_on_the_seed(name):
    distribution = table()[name].distribution
    first, again, other = (np.asarray(distribution.sample(50, seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_elements_of_a_sample_are_independent():
    draws = np.asarray(table()["Normal"].distribution.sample(DRAWS, 0)).reshape(DRAWS, -1)
    correlations = np.corrcoef(draws.T)[np.triu_indices(draws.shape[1], 1)]
    assert (np.abs(correlations) < SIGMAS / np.sqrt(DRAWS)).all()


def test_a_mixture_draws_its_components_by_weight_and_independently_of_their_noise():
    separated = distributions.Mixture(jnp.log(WEIGHTS), distributions.Normal(jnp.asarray(CENTRES) * 100, jnp.zeros((3, 2))))
    draws = np.asarray(separated.sample(DRAWS, 0))
    chosen = np.argmin(np.abs(draws[:, None, :] - CENTRES * 100).sum(-1), axis=1)
    share = np.bincount(chosen, minlength=3) / DRAWS
    assert (np.abs(share - WEIGHTS) < SIGMAS * np.sqrt(WEIGHTS * (1 - WEIGHTS) / DRAWS)).all()
    for k in range(3):
        noise = draws[chosen == k] - 100 * CENTRES[k]
        assert (np.abs(noise.mean(0)) < SIGMAS / np.sqrt((chosen == k).sum())).all()
