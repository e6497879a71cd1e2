"""Objectives that compare the codes of a batch with each other or with the prior: against loops in NumPy."""

import dataclasses
import math

import jax
import keras
import numpy as np
import pytest
import scipy.stats
from jax import numpy as jnp
from tiny_pass import BATCH, LATENT, RTOL, STATE, Numbers

import zukan
from zukan.context import Context, Draws
from zukan.distributions import Delta, Mixture, Normal
from zukan.objectives import DIP, MMD, BetaTC, Sliced
from zukan.objectives.discrepancy import mmd, sliced_wasserstein

pytestmark = pytest.mark.usefixtures("x64")
EXAMPLES = 10


@pytest.fixture
def numbers():
    return Numbers()


def batch(n, d, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d))


def weighted(i, j):
    return 1 / (BATCH * EXAMPLES)


def stratified(i, j, odd):
    """The weight of example j for the code of example i, in a batch of one, M - 1 and one (arXiv:1802.04942, C.2)."""
    m = BATCH - 1
    return 1 / EXAMPLES if j == i else (EXAMPLES - m) / (EXAMPLES * m) if j == odd else 1 / m


def average_posterior(numbers, share):
    """Return the estimates of log q(z_i), and of sum_j log q(z_ij), by loops."""
    scale = np.exp(numbers.log_var / 2)
    whole, product = np.zeros(BATCH), np.zeros(BATCH)
    for i in range(BATCH):
        total, by_dimension = 0.0, np.zeros(LATENT)
        for j in range(BATCH):
            density = scipy.stats.norm.pdf(numbers.z[0, i], numbers.mean[j], scale[j])
            total += share(i, j) * np.prod(density)
            for d in range(LATENT):
                by_dimension[d] += share(i, j) * density[d]
        whole[i], product[i] = np.log(total), np.log(by_dimension).sum()
    return whole, product


def mean_over_the_odd_one(i, j):
    return np.mean([stratified(i, j, odd) for odd in range(BATCH) if odd != i])


@pytest.mark.parametrize(("sampling", "share"), [("weighted", weighted), ("stratified", mean_over_the_odd_one)])
def test_beta_tc_equals_the_paper_s_loops(numbers, sampling, share):
    whole, product = average_posterior(numbers, share)
    terms = BetaTC(4.0, 0.5, 2.0, sampling)(numbers.forward(examples=EXAMPLES))
    expected = {"mutual_information": numbers.log_q[0] - whole, "total_correlation": whole - product,
                "dimension_kl": product - numbers.log_p_z[0]}
    for name, values in expected.items():
        np.testing.assert_allclose(terms.extra[name], values, rtol=RTOL)
    np.testing.assert_allclose(sum(terms.extra.values()), numbers.log_q[0] - numbers.log_p_z[0], rtol=RTOL)
    added = -0.5 * expected["mutual_information"] + 3 * expected["total_correlation"] + expected["dimension_kl"]
    np.testing.assert_allclose(terms.loss, -numbers.log_p_x.mean(0) + numbers.kl_terms.sum(-1) + added, rtol=RTOL)


def test_the_stratified_weights_are_the_paper_s_on_average_and_add_up_to_one():
    for i in range(BATCH):
        assert sum(mean_over_the_odd_one(i, j) for j in range(BATCH)) == pytest.approx(1.0)
        assert sum(stratified(i, j, (i + 1) % BATCH) for j in range(BATCH)) == pytest.approx(1.0)


def test_beta_tc_of_a_whole_data_set_is_exact_if_stratified(numbers):
    """Weighted, log q(z) lacks log N, and each of the densities of one dimension does too."""
    whole, product = average_posterior(numbers, lambda i, j: 1 / BATCH)
    exact = BetaTC(sampling="stratified")(numbers.forward(examples=BATCH)).extra
    np.testing.assert_allclose(exact["total_correlation"], whole - product, rtol=RTOL)
    np.testing.assert_allclose(exact["mutual_information"], numbers.log_q[0] - whole, rtol=RTOL)
    biased = BetaTC(sampling="weighted")(numbers.forward(examples=BATCH)).extra
    np.testing.assert_allclose(biased["total_correlation"], whole - product + (LATENT - 1) * np.log(BATCH), rtol=RTOL)
    np.testing.assert_allclose(biased["mutual_information"], numbers.log_q[0] - whole + np.log(BATCH), rtol=RTOL)


