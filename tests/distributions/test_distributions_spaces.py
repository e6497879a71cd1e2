"""Distributions on spheres, in hyperbolic space and on ladders, against quadrature, autodiff and plain NumPy."""

import jax
import numpy as np
import pytest
import scipy.integrate
import scipy.stats
from jax import numpy as jnp

from zukan.distributions import Ladder, Normal, PowerSpherical, UniformSphere, WrappedNormal, kl_terms

X64 = pytest.mark.usefixtures("x64")
DRAWS = 40_000
ANGLES = np.arange(4000) * 2 * np.pi / 4000  # the trapezoidal rule on a period converges fast


def direction(*angles):
    """Return a point on the circle, or with a second angle on the sphere."""
    if len(angles) == 1:
        return np.stack([np.cos(angles[0]), np.sin(angles[0])], axis=-1)
    across, up = np.broadcast_arrays(*angles)
    return np.stack([np.cos(up) * np.cos(across), np.cos(up) * np.sin(across), np.sin(up)], axis=-1)


def over_sphere(size, function):
    """Return the integral of ``function`` (points -> values) over the unit sphere in 2 or 3 dimensions."""
    if size == 2:
        return function(direction(ANGLES)).sum(0) * (ANGLES[1] - ANGLES[0])
    heights, weights = np.polynomial.legendre.leggauss(400)
    angles = ANGLES[::20]
    values = function(direction(angles[None, :], np.arcsin(heights)[:, None]).reshape(-1, 3))
    sums = values.reshape(len(heights), len(angles), -1).sum(1) * (angles[1] - angles[0])
    return (weights[:, None] * sums).sum(0)


MEANS = {2: direction(np.array([0.3, 2.5, -1.2])), 3: direction(np.array([0.3, 2.5, -3.0]), np.array([0.1, -1.2, 1.5]))}
CONCENTRATIONS = np.array([[0.0], [1.7], [60.0]])


def power_spherical(size):
    return PowerSpherical(jnp.asarray(MEANS[size]), jnp.asarray(CONCENTRATIONS))


def by_hand(size):
    """Return a function from points to the densities of `power_spherical`, normalized by quadrature."""
    def kernel(points):
        return (1 + points @ MEANS[size].T) ** CONCENTRATIONS[:, 0]

    total = over_sphere(size, kernel)
    return lambda points: kernel(points) / total


@X64
@pytest.mark.parametrize("size", [2, 3])
def test_the_power_spherical_density_equals_quadrature(size):
    points = np.random.default_rng(0).normal(size=(20, size))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    log_prob = power_spherical(size).log_prob(jnp.asarray(points)[:, None])
    np.testing.assert_allclose(np.exp(log_prob), by_hand(size)(points), rtol=1e-9)


@X64
@pytest.mark.parametrize("size", [2, 3])
def test_the_entropy_and_the_kl_to_the_uniform_distribution_equal_quadrature(size):
    q, density = power_spherical(size), by_hand(size)
    area = over_sphere(size, lambda points: np.ones((len(points), 1)))[0]

    def integrand(points):
        p = np.maximum(density(points), 1e-300)
        return np.concatenate([-p * np.log(p), p * np.log(p * area)], axis=1)

    entropy, kl = np.split(over_sphere(size, integrand), 2)
    np.testing.assert_allclose(q.entropy[:, 0], entropy, rtol=1e-9)
    terms = kl_terms(q, UniformSphere([size]), None)
    assert terms.shape == (3, 1)
    np.testing.assert_allclose(terms[:, 0], kl, rtol=1e-9, atol=1e-12)


