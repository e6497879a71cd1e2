"""Every distribution against scipy: a table with one row for each distribution and its oracle."""

from typing import Any, NamedTuple

import numpy as np
import pytest
import scipy.integrate
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


class FullOracle:
    """A batch of scipy's multivariate normals. Its moments are those of each axis."""

    def __init__(self, means, factors):
        self.means = means
        self.covariances = factors @ factors.transpose(0, 2, 1)

    def logpdf(self, value):
        return np.stack([scipy.stats.multivariate_normal(m, c).logpdf(value[:, i])
                         for i, (m, c) in enumerate(zip(self.means, self.covariances, strict=True))], axis=1)

    def stats(self, moments):
        variance = np.diagonal(self.covariances, axis1=1, axis2=2)
        return {"m": self.means, "mv": (self.means, variance), "k": np.zeros_like(variance)}[moments]


class Row(NamedTuple):
    """A distribution and what it is compared with."""

    distribution: Any
    oracle: Any  # has the moments of the samples
    log_density: Any  # the oracle's log-density, summed over the event
    event_ndim: int
    values: np.ndarray  # where the log-densities are compared
    mean_error: float = 0.0  # of the documented mean, if that is an approximation


class TruncatedExponential:
    """The continuous Bernoulli: the density on [0, 1] that is proportional to exp(rate x), mirrored for rate > 0."""

    def __init__(self, rate):
        size = np.where(rate == 0, 1.0, np.abs(rate))
        self.rate, self.base = rate, scipy.stats.truncexpon(size, scale=1 / size)

    def logpdf(self, value):
        return np.where(self.rate == 0, 0.0, self.base.logpdf(np.where(self.rate > 0, 1 - value, value)))

    def stats(self, moments):
        points = np.linspace(0, 1, 200_001).reshape(-1, 1, 1)
        density = np.exp(self.logpdf(points))
        mean = scipy.integrate.simpson(density * points, points, axis=0)
        central = [scipy.integrate.simpson(density * (points - mean) ** power, points, axis=0) for power in (2, 4)]
        return {"m": mean, "mv": (mean, central[0]), "k": central[1] / central[0] ** 2 - 3}[moments]


class Levels:
    """Independent elements on evenly spaced levels from 0 to 1 with known probabilities, shape ``(*event, levels)``."""

    def __init__(self, probabilities):
        self.p, self.levels = probabilities, np.linspace(0, 1, probabilities.shape[-1])

    def logpmf(self, value):
        index = np.rint(value * (len(self.levels) - 1)).astype(int)[..., None]
        return np.log(np.take_along_axis(np.broadcast_to(self.p, (*index.shape[:-1], len(self.levels))), index, -1))[..., 0]

    def stats(self, moments):
        mean = self.p @ self.levels
        deviation = self.levels - mean[..., None]
        variance, fourth = ((self.p * deviation**power).sum(-1) for power in (2, 4))
        return {"m": mean, "mv": (mean, variance), "k": fourth / variance**2 - 3}[moments]


