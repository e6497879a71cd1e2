"""Every distribution against scipy: one table of (member, oracle)."""

from typing import Any, NamedTuple

import numpy as np
import pytest
import scipy.special
import scipy.stats
from jax import numpy as jnp

from zukan import distributions

pytestmark = pytest.mark.usefixtures("x64")

DRAWS = 40_000
SIGMAS = 5.0  # of the standard error: a right sampler fails once in two million comparisons

LOGITS = np.array([[-30.0, -2.0, 0.0], [0.3, 2.5, 30.0]])
MEAN = np.array([[-3.0, 0.0, 0.5], [1.0, 10.0, -0.1]])
LOG_VAR = np.array([[-4.0, 0.0, 1.5], [0.2, 3.0, -1.0]])
WEIGHTS = np.array([0.7, 0.1, 0.2])
CENTRES = np.array([[-2.0, 1.0], [0.5, 0.0], [3.0, -1.0]])
LOG_VARS = np.array([[0.0, -1.0], [1.0, 0.5], [-2.0, 0.0]])


class MixtureOracle:
    """scipy has no mixtures: this one is put together from its normals, axis by axis for the moments."""

    def __init__(self, weights, means, scales):
        self.weights, self.means, self.scales = weights, means, scales

    def logpdf(self, value):
        each = scipy.stats.norm.logpdf(value[..., None, :], self.means, self.scales).sum(-1)
        return scipy.special.logsumexp(each, axis=-1, b=self.weights)

    def stats(self, moments):
        """Return mean, variance, and the excess kurtosis from the raw moments of normals."""
        w, m, s = self.weights[:, None], self.means, self.scales
        mean = (w * m).sum(0)
        d = m - mean
        variance = (w * (d**2 + s**2)).sum(0)
        fourth = (w * (d**4 + 6 * d**2 * s**2 + 3 * s**4)).sum(0)
        return {"m": mean, "mv": (mean, variance), "k": fourth / variance**2 - 3}[moments]


class Line(NamedTuple):
    """A distribution, its oracle, the oracle's log-density, and how many axes are its event."""

    member: Any
    oracle: Any
    log_density: Any
    event_ndim: int
    values: np.ndarray


def summed(log_density, ndim):
    return lambda value: log_density(value).sum(axis=tuple(range(-ndim, 0)))


GRID = np.linspace(-4, 4, 5).reshape(5, 1, 1) + MEAN
COINS = np.array([np.zeros((2, 3)), np.ones((2, 3)), [[0, 1, 1], [1, 0, 1]]])
COIN = scipy.stats.bernoulli(scipy.special.expit(LOGITS))
NORMAL = scipy.stats.norm(MEAN, np.exp(LOG_VAR / 2))
MIXTURE = MixtureOracle(WEIGHTS, CENTRES, np.exp(LOG_VARS / 2))


def table():
    coins = scipy.special.log_expit(LOGITS), scipy.special.log_expit(-LOGITS)  # scipy's logpmf is -inf at logit 40
    return {
        "Normal": Line(distributions.Normal(jnp.asarray(MEAN), jnp.asarray(LOG_VAR)), NORMAL,
                       summed(NORMAL.logpdf, 1), 1, GRID),
        "Normal, one variance": Line(distributions.Normal(jnp.asarray(MEAN), jnp.asarray(0.5), event_ndim=2),
                                     scipy.stats.norm(MEAN, np.exp(0.25)),
                                     summed(scipy.stats.norm(MEAN, np.exp(0.25)).logpdf, 2), 2, GRID),
        "Bernoulli": Line(distributions.Bernoulli(jnp.asarray(LOGITS)), COIN,
                          summed(lambda x: np.where(x == 1, *coins), 1), 1, COINS),
        "Bernoulli, images": Line(distributions.Bernoulli(jnp.asarray(LOGITS), event_ndim=2), COIN,
                                  summed(lambda x: np.where(x == 1, *coins), 2), 2, COINS),
        "Mixture": Line(distributions.Mixture(jnp.log(WEIGHTS) + 1.7,
                                              distributions.Normal(jnp.asarray(CENTRES), jnp.asarray(LOG_VARS))),
                        MIXTURE, MIXTURE.logpdf, 1, np.random.default_rng(0).normal(size=(6, 4, 2)) * 5),
    }


LINES = ["Normal", "Normal, one variance", "Bernoulli", "Bernoulli, images", "Mixture"]
each_line = pytest.mark.parametrize("name", LINES)


def test_every_distribution_has_a_line():
    public = {name for name in distributions.__all__ if isinstance(getattr(distributions, name), type)}
    assert public - {"Distribution"} == {type(line.member).__name__ for line in table().values()}
    assert list(table()) == LINES


@each_line
def test_log_prob(name):
    line = table()[name]
    ours = np.asarray(line.member.log_prob(jnp.asarray(line.values)))
    assert ours.dtype == np.float64
    np.testing.assert_allclose(ours, line.log_density(line.values), rtol=1e-12)


@each_line
def test_mean_and_event_shape(name):
    line = table()[name]
    mean = np.asarray(line.member.mean)
    np.testing.assert_allclose(mean, line.oracle.stats(moments="m"), rtol=1e-12)
    assert line.member.event_shape == mean.shape[mean.ndim - line.event_ndim :]


@each_line
def test_moments_of_samples(name):
    line = table()[name]
    draws = np.asarray(line.member.sample(DRAWS, 0))
    mean, variance = line.oracle.stats(moments="mv")
    assert draws.shape == (DRAWS, *np.shape(mean))
    assert (np.abs(draws.mean(0) - mean) <= SIGMAS * np.sqrt(variance / DRAWS) + 1e-9).all()
    kurtosis = line.oracle.stats(moments="k")
    error = SIGMAS * variance * np.sqrt((kurtosis + 2) / DRAWS)  # of the sample variance, to first order
    assert (np.abs(draws.var(0) - variance) <= error + SIGMAS**2 * variance / DRAWS + 1e-9).all()


@each_line
def test_draws_depend_on_the_seed_alone(name):
    member = table()[name].member
    first, again, other = (np.asarray(member.sample(50, seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_elements_are_drawn_independently():
    draws = np.asarray(table()["Normal"].member.sample(DRAWS, 0)).reshape(DRAWS, -1)
    between = np.corrcoef(draws.T)[np.triu_indices(draws.shape[1], 1)]
    assert (np.abs(between) < SIGMAS / np.sqrt(DRAWS)).all()


def test_components_are_drawn_by_weight_and_independently_of_their_noise():
    sharp = distributions.Mixture(jnp.log(WEIGHTS), distributions.Normal(jnp.asarray(CENTRES) * 100, jnp.zeros((3, 2))))
    draws = np.asarray(sharp.sample(DRAWS, 0))
    chosen = np.argmin(np.abs(draws[:, None, :] - CENTRES * 100).sum(-1), axis=1)
    share = np.bincount(chosen, minlength=3) / DRAWS
    assert (np.abs(share - WEIGHTS) < SIGMAS * np.sqrt(WEIGHTS * (1 - WEIGHTS) / DRAWS)).all()
    for k in range(3):
        noise = draws[chosen == k] - 100 * CENTRES[k]
        assert (np.abs(noise.mean(0)) < SIGMAS / np.sqrt((chosen == k).sum())).all()
