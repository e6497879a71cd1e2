"""Categorical variables, their relaxation, products and codes: against enumeration, quadrature and change of variables."""

import itertools

import jax
import numpy as np
import pytest
import scipy.integrate
import scipy.special
import scipy.stats
from jax import numpy as jnp

from zukan.distributions import (
    Categorical,
    Coded,
    CodeSequence,
    Normal,
    Product,
    Quantized,
    RelaxedCategorical,
    RelaxedDraws,
    kl_terms,
)

pytestmark = pytest.mark.usefixtures("x64")

LOGITS = np.array([[[0.3, -1.0, 2.0], [0.0, 0.5, -0.5]], [[1.0, 1.0, -3.0], [-0.2, 0.1, 0.4]]])  # (batch, variables, classes)
P = np.exp(LOGITS) / np.exp(LOGITS).sum(-1, keepdims=True)
SEQUENCES = np.array(list(itertools.product(range(3), repeat=2)))  # all values of two variables with three classes


def hot(codes, classes=3):
    codes = np.asarray(codes)
    return np.eye(classes)[codes].reshape(*codes.shape[:-1], -1)


@pytest.mark.parametrize("kind", [Categorical, lambda logits: RelaxedDraws(logits, 0.7)], ids=["discrete", "relaxed draws"])
def test_a_mass_is_the_product_of_the_probabilities(kind):
    log_p = np.asarray(kind(jnp.asarray(LOGITS)).log_prob(jnp.asarray(hot(SEQUENCES))[:, None]))
    for row, (a, b) in enumerate(SEQUENCES):
        np.testing.assert_allclose(log_p[row], np.log(P[:, 0, a] * P[:, 1, b]), rtol=1e-12)
    np.testing.assert_allclose(np.exp(log_p).sum(0), 1, rtol=1e-12)


@pytest.mark.parametrize("temperature", [0.5, 2.0])
def test_a_relaxed_density_is_the_change_of_variables_from_its_noise(temperature):
    """With k - 1 ratios u_i = log(z_i / z_k) as coordinates: their density is that of scaled differences of Gumbel noise."""
    log_p, rng = np.log(P[0, :1]), np.random.default_rng(0)
    q = RelaxedCategorical(jnp.asarray(log_p), temperature)
    for z in rng.dirichlet(np.ones(3), size=4):
        def ratios(first):
            z = jnp.append(first, 1 - first.sum())
            return temperature * (jnp.log(z[:2]) - jnp.log(z[2])) - (log_p[0, :2] - log_p[0, 2])

        jacobian = np.linalg.det(jax.jacobian(ratios)(jnp.asarray(z[:2])))
        a, b = np.asarray(ratios(jnp.asarray(z[:2])))
        g = np.linspace(-8, 40, 20_001)  # the noise of the last class
        density = scipy.integrate.simpson(np.prod([scipy.stats.gumbel_r.pdf(g + shift) for shift in (0, a, b)], axis=0), x=g)
        assert float(q.log_prob(jnp.asarray(z))) == pytest.approx(np.log(density * abs(jacobian)), rel=1e-6)


def test_a_relaxed_density_integrates_to_one():
    q = RelaxedCategorical(jnp.asarray(LOGITS[:1, 1]), 1.5)
    nodes, weights = scipy.special.roots_legendre(120)  # over the square of (a, (1 - a) u), which covers the simplex
    a, u = np.meshgrid((nodes + 1) / 2, (nodes + 1) / 2, indexing="ij")
    z = np.stack([a, (1 - a) * u, (1 - a) * (1 - u)], axis=-1)
    total = (np.exp(q.log_prob(jnp.asarray(z)[:, :, None]))[..., 0] * (1 - a) * np.outer(weights, weights) / 4).sum()
    assert total == pytest.approx(1, abs=2e-3)


def test_relaxed_draws_approach_the_discrete_ones():
    discrete = np.asarray(Categorical(jnp.asarray(LOGITS)).sample(500, 3))
    distances = [np.abs(np.asarray(RelaxedCategorical(jnp.asarray(LOGITS), t).sample(500, 3)) - discrete).mean()
                 for t in (1.0, 0.1, 0.001)]
    assert distances[0] > 5 * distances[1] > 25 * distances[2]
    assert distances[2] < 1e-3
    gradient = jax.grad(lambda logits: RelaxedDraws(logits, 0.5).sample(9, 0)[..., 0].sum())(jnp.asarray(LOGITS))
    assert np.abs(gradient[:, 0]).max() > 0.01


def test_the_log_mass_of_relaxed_draws_is_linear():
    q, z = RelaxedDraws(jnp.asarray(LOGITS), 0.5), np.random.default_rng(0).dirichlet(np.ones(3), size=(4, 2, 2))
    np.testing.assert_allclose(q.log_prob(jnp.asarray(z.reshape(4, 2, 6))), (z * np.log(P)).sum((-2, -1)), rtol=1e-12)


@pytest.mark.parametrize("kind", [Categorical, lambda logits: RelaxedDraws(logits, 0.7)], ids=["discrete", "relaxed draws"])
def test_the_kl_of_categorical_variables_is_the_enumerated_one(kind):
    other = np.random.default_rng(0).normal(size=(2, 3))
    p = np.exp(other) / np.exp(other).sum(-1, keepdims=True)
    terms = kl_terms(kind(jnp.asarray(LOGITS)), Categorical(jnp.asarray(other)), None)
    for b, v in itertools.product(range(2), range(2)):
        expected = sum(P[b, v, c] * (np.log(P[b, v, c]) - np.log(p[v, c])) for c in range(3))
        assert float(terms[b, v]) == pytest.approx(expected, rel=1e-12)