class Zeros:
    """A distribution of scipy over counts, with further zeros."""

    def __init__(self, share, counts):
        self.share, self.counts = share, counts

    def logpmf(self, value):
        counted = np.log(1 - self.share) + self.counts.logpmf(value)
        return np.where(value == 0, np.logaddexp(np.log(self.share), counted), counted)

    def stats(self, moments):
        mean, variance, skew, kurtosis = self.counts.stats(moments="mvsk")
        kept = 1 - self.share
        raw = [mean, variance + mean**2, skew * variance**1.5 + 3 * mean * variance + mean**3,
               (kurtosis + 3) * variance**2 + 4 * skew * variance**1.5 * mean + 6 * mean**2 * variance + mean**4]
        m, s, t, q = (kept * moment for moment in raw)
        central = s - m**2, q - 4 * t * m + 6 * s * m**2 - 3 * m**4
        return {"m": m, "mv": (m, central[0]), "k": central[1] / central[0] ** 2 - 3}[moments]


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
RATES = np.array([[-30.0, -2.0, 0.0], [0.49, 2.5, 300.0]])  # of continuous Bernoulli variables; 0.49 takes the series
TRUNCATED = TruncatedExponential(RATES)
GRAY = np.linspace(0, 1, 7).reshape(7, 1, 1) * np.ones((2, 3))
SECANT = scipy.stats.hypsecant(MEAN, np.exp(LOG_VAR / 2))
LAPLACE = scipy.stats.laplace(MEAN, np.exp(LOG_VAR / 2))
DF = np.array([5.0, 7.5, 40.0])
STUDENT = scipy.stats.t(DF, MEAN, np.exp(LOG_VAR / 2))
LOG_RATE = np.array([[-3.0, 0.0, 1.2], [2.5, 5.0, 7.0]])
COUNTS = np.array([[[0, 0, 0], [0, 0, 0]], [[1, 2, 3], [10, 100, 1000]], [[0, 1, 9], [30, 2000, 1100]]])
POISSON = scipy.stats.poisson(np.exp(LOG_RATE))
LOG_DISPERSION = np.array([[0.5, -0.7, 1.0], [-3.0, -5.0, -9.0]])
NEGATIVE = scipy.stats.nbinom(np.exp(-LOG_DISPERSION), 1 / (1 + np.exp(LOG_RATE + LOG_DISPERSION)))
MORE_ZEROS = np.array([[-2.0, 0.0, 1.0], [-4.0, -1.0, 3.0]])
ZERO_POISSON, ZERO_NEGATIVE = (Zeros(scipy.special.expit(MORE_ZEROS), counts) for counts in (POISSON, NEGATIVE))
EIGHT_BIT = np.stack([np.zeros((2, 3)), np.ones((2, 3)), np.full((2, 3), 128 / 255), np.arange(6).reshape(2, 3) / 255])
LEVEL_LOGITS = np.random.default_rng(3).normal(size=(2, 3, 256)) * 3
LEVELS = Levels(scipy.special.softmax(LEVEL_LOGITS, axis=-1))
WEIGHT_LOGITS = np.random.default_rng(4).normal(size=(2, 3, 4))
LOCATION = np.random.default_rng(5).uniform(-0.3, 1.3, size=(2, 3, 4))
LOG_SCALE = np.random.default_rng(6).uniform(-6, -1, size=(2, 3, 4))


def logistic_levels(weights, location, scale):
    """Return the probabilities of the 256 levels as differences of scipy's distribution function."""
    edges = np.concatenate([[-np.inf], (np.arange(255) + 0.5) / 255, [np.inf]])
    below = scipy.stats.logistic.cdf(edges[:, None], location[..., None, :], scale[..., None, :])
    above = scipy.stats.logistic.sf(edges[:, None], location[..., None, :], scale[..., None, :])
    width = np.where(below[..., 1:, :] < 0.5, np.diff(below, axis=-2), -np.diff(above, axis=-2))
    return (width * weights[..., None, :]).sum(-1)