@X64
def test_the_kl_of_several_spheres_equals_monte_carlo():
    rng = np.random.default_rng(1)
    mean = rng.normal(size=(2, 3, 4))
    mean /= np.linalg.norm(mean, axis=-1, keepdims=True)
    q = PowerSpherical(jnp.asarray(mean.reshape(2, 12)), jnp.asarray(rng.exponential(8, size=(2, 3))))
    p, z = UniformSphere((4, 4, 4)), q.sample(DRAWS, 0)
    ratio = np.asarray(q.log_prob(z) - p.log_prob(z))
    terms = np.asarray(kl_terms(q, p, z))
    assert terms.shape == (2, 3)
    assert (np.abs(ratio.mean(0) - terms.sum(1)) < 5 * ratio.std(0) / np.sqrt(DRAWS)).all()


@X64
def test_the_uniform_density_is_one_over_the_area():
    assert np.exp(UniformSphere([2]).log_prob(jnp.ones((1, 2)))) == pytest.approx(1 / (2 * np.pi))
    assert np.exp(UniformSphere([3]).log_prob(jnp.ones((1, 3)))) == pytest.approx(1 / (4 * np.pi))
    assert np.exp(UniformSphere([4, 2]).log_prob(jnp.ones((1, 6)))) == pytest.approx(1 / (2 * np.pi**2 * 2 * np.pi))