def product(batch=True):
    mean, log_var = np.array([[0.5, -1.0], [2.0, 0.0]]), np.array([[0.0, 1.0], [-1.0, 0.5]])
    return Product([Normal(jnp.asarray(mean), jnp.asarray(log_var)), Categorical(jnp.asarray(LOGITS if batch else LOGITS[0]))])


@pytest.mark.parametrize("batch", [True, False])
def test_the_pieces_of_a_product_are_independent(batch):
    q = product(batch)
    assert q.event_shape == (8,)
    assert q.batch_shape == (2,)
    draws = np.asarray(q.sample(20_000, 0))
    assert draws.shape == (20_000, 2, 8)
    np.testing.assert_allclose(draws.mean(0), q.mean, atol=0.06)
    np.testing.assert_allclose(q.mean[:, 2:], (P if batch else P[:1].repeat(2, 0)).reshape(2, 6), rtol=1e-12)
    for b in range(2):
        correlations = np.corrcoef(draws[:, b].T)
        assert np.abs(correlations[:2, 2:]).max() < 5.5 / np.sqrt(20_000)
    assert np.abs(np.corrcoef(draws[:, 0].T, draws[:, 1].T)[:8, 8:]).max() < 5.5 / np.sqrt(20_000)
    expected = (scipy.stats.norm.logpdf(draws[..., :2], q.parts[0].mean, np.exp(np.asarray(q.parts[0].log_var) / 2)).sum(-1)
                + (draws[..., 2:].reshape(-1, 2, 2, 3) * np.log(P if batch else P[:1])).sum((-2, -1)))
    np.testing.assert_allclose(q.log_prob(draws), expected, rtol=1e-10)


def test_the_kl_of_a_product_has_the_terms_of_its_pieces():
    q = product()
    p = Product([Normal(jnp.zeros(2), jnp.ones(2)), Categorical(jnp.zeros((2, 3)))])
    z = q.sample(3, 0)
    expected = [kl_terms(q.parts[0], p.parts[0], None), kl_terms(q.parts[1], p.parts[1], None)]
    np.testing.assert_allclose(kl_terms(q, p, z), np.concatenate(expected, axis=-1), rtol=1e-12)


TABLE = np.random.default_rng(1).normal(size=(3, 3))  # logits of the second variable given the first


def chain(batch=()):
    def logits(hots):
        first = jnp.broadcast_to(jnp.asarray(LOGITS[0, 0]), hots[..., 0, :].shape)
        return jnp.stack([first, hots[..., 0, :] @ TABLE], axis=-2)

    return CodeSequence(logits, 2, 3, batch)


def chained(a, b):
    second = np.exp(TABLE[a]) / np.exp(TABLE[a]).sum()
    return P[0, 0, a] * second[b]


def test_an_autoregressive_mass_is_the_chain_of_conditionals_and_its_draws_follow_it():
    p = chain()
    expected = np.array([chained(*sequence) for sequence in SEQUENCES])
    np.testing.assert_allclose(np.exp(p.log_prob(jnp.asarray(hot(SEQUENCES)))), expected, rtol=1e-12)
    draws = np.asarray(p.sample(20_000, 0)).reshape(-1, 2, 3).argmax(-1)
    shares = np.bincount(draws @ [3, 1], minlength=9) / len(draws)
    assert (np.abs(shares - expected) < 5 * np.sqrt(expected / len(draws))).all()
    assert chain((4,)).sample(2, 0).shape == (2, 4, 6)


BOOK = np.array([[0.0, 1.0], [2.0, -1.0], [0.5, 0.5]])


def embed(codes):
    return jnp.asarray(BOOK)[codes].reshape(*codes.shape[:-1], -1)


def nearest(z):
    return jnp.argmin(jnp.square(z.reshape(*z.shape[:-1], -1, 1, 2) - BOOK).sum(-1), axis=-1)


@pytest.mark.parametrize("over", [Categorical(LOGITS[0]), chain()], ids=["independent", "chain"])
def test_a_distribution_over_codes_is_that_of_their_points(over):
    p, z = Coded(over, nearest, embed), embed(SEQUENCES)
    log_p = np.asarray(over.log_prob(jnp.asarray(hot(SEQUENCES))))
    np.testing.assert_allclose(p.log_prob(z), log_p, rtol=1e-12)
    draws = np.asarray(nearest(p.sample(20_000, 0)))
    shares = np.bincount(draws @ [3, 1], minlength=9) / len(draws)
    assert (np.abs(shares - np.exp(log_p)) < 5 * np.sqrt(np.exp(log_p) / len(draws))).all()
    np.testing.assert_array_equal(jax.grad(lambda z: p.log_prob(z).sum())(z), 0)


def test_the_mean_of_codes_is_the_weighted_sum_of_their_points():
    p = Coded(Categorical(jnp.asarray(LOGITS)), nearest, embed)
    expected = sum(P[:, :, c, None] * BOOK[c] for c in range(3)).reshape(2, 4)
    np.testing.assert_allclose(p.mean, expected, rtol=1e-12)


def test_a_point_among_finitely_many_has_probability_one_and_a_kl_of_minus_log_p():
    z = embed(SEQUENCES)
    q, p = Quantized(z), Coded(chain(), nearest, embed)
    draws, log_q = q.sample_and_log_prob(3, 0)
    np.testing.assert_array_equal(draws, np.repeat(np.asarray(z)[None], 3, 0))
    np.testing.assert_array_equal(log_q, np.zeros((3, 9)))
    terms = np.asarray(kl_terms(q, p, draws))
    np.testing.assert_allclose(terms.sum(-1), -np.log([chained(*sequence) for sequence in SEQUENCES]), rtol=1e-6)
    np.testing.assert_allclose(terms[:, 0], -np.log(P[0, 0, SEQUENCES[:, 0]]), rtol=1e-6)