@pytest.mark.parametrize("sampling", ["weighted", "stratified"])
def test_beta_tc_with_weights_of_one_is_minus_the_elbo(numbers, sampling):
    terms = BetaTC(1.0, sampling=sampling)(numbers.forward())
    np.testing.assert_allclose(terms.loss, -numbers.log_p_x.mean(0) + numbers.kl_terms.sum(-1), rtol=RTOL)


@pytest.mark.parametrize("sampling", ["weighted", "stratified"])
def test_beta_tc_is_finite_for_one_example_and_before_training(numbers, sampling):
    forward = numbers.forward(examples=0)
    assert np.isfinite(np.asarray(BetaTC(sampling=sampling)(forward).loss)).all()
    one = dataclasses.replace(forward, x=forward.x[:1], z=forward.z[:, :1], q=Normal(forward.q.mean[:1], forward.q.log_var[:1]),
                              p_x=type(forward.p_x)(forward.p_x.logits[:, :1], 3))
    terms = BetaTC(sampling=sampling)(one)
    assert np.isfinite(np.asarray(terms.loss)).all()
    assert float(terms.extra["total_correlation"][0]) == pytest.approx(0.0, abs=1e-6)


class Correlated(Normal):
    """A q(z|x) that does not split into dimensions."""

    log_prob_terms = zukan.distributions.Distribution.log_prob_terms


def test_beta_tc_refuses_a_posterior_that_does_not_split(numbers):
    forward = numbers.forward()
    q = Correlated(forward.q.mean, forward.q.log_var)
    with pytest.raises(zukan.InputError, match="independent dimensions, got Correlated; use posterior='normal'"):
        BetaTC()(dataclasses.replace(forward, q=q))


def test_the_estimates_agree_with_the_total_correlation_of_known_codes():
    """Codes of a correlated normal, seen with little noise: the total correlation is -log(1 - r^2) / 2."""
    r, n, noise = 0.8, 3000, 0.15
    means = batch(n, 2) @ np.linalg.cholesky(np.array([[1, r], [r, 1]]) - noise**2 * np.eye(2)).T
    q = Normal(jnp.asarray(means), jnp.full((n, 2), 2 * math.log(noise)))
    z = q.sample(1, 0)
    prior = Normal(jnp.zeros(2), jnp.zeros(2))
    forward = dataclasses.replace(Numbers().forward(), q=q, z=z, p_z=prior,
                                  context=Context(step=jnp.float32(0), examples=jnp.float64(n)))
    forward.__dict__["reconstruction"] = jnp.zeros(n)
    found = BetaTC(sampling="stratified")(forward).extra
    assert float(jnp.mean(found["total_correlation"])) == pytest.approx(-0.5 * math.log(1 - r**2), abs=0.05)
    assert float(jnp.mean(found["dimension_kl"])) == pytest.approx(0.0, abs=0.05)
    assert float(jnp.mean(found["mutual_information"])) == pytest.approx(
        0.5 * math.log(1 - r**2) - 2 * math.log(noise), abs=0.08)


def covariance_by_loops(codes):
    n, d = codes.shape
    mean = codes.sum(0) / n
    return np.array([[sum((codes[i, a] - mean[a]) * (codes[i, b] - mean[b]) for i in range(n)) / n for b in range(d)]
                     for a in range(d)])


@pytest.mark.parametrize("kind", ["I", "II"])
def test_dip_charges_the_covariance(numbers, kind):
    covariance = covariance_by_loops(numbers.mean)
    if kind == "II":
        covariance += np.diag(np.exp(numbers.log_var).mean(0))
    penalty = sum(2.0 * covariance[a, b] ** 2 for a in range(LATENT) for b in range(LATENT) if a != b)
    penalty += sum(3.0 * (covariance[a, a] - 1) ** 2 for a in range(LATENT))
    terms = DIP(kind, 2.0, 3.0)(numbers.forward())
    np.testing.assert_allclose(terms.extra["covariance_penalty"], penalty, rtol=RTOL)
    np.testing.assert_allclose(terms.loss, -numbers.log_p_x.mean(0) + numbers.kl_terms.sum(-1) + penalty, rtol=RTOL)