@X64
def test_uniform_draws_lie_on_the_spheres_and_have_the_moments_of_the_uniform_distribution():
    p = UniformSphere((2, 3))
    draws = np.asarray(p.sample(DRAWS, 0))
    np.testing.assert_allclose(np.linalg.norm(draws[:, :2], axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(draws[:, 2:], axis=1), 1, rtol=1e-6)
    np.testing.assert_array_equal(p.mean, np.zeros(5))
    expected = np.diag([1 / 2, 1 / 2, 1 / 3, 1 / 3, 1 / 3])
    assert np.abs(draws.mean(0)).max() < 5 / np.sqrt(DRAWS)
    assert np.abs(draws.T @ draws / DRAWS - expected).max() < 5 / np.sqrt(DRAWS)


@X64
@pytest.mark.parametrize("size", [2, 3])
def test_power_spherical_draws_have_the_moments_of_the_density(size):
    q, density = power_spherical(size), by_hand(size)
    draws = np.asarray(q.sample(DRAWS, 0))
    np.testing.assert_allclose(np.linalg.norm(draws, axis=-1), 1, rtol=1e-12)
    for moment in (lambda x: x, lambda x: x**2, lambda x: x[..., :1] * x[..., 1:]):
        def weighted(points, moment=moment):
            return (density(points)[:, :, None] * moment(points)[:, None]).reshape(len(points), -1)

        values = moment(draws)
        expected = over_sphere(size, weighted).reshape(values.shape[1:])
        assert (np.abs(values.mean(0) - expected) < 5 * values.std(0) / np.sqrt(DRAWS)).all()


@X64
def test_the_gradients_of_power_spherical_draws_are_those_of_the_expectation():
    def function(x):
        return x[..., 0] ** 3 + x[..., 1] * x[..., 2] + jnp.exp(x[..., 2])

    def expectation(angles, concentration):
        def kernel(points):
            return (1 + points @ direction(*angles)[:, None]) ** concentration

        return float((over_sphere(3, lambda x: kernel(x) * np.asarray(function(x))[:, None]) / over_sphere(3, kernel))[0])

    def draw(parameters):
        across, up, concentration = parameters
        mean = jnp.stack([jnp.cos(up) * jnp.cos(across), jnp.cos(up) * jnp.sin(across), jnp.sin(up)])
        return function(PowerSpherical(mean, concentration[None]).sample(DRAWS, 0))

    start = np.array([0.7, -0.4, 6.0])
    slopes = np.asarray(jax.jacfwd(draw)(jnp.asarray(start)))
    for i in range(3):
        step = np.eye(3)[i] * 1e-4
        ends = [expectation((start + sign * step)[:2], (start + sign * step)[2]) for sign in (1, -1)]
        error = slopes[:, i].std() / np.sqrt(DRAWS)
        assert abs(slopes[:, i].mean() - (ends[0] - ends[1]) / 2e-4) < 5 * error, i


@pytest.mark.parametrize("concentration", [0.0, 1e-3, 1.0, 1e4, 1e6])
def test_a_power_spherical_is_finite_in_single_precision(concentration):
    def loss(mean, k):
        q = PowerSpherical(mean / jnp.linalg.norm(mean), k)
        z = q.sample(50, 0)
        return (z.sum() + q.log_prob(z).sum() + kl_terms(q, UniformSphere([3]), z).sum(),
                kl_terms(q, UniformSphere([3]), z)[..., 0])

    gradients, kl = jax.grad(loss, (0, 1), has_aux=True)(jnp.array([1.0, 0.0, 0.0]), jnp.array([concentration]))
    assert all(np.isfinite(part).all() for part in gradients)
    k = np.float64(concentration)  # on S^2 the normalizer has a simple form
    exact = np.log(k + 1) - k / (k + 1)
    assert float(kl) == pytest.approx(exact, rel=1e-4, abs=1e-6)


@X64
def test_the_density_at_the_opposite_point_is_finite():
    q = PowerSpherical(jnp.array([1.0, 0.0]), jnp.array([500.0]))
    value, slope = jax.value_and_grad(q.log_prob)(jnp.array([-1.0, 0.0]))
    assert np.isfinite(value)
    assert np.isfinite(slope).all()


def hyperbolic(d, mean=0.6):
    """Return a wrapped normal with a mean in the ball, and its standard deviations."""
    log_var = np.linspace(-1.0, 0.5, d)
    point = np.linspace(1.0, -0.5, d)
    point *= mean / np.linalg.norm(point)
    return WrappedNormal(jnp.asarray(point), jnp.asarray(log_var)), np.exp(log_var / 2)


def to_mean(q, centered):
    """Move points so that the center of the ball comes to the mean of ``q``: addition in the ball, term by term."""
    m = np.asarray(q.mean)
    dot, square, mean_square = (centered * m).sum(-1, keepdims=True), (centered**2).sum(-1, keepdims=True), m @ m
    return ((1 + 2 * dot + square) * m + (1 - mean_square) * centered) / (1 + 2 * dot + mean_square * square)


def test_a_wrapped_normal_integrates_to_one_over_the_disc():
    with jax.enable_x64(True):
        q, _ = hyperbolic(2)
        radius, weight = np.polynomial.legendre.leggauss(300)  # over the distance from the mean, up to 12
        length, angle = 6 * (radius + 1), ANGLES[::20]
        centered = np.tanh(length / 2)[:, None, None] * direction(angle)
        density = np.exp(np.asarray(q.log_prob(jnp.asarray(to_mean(q, centered)))))
        area = np.sinh(length)[:, None] * (angle[1] - angle[0])  # of the hyperbolic plane in polar coordinates
        assert (6 * weight[:, None] * area * density).sum() == pytest.approx(1, abs=1e-6)


@X64
@pytest.mark.parametrize("d", [1, 2, 4])
def test_the_maps_between_vectors_and_the_ball_are_inverse_and_distances_are_hyperbolic(d):
    q, _ = hyperbolic(d)
    v = np.random.default_rng(0).normal(size=(50, d)) * 2
    z = q.exponential(jnp.asarray(v))
    assert (np.linalg.norm(z, axis=-1) < 1).all()
    back, length = q.logarithm(z)
    np.testing.assert_allclose(back, v, rtol=1e-7, atol=1e-9)
    m = np.asarray(q.mean)
    distance = np.arccosh(1 + 2 * ((z - m) ** 2).sum(-1) / ((1 - m @ m) * (1 - (np.asarray(z) ** 2).sum(-1))))
    np.testing.assert_allclose(length, distance, rtol=1e-7)
    np.testing.assert_allclose(length, np.linalg.norm(v, axis=-1), rtol=1e-7)
    np.testing.assert_allclose(z, to_mean(q, np.tanh(distance / 2)[:, None] * v / distance[:, None]), rtol=1e-7, atol=1e-9)


@X64
@pytest.mark.parametrize("d", [1, 2, 3])
def test_the_density_of_a_wrapped_normal_equals_autodiff_of_its_map(d):
    q, scales = hyperbolic(d)
    for v in np.random.default_rng(0).normal(size=(10, d)) * 1.5:
        z = q.exponential(jnp.asarray(v))
        jacobian = np.asarray(jax.jacfwd(q.exponential)(jnp.asarray(v)))
        volume = d * np.log(2 / (1 - float(z @ z)))  # of the ball's metric at z
        log_p = scipy.stats.norm.logpdf(v, scale=scales).sum() - np.linalg.slogdet(jacobian)[1] - volume
        assert float(q.log_prob(z)) == pytest.approx(log_p, rel=1e-7)


@X64
def test_without_curvature_a_wrapped_normal_is_a_normal():
    curvature = 1e-6  # with the radius 1 / sqrt(curvature), distances close to 0 are twice the Euclidean ones
    unit = 0.5 * np.sqrt(curvature)
    mean, log_var = np.array([0.4, -1.0]), np.array([0.3, -0.5])
    q = WrappedNormal(jnp.asarray(mean * unit), jnp.asarray(log_var + np.log(curvature)))
    x = np.random.default_rng(0).normal(size=(20, 2))
    log_p = np.asarray(q.log_prob(jnp.asarray(x * unit))) + 2 * np.log(np.sqrt(curvature))
    np.testing.assert_allclose(log_p, scipy.stats.norm.logpdf(x, mean, np.exp(log_var / 2)).sum(-1), atol=1e-5)
    draws = np.asarray(q.sample(DRAWS, 0)) / unit
    assert (np.abs(draws.mean(0) - mean) < 5 * np.exp(log_var / 2) / np.sqrt(DRAWS)).all()
    np.testing.assert_allclose(draws.var(0), np.exp(log_var), rtol=0.04)


@pytest.mark.parametrize("distance", [0.0, 1e-6, 5.0, 11.0, 40.0])
def test_a_wrapped_normal_is_finite_in_single_precision(distance):
    def loss(spatial, log_var, z):
        q = WrappedNormal(spatial / (1 + jnp.sqrt(1 + jnp.sum(spatial**2))), log_var)
        draws = q.sample(50, 0)
        return q.log_prob(draws).sum() + q.log_prob(z).sum() + WrappedNormal(jnp.zeros(2), jnp.zeros(2)).log_prob(draws).sum()

    spatial = jnp.array([np.sinh(distance), 0.0], "float32")
    for z in ([0.0, 0.0], [0.99999, 0.0], [-0.6, 0.79]):
        value, gradients = jax.value_and_grad(loss, (0, 1))(spatial, jnp.array([-2.0, 3.0]), jnp.array(z))
        assert np.isfinite(value)
        assert all(np.isfinite(part).all() for part in gradients)


def ladder(rng, batch=(3,)):
    """Return a chain of widths 1, 2, 2 with linear means, and the same as plain NumPy: (z -> means and variances)."""
    widths = (1, 2, 2)
    matrices = [rng.normal(size=pair) for pair in ((1, 2), (2, 2))]
    mean, log_vars = rng.normal(size=(*batch, 1)), [rng.normal(size=width) for width in widths]

    def given(matrix, log_var):
        return lambda above: Normal(jnp.tanh(above @ matrix), jnp.broadcast_to(log_var, (*above.shape[:-1], 2)))

    chain = Ladder(Normal(jnp.asarray(mean), jnp.broadcast_to(log_vars[0], mean.shape)),
                   [given(jnp.asarray(m), jnp.asarray(v)) for m, v in zip(matrices, log_vars[1:], strict=True)], widths)

    def moments(z):
        means = np.concatenate([np.broadcast_to(mean, (*z.shape[:-1], 1)), np.tanh(z[..., :1] @ matrices[0]),
                                np.tanh(z[..., 1:3] @ matrices[1])], axis=-1)
        return means, np.broadcast_to(np.exp(np.concatenate(log_vars)), means.shape)

    return chain, moments


@X64
def test_a_ladder_equals_plain_numpy():
    rng = np.random.default_rng(0)
    (q, q_moments), (p, p_moments) = ladder(rng), ladder(rng, ())
    z, log_q = q.sample_and_log_prob(7, 0)
    z = np.asarray(z)
    assert z.shape == (7, 3, 5)
    m, v = q_moments(z)
    pm, pv = p_moments(z)
    np.testing.assert_allclose(log_q, scipy.stats.norm.logpdf(z, m, np.sqrt(v)).sum(-1), rtol=1e-12)
    np.testing.assert_allclose(p.log_prob(jnp.asarray(z)), scipy.stats.norm.logpdf(z, pm, np.sqrt(pv)).sum(-1), rtol=1e-12)
    terms = kl_terms(q, p, jnp.asarray(z))
    expected = 0.5 * (v / pv + (m - pm) ** 2 / pv - 1 - np.log(v / pv))
    assert terms.shape == (3, 5)
    np.testing.assert_allclose(terms, expected.mean(0), rtol=1e-6)  # ops.mean works in single precision
    means = np.asarray(q.mean)
    np.testing.assert_allclose(means, q_moments(means)[0], rtol=1e-12)


@X64
def test_draws_of_a_ladder_have_its_layers_and_keep_those_that_are_given():
    rng = np.random.default_rng(0)
    q, moments = ladder(rng, ())
    z = np.asarray(q.sample(DRAWS, 0))
    m, v = moments(z)
    noise = (z - m) / np.sqrt(v)
    assert np.abs(noise.mean(0)).max() < 5 / np.sqrt(DRAWS)
    assert np.abs(np.cov(noise.T) - np.eye(5)).max() < 5 * np.sqrt(2 / DRAWS)
    again = np.asarray(q.redraw(q.split(jnp.asarray(z))[:2], 1))
    np.testing.assert_array_equal(again[:, :3], z[:, :3])
    assert (again[:, 3:] != z[:, 3:]).all()


@X64
def test_the_kl_of_ladders_equals_monte_carlo():
    rng = np.random.default_rng(2)
    (q, _), (p, _) = ladder(rng), ladder(rng, ())
    z = q.sample(DRAWS, 0)
    ratio = np.asarray(q.log_prob(z) - p.log_prob(z))
    assert (np.abs(np.asarray(kl_terms(q, p, z)).sum(1) - ratio.mean(0)) < 5 * ratio.std(0) / np.sqrt(DRAWS)).all()


@X64
def test_the_product_of_two_normals_is_weighted_by_precision():
    rng = np.random.default_rng(0)
    m1, v1, m2, v2 = rng.normal(size=(4, 6)) * 3
    product = Normal(jnp.asarray(m1), jnp.asarray(v1)).times(Normal(jnp.asarray(m2), jnp.asarray(v2)))
    precision = np.exp(-v1) + np.exp(-v2)
    np.testing.assert_allclose(product.mean, (m1 * np.exp(-v1) + m2 * np.exp(-v2)) / precision, rtol=1e-12)
    np.testing.assert_allclose(np.exp(product.log_var), 1 / precision, rtol=1e-12)
    x = np.linspace(-3, 3, 5)[:, None]
    densities = scipy.stats.norm.logpdf(x, m1, np.exp(v1 / 2)) + scipy.stats.norm.logpdf(x, m2, np.exp(v2 / 2))
    ours = scipy.stats.norm.logpdf(x, product.mean, np.exp(np.asarray(product.log_var) / 2))
    np.testing.assert_allclose((densities - ours) - (densities - ours)[:1], 0, atol=1e-9)
