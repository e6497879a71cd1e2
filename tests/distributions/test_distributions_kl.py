"""KL: the closed form and the Monte Carlo estimate against numerical integration, and the choice between the two."""

import numpy as np
import pytest
import scipy.integrate
import scipy.special
import scipy.stats
from jax import numpy as jnp

from zukan.distributions import FullNormal, Laplace, Mixture, Normal, closed_form, kl, kl_terms

pytestmark = pytest.mark.usefixtures("x64")

PAIRS = [  # mean and log-variance of q, mean and log-variance of p
    (0.0, 0.0, 0.0, 0.0),
    (1.5, -2.0, 0.0, 0.0),
    (-0.3, 1.0, 0.7, -0.5),
    (4.0, 0.5, -1.0, 2.0),
]


def normal(mean, log_var):
    return Normal(jnp.asarray(mean)[..., None], jnp.asarray(log_var)[..., None])


def integrated(q, log_p):
    """Return KL(q || p) by numerical integration over 12 standard deviations of the scipy normal ``q`` on each side."""
    low, high = q.mean() - 12 * q.std(), q.mean() + 12 * q.std()
    return scipy.integrate.quad(lambda z: q.pdf(z) * (q.logpdf(z) - log_p(z)), low, high, limit=200, epsabs=1e-12)[0]


@pytest.mark.parametrize("pair", PAIRS)
def test_closed_form_of_normals_equals_the_integral(pair):
    m, v, pm, pv = pair
    p = scipy.stats.norm(pm, np.exp(pv / 2))
    terms = kl_terms(normal([m], [v]), normal(pm, pv), None)
    assert terms.shape == (1, 1)
    assert float(terms[0, 0]) == pytest.approx(integrated(scipy.stats.norm(m, np.exp(v / 2)), p.logpdf), abs=1e-9)


def test_closed_form_of_normals_equals_monte_carlo():
    m, v, pm, pv = map(np.array, zip(*PAIRS, strict=True))
    q, p = Normal(jnp.asarray(m)[None], jnp.asarray(v)[None]), Normal(jnp.asarray(pm), jnp.asarray(pv))
    z = q.sample(50_000, 0)
    log_ratios = np.asarray(q.log_prob(z) - p.log_prob(z))[:, 0]
    exact = kl_terms(q, p, z)
    assert exact.shape == (1, 4)
    assert abs(log_ratios.mean() - float(exact.sum())) < 5 * log_ratios.std() / np.sqrt(len(log_ratios))


@pytest.mark.parametrize("pair", PAIRS)
def test_closed_form_of_a_laplace_and_a_normal_variable_equals_the_integral(pair):
    m, s, pm, pv = pair
    p, q = scipy.stats.norm(pm, np.exp(pv / 2)), scipy.stats.laplace(m, np.exp(s))
    terms = kl_terms(Laplace(jnp.array([[m]]), jnp.array([[s]])), normal(pm, pv), None)
    sides = [scipy.integrate.quad(lambda z: q.pdf(z) * (q.logpdf(z) - p.logpdf(z)), *ends, limit=200, epsabs=1e-12)[0]
             for ends in ((m - 40 * np.exp(s), m), (m, m + 40 * np.exp(s)))]
    assert terms.shape == (1, 1)
    assert float(terms[0, 0]) == pytest.approx(sum(sides), abs=1e-9)


def test_closed_form_of_laplace_and_normal_variables_equals_monte_carlo():
    m, s, pm, pv = map(np.array, zip(*PAIRS, strict=True))
    q, p = Laplace(jnp.asarray(m)[None], jnp.asarray(s)[None]), Normal(jnp.asarray(pm), jnp.asarray(pv))
    z = q.sample(50_000, 0)
    log_ratios = np.asarray(q.log_prob(z) - p.log_prob(z))[:, 0]
    assert abs(log_ratios.mean() - float(kl_terms(q, p, z).sum())) < 5 * log_ratios.std() / np.sqrt(len(log_ratios))


FACTOR = np.array([[0.5, 0.0, 0.0], [-1.0, 2.0, 0.0], [0.3, 0.1, 0.2]])


def full_pair():
    q = FullNormal(jnp.array([[0.5, -1.0, 2.0]]), jnp.asarray(FACTOR[None]))
    return q, Normal(jnp.array([0.1, 0.4, -0.3]), jnp.array([0.2, -0.7, 1.0]))


def test_closed_form_of_a_full_normal_equals_the_formula_of_two_covariances():
    q, p = full_pair()
    variance, away = np.exp(np.asarray(p.log_var)), np.asarray(p.mean - q.mean[0])
    covariance = FACTOR @ FACTOR.T
    expected = 0.5 * (np.trace(covariance / variance[:, None]) + (away**2 / variance).sum() - 3
                      + np.log(variance).sum() - np.linalg.slogdet(covariance)[1])
    terms = kl_terms(q, p, None)
    assert terms.shape == (1, 3)
    assert float(terms.sum()) == pytest.approx(expected, rel=1e-12)