LOGISTIC = Levels(logistic_levels(scipy.special.softmax(WEIGHT_LOGITS, axis=-1), LOCATION, np.exp(LOG_SCALE)))
FACTORS = np.array([[[0.5, 0, 0], [-1.0, 2.0, 0], [0.3, 0.1, 0.2]], [[1.5, 0, 0], [2.0, 0.3, 0], [-1.0, 1.0, 1.0]]])
FULL = FullOracle(MEAN, FACTORS)
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
        "FullNormal": Row(distributions.FullNormal(jnp.asarray(MEAN), jnp.asarray(FACTORS)), FULL, FULL.logpdf, 1, GRID),
        "Observed, Normal": Row(
            distributions.Observed(distributions.Normal(jnp.asarray(MEAN), jnp.asarray(LOG_VAR)), jnp.asarray(OBSERVED)),
            NORMAL, lambda x: sum_observed(NORMAL.logpdf(x), 1), 1, GRID),
        "Observed, Bernoulli, images": Row(
            distributions.Observed(distributions.Bernoulli(jnp.asarray(LOGITS), event_ndim=2), jnp.asarray(OBSERVED)),
            COIN, lambda x: sum_observed(np.where(x == 1, *log_p), 2), 2, COINS),
        "ContinuousBernoulli": Row(distributions.ContinuousBernoulli(jnp.asarray(RATES)), TRUNCATED,
                                   summed(TRUNCATED.logpdf, 1), 1, GRAY, mean_error=1e-9),
        "HyperbolicSecant": Row(distributions.HyperbolicSecant(jnp.asarray(MEAN), jnp.asarray(LOG_VAR / 2)), SECANT,
                                summed(SECANT.logpdf, 1), 1, GRID),
        "Laplace": Row(distributions.Laplace(jnp.asarray(MEAN), jnp.asarray(LOG_VAR / 2)), LAPLACE,
                       summed(LAPLACE.logpdf, 1), 1, GRID),
        "StudentT": Row(distributions.StudentT(jnp.asarray(MEAN), jnp.asarray(LOG_VAR / 2), jnp.asarray(DF), event_ndim=2),
                        STUDENT, summed(STUDENT.logpdf, 2), 2, GRID),
        "Poisson": Row(distributions.Poisson(jnp.asarray(LOG_RATE)), POISSON, summed(POISSON.logpmf, 1), 1, COUNTS),
        "NegativeBinomial": Row(
            distributions.NegativeBinomial(jnp.asarray(LOG_RATE), jnp.asarray(LOG_DISPERSION), event_ndim=2), NEGATIVE,
            summed(NEGATIVE.logpmf, 2), 2, COUNTS),
        "ZeroInflated, Poisson": Row(
            distributions.ZeroInflated(jnp.asarray(MORE_ZEROS), distributions.Poisson(jnp.asarray(LOG_RATE))),
            ZERO_POISSON, summed(ZERO_POISSON.logpmf, 1), 1, COUNTS),
        "ZeroInflated, NegativeBinomial": Row(
            distributions.ZeroInflated(jnp.asarray(MORE_ZEROS), distributions.NegativeBinomial(
                jnp.asarray(LOG_RATE), jnp.asarray(LOG_DISPERSION))),
            ZERO_NEGATIVE, summed(ZERO_NEGATIVE.logpmf, 1), 1, COUNTS),
        "CategoricalLevels": Row(distributions.CategoricalLevels(jnp.asarray(LEVEL_LOGITS), event_ndim=2), LEVELS,
                                 summed(LEVELS.logpmf, 2), 2, EIGHT_BIT),
        "LogisticMixture": Row(
            distributions.LogisticMixture(*map(jnp.asarray, (WEIGHT_LOGITS, LOCATION, LOG_SCALE)), event_ndim=2), LOGISTIC,
            summed(LOGISTIC.logpmf, 2), 2, EIGHT_BIT, mean_error=0.25 / 255),
    }


ROWS = ["Normal", "Normal, one variance", "Bernoulli", "Bernoulli, images", "Mixture", "FullNormal", "Observed, Normal",
        "Observed, Bernoulli, images", "ContinuousBernoulli", "HyperbolicSecant", "Laplace", "StudentT", "Poisson", "NegativeBinomial",
        "ZeroInflated, Poisson", "ZeroInflated, NegativeBinomial", "CategoricalLevels", "LogisticMixture"]
# test_distributions_transformed.py, _flows.py, _hamiltonian.py, _codes.py and _spaces.py; test_likelihoods_mixed.py
ELSEWHERE = {"Affine", "Autoregressive", "Delta", "Generated", "Hamiltonian", "Inverted", "Planar", "Transformation",
             "Transformed", "Ladder", "PowerSpherical", "UniformSphere", "WrappedNormal", "Categorical", "Coded", "CodeSequence",
             "Categories", "OneHots", "Product", "Quantized", "RelaxedCategorical", "RelaxedDraws"}
each_row = pytest.mark.parametrize("name", ROWS)


def test_every_distribution_has_a_row():
    public = {name for name in distributions.__all__ if isinstance(getattr(distributions, name), type)}
    assert public - {"Distribution", "Independent"} - ELSEWHERE == {type(row.distribution).__name__ for row in table().values()}
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
    np.testing.assert_allclose(mean, row.oracle.stats(moments="m"), rtol=1e-12, atol=row.mean_error)
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


def test_draws_of_a_full_normal_have_its_covariance_and_know_their_density():
    q = table()["FullNormal"].distribution
    z, log_q = (np.asarray(array) for array in q.sample_and_log_prob(DRAWS, 0))
    np.testing.assert_array_equal(z, q.sample(DRAWS, 0))
    np.testing.assert_allclose(log_q, FULL.logpdf(z), rtol=1e-10)
    for i, expected in enumerate(FULL.covariances):
        scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)) + expected**2)
        assert (np.abs(np.cov(z[:, i].T) - expected) < SIGMAS * scale / np.sqrt(DRAWS)).all()


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