def test_dip_takes_the_draws_of_any_other_posterior(numbers):
    forward = numbers.forward()
    forward.__dict__["kl"] = jnp.zeros(BATCH)
    other = dataclasses.replace(forward, q=Mixture(jnp.zeros(1), Normal(jnp.zeros((1, LATENT)), jnp.zeros((1, LATENT)))))
    other.__dict__["kl"] = jnp.zeros(BATCH)
    covariance = covariance_by_loops(numbers.z[0])
    expected = 3.0 * ((np.diag(covariance) - 1) ** 2).sum()
    np.testing.assert_allclose(DIP("II", 0.0, 3.0)(other).extra["covariance_penalty"], expected, rtol=RTOL)


KERNELS = {"rbf": lambda square, c: math.exp(-square / c), "imq": lambda square, c: c / (c + square)}


def mmd_by_loops(a, b, kernel, scales):
    def k(u, v):
        return sum(KERNELS[kernel](float(((u - v) ** 2).sum()), c) for c in scales)

    n = len(a)
    within = sum(k(s[i], s[j]) for s in (a, b) for i in range(n) for j in range(n) if i != j) / (n * (n - 1))
    return within - 2 * sum(k(a[i], b[j]) for i in range(n) for j in range(n)) / n**2


@pytest.mark.parametrize("kernel", KERNELS)
def test_mmd_equals_the_double_loop(kernel):
    a, b = batch(7, 3), 0.5 + 2 * batch(7, 3, 1)
    found = mmd(jnp.asarray(a), jnp.asarray(b), kernel, [0.7, 4.0])
    assert float(found) == pytest.approx(mmd_by_loops(a, b, kernel, [0.7, 4.0]), rel=1e-10)


@pytest.mark.parametrize("kernel", KERNELS)
def test_mmd_is_unbiased(kernel):
    """Its mean is 0 for equal distributions, and for normals it is the closed form of the kernel's expectations."""
    def mean(shift):
        values = jax.vmap(lambda state: mmd(jax.random.normal(jax.random.key(state), (8, 2)),
                                            shift + jax.random.normal(jax.random.key(state + 10**6), (8, 2)), kernel, [2.0]))(
            jnp.arange(20_000))
        return float(values.mean()), float(values.std() / math.sqrt(20_000))

    value, error = mean(0.0)
    assert abs(value) < 4 * error
    value, error = mean(1.0)
    assert value > 20 * error
    if kernel == "rbf":  # E exp(-|u|^2 / c) for u ~ N(m, 2 I) is prod (c / (c + 4))^(1/2) exp(-m^2 / (c + 4))
        exact = 2 * (2 / 6) * (1 - math.exp(-2 / 6))
        assert value == pytest.approx(exact, abs=4 * error)


def test_mmd_of_one_pair_is_nothing_with_no_gradient():
    pair = jnp.asarray(batch(1, 3)), jnp.asarray(batch(1, 3, 1))
    assert float(mmd(*pair, "imq", [1.0])) == 0.0
    np.testing.assert_array_equal(jax.grad(lambda a: mmd(a, pair[1], "imq", [1.0]))(pair[0]), 0.0)


def sliced_by_loops(a, b, directions):
    total = 0.0
    for direction in directions.T:
        theta = direction / math.sqrt((direction**2).sum())
        total += np.mean((np.sort([code @ theta for code in a]) - np.sort([code @ theta for code in b])) ** 2)
    return total / directions.shape[1]


def test_the_sliced_distance_equals_the_loop():
    a, b = batch(9, 3), 1.0 + batch(9, 3, 1)
    directions = np.asarray(keras.random.normal((3, 5), dtype="float64", seed=4))
    found = float(sliced_wasserstein(jnp.asarray(a), jnp.asarray(b), 5, 4))
    assert found == pytest.approx(sliced_by_loops(a, b, directions), rel=1e-6)