def test_the_terms_of_a_full_normal_are_those_of_the_conditionals():
    """Term j is the KL of q(z_j | z_1 .. z_{j-1}) to p(z_j), averaged over draws from q."""
    q, p = full_pair()
    noise = np.random.default_rng(0).normal(size=(100_000, 3))
    z = np.asarray(q.mean) + noise @ FACTOR.T
    for j in range(3):
        mean = z[:, j] - FACTOR[j, j] * noise[:, j]  # of z_j given the elements before it
        ratio = FACTOR[j, j] ** 2 / np.exp(float(p.log_var[j]))
        values = 0.5 * (ratio + (mean - float(p.mean[j])) ** 2 / np.exp(float(p.log_var[j])) - 1 - np.log(ratio))
        assert abs(values.mean() - float(kl_terms(q, p, None)[0, j])) < 5 * values.std() / np.sqrt(len(z)) + 1e-12


def test_closed_form_of_a_full_normal_equals_monte_carlo():
    q, p = full_pair()
    z, log_q = q.sample_and_log_prob(50_000, 0)
    log_ratios = np.asarray(log_q - p.log_prob(z))[:, 0]
    assert abs(log_ratios.mean() - float(kl_terms(q, p, z).sum())) < 5 * log_ratios.std() / np.sqrt(len(log_ratios))


def test_a_full_normal_with_a_diagonal_factor_is_the_diagonal_one():
    p = Normal(jnp.array([0.1, 0.4]), jnp.array([0.2, -0.7]))
    mean, log_var = jnp.array([[0.5, -1.0]]), jnp.array([[0.3, -2.0]])
    full = FullNormal(mean, jnp.exp(log_var / 2)[..., None] * jnp.eye(2))
    np.testing.assert_allclose(kl_terms(full, p, None), kl_terms(Normal(mean, log_var), p, None), rtol=1e-12)


def test_monte_carlo_for_a_mixture_equals_the_integral():
    weights, centers, log_vars = np.array([0.6, 0.3, 0.1]), np.array([-2.0, 1.0, 4.0]), np.array([0.0, -1.0, 1.0])
    p = Mixture(jnp.log(weights), normal(centers, log_vars))
    means, q_log_vars = np.array([0.5, -3.0]), np.array([-1.0, 0.3])
    q = normal(means, q_log_vars)
    z = q.sample(50_000, 0)
    terms = np.asarray(kl_terms(q, p, z))
    assert terms.shape == (2, 1)
    for i in range(2):
        oracle = scipy.stats.norm(means[i], np.exp(q_log_vars[i] / 2))
        exact = integrated(oracle, lambda x: scipy.special.logsumexp(
            scipy.stats.norm.logpdf(x, centers, np.exp(log_vars / 2)), b=weights))
        spread = np.asarray(q.log_prob(z) - p.log_prob(z))[:, i].std()
        assert abs(terms[i, 0] - exact) < 5 * spread / np.sqrt(len(z))


def test_mixture_of_one_component_agrees_with_the_closed_form():
    mixture = Mixture(jnp.zeros(1), Normal(jnp.zeros((1, 2)), jnp.full((1, 2), 0.5)))
    q = Normal(jnp.array([[0.5, -1.0]]), jnp.array([[0.0, -1.0]]))
    z = q.sample(50_000, 0)
    exact = float(kl_terms(q, Normal(jnp.zeros(2), jnp.full(2, 0.5)), z).sum())
    spread = np.asarray(q.log_prob(z) - mixture.log_prob(z)).std()
    assert float(kl_terms(q, mixture, z)[0, 0]) == pytest.approx(exact, abs=5 * spread / np.sqrt(len(z)))


def test_a_registered_closed_form_is_used_for_its_pair_only(monkeypatch):
    monkeypatch.setattr(kl, "_closed_forms", dict(kl._closed_forms))
    q = Normal(jnp.zeros((1, 2)), jnp.zeros((1, 2)))
    p = Mixture(jnp.zeros(1), Normal(jnp.zeros((1, 2)), jnp.zeros((1, 2))))
    z = jnp.ones((3, 1, 2))
    assert float(kl_terms(q, p, z)[0, 0]) == pytest.approx(0.0)
    closed_form(Normal, Mixture)(lambda q, p, z: jnp.full((1, 2), 7.0))
    assert kl_terms(q, p, None).tolist() == [[7.0, 7.0]]
    assert (Mixture, Normal) not in kl._closed_forms