def test_the_sliced_distance_of_a_shift_is_its_square_over_the_dimension():
    a = batch(50, 4)
    shift = np.array([1.0, -2.0, 0.5, 0.0])
    found = float(sliced_wasserstein(jnp.asarray(a), jnp.asarray(a + shift), 100_000, 1))
    assert found == pytest.approx((shift**2).sum() / 4, rel=0.02)


PRIORS = {
    "normal": lambda: Normal(jnp.zeros(LATENT), jnp.zeros(LATENT)),
    "a normal for each example": lambda: Normal(jnp.asarray(batch(BATCH, LATENT, 3)), jnp.zeros((BATCH, LATENT))),
}


@pytest.mark.parametrize("beta", [0.0, 0.5])
@pytest.mark.parametrize("prior", PRIORS)
def test_codes_are_compared_with_draws_from_the_prior(numbers, prior, beta):
    p_z = PRIORS[prior]()
    forward, draws = numbers.forward(p_z), Draws(jnp.asarray(STATE), purpose=1)
    drawn = np.asarray(p_z.sample(BATCH, draws) if prior == "normal" else p_z.sample(1, draws)[0])
    kl = np.asarray(forward.kl)
    start = -numbers.log_p_x.mean(0) + beta * kl
    distance = mmd_by_loops(numbers.z[0], drawn, "rbf", [2 * LATENT * 0.5, 2 * LATENT * 3.0])
    terms = MMD(4.0, beta, "rbf", [0.5, 3.0])(forward)
    np.testing.assert_allclose(terms.extra["mmd"], distance, rtol=RTOL)
    np.testing.assert_allclose(terms.loss, start + 4.0 * distance, rtol=RTOL)

    directions = np.asarray(keras.random.normal((LATENT, 6), dtype="float64", seed=draws))
    distance = sliced_by_loops(numbers.z[0], drawn, directions)
    terms = Sliced(4.0, beta, slices=6)(numbers.forward(p_z))
    np.testing.assert_allclose(terms.extra["sliced_wasserstein"], distance, rtol=RTOL)
    np.testing.assert_allclose(terms.loss, start + 4.0 * distance, rtol=RTOL)


@pytest.mark.parametrize("objective", [MMD(), Sliced()], ids=repr)
def test_points_have_a_loss_and_no_kl(numbers, objective):
    points = dataclasses.replace(numbers.forward(), q=Delta(jnp.asarray(numbers.mean)))
    terms = objective(points)
    assert terms.kl is None
    assert np.isfinite(np.asarray(terms.loss)).all()
    assert objective.needs == ("reparameterized",)
    assert type(objective)(beta=0.5).needs == ("density", "reparameterized")


@pytest.mark.parametrize(("options", "words"), [
    ({"posterior": "delta", "objective": "beta-tc"}, ["BetaTC", "density", "Delta"]),
    ({"posterior": "planar", "objective": "beta-tc"}, ["BetaTC", "at any z", "posterior='normal'"]),
    ({"posterior": "delta", "objective": "dip"}, ["DIP", "density"]),
    ({"posterior": "delta", "objective": "capacity"}, ["Capacity", "density"]),
    ({"posterior": "delta", "objective": {"name": "mmd", "beta": 0.5}}, ["MMD", "density"]),
    ({"posterior": "delta", "objective": "vae-gan"}, ["VAEGAN", "density"]),
    ({"posterior": "delta", "objective": "perceptual"}, ["perceptual", "needs network"]),
    ({"posterior": "planar", "objective": {"name": "iwae", "gradient": "stl"}}, ["IWAE", "its own samples"]),
    ({"objective": "ms-ssim"}, ["MSSSIM", "(height, width, channels)", "(6,)"]),
], ids=str)
def test_a_combination_that_cannot_train_is_refused_in_a_sentence(options, words):
    with pytest.raises(zukan.InputError) as caught:
        zukan.VAE((6,), **options)
    assert "\n" not in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_only_what_needs_the_kl_refuses_points():
    for objective in ("mmd", "sliced", "rae", "aae", {"name": "vae-gan", "beta": 0.0}):
        assert not zukan.VAE((6,), posterior="delta", objective=objective).posterior.density
