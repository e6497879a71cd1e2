"""Distributions without a density at given values: planar flows, whose draws know theirs, and others, which have none."""

import jax
import keras
import numpy as np
import pytest
import scipy.integrate
import scipy.stats
from jax import numpy as jnp

import zukan
from zukan.distributions import Delta, Generated, Normal, Planar, Transformed

pytestmark = pytest.mark.usefixtures("x64")


@pytest.fixture(autouse=True)
def tanh(monkeypatch):
    """Compute tanh in double precision too; Keras's rounds to single precision."""
    monkeypatch.setattr(keras.ops, "tanh", jnp.tanh)


def flow(d, flows=4, seed=0, spread=1.5):
    """Return a strongly bent flow; its first plane needs the correction that keeps it invertible."""
    rng = np.random.default_rng(seed)
    planes = [Planar(*(jnp.asarray(spread * rng.normal(size=size)) for size in (d, d, ()))) for _ in range(flows)]
    planes[0].u = -2.0 * planes[0].w / (planes[0].w @ planes[0].w)  # w·u is -2
    return Transformed(Normal(jnp.asarray(rng.normal(size=d)), jnp.asarray(0.3 * rng.normal(size=d))), planes)


@pytest.mark.parametrize("d", [1, 2, 5])
def test_the_log_determinant_of_a_planar_flow_equals_automatic_differentiation(d):
    q = flow(d)
    points = 2.0 * np.random.default_rng(1).normal(size=(3, 7, d))
    images, log_det = q.transform(jnp.asarray(points))
    jacobians = jax.vmap(jax.jacfwd(lambda z: q.transform(z)[0]))(jnp.asarray(points.reshape(-1, d)))
    signs, expected = np.linalg.slogdet(np.asarray(jacobians))
    assert images.shape == (3, 7, d)
    assert (signs == 1).all()  # invertible, although w·u of a plane is below -1
    np.testing.assert_allclose(np.ravel(log_det), expected, rtol=1e-10, atol=1e-12)


def test_the_draws_of_a_planar_flow_follow_the_density_that_they_report():
    q = flow(1)
    starts = np.linspace(*(float(q.base.mean[0]) + np.array([-9, 9]) * np.exp(0.5 * float(q.base.log_var[0]))), 20_001)
    images, log_det = (np.asarray(array) for array in q.transform(jnp.asarray(starts)[:, None]))
    images = images[:, 0]
    assert (np.diff(images) > 0).all()
    log_density = scipy.stats.norm.logpdf(starts, q.base.mean[0], np.exp(0.5 * q.base.log_var[0])) - log_det
    density = np.exp(log_density)
    assert scipy.integrate.trapezoid(density, images) == pytest.approx(1.0, abs=1e-6)
    z, log_q = (np.asarray(array) for array in q.sample_and_log_prob(20_000, 0))
    np.testing.assert_allclose(np.exp(log_q), np.interp(z[:, 0], images, density), atol=1e-3)
    distribution = scipy.integrate.cumulative_trapezoid(density, images, initial=0)
    assert scipy.stats.kstest(z[:, 0], lambda value: np.interp(value, images, distribution)).pvalue > 1e-3


def test_the_density_of_a_planar_flow_integrates_to_one_over_the_plane():
    q = flow(2, seed=2)
    mean, scale = np.asarray(q.base.mean), np.exp(0.5 * np.asarray(q.base.log_var))
    corners = np.stack(np.meshgrid(*np.linspace(mean - 6 * scale, mean + 6 * scale, 1001).T, indexing="ij"), axis=-1)
    centers = (corners[1:, 1:] + corners[:-1, :-1]) / 2
    image = np.asarray(q.transform(jnp.asarray(corners))[0])
    diagonals = image[1:, 1:] - image[:-1, :-1], image[1:, :-1] - image[:-1, 1:]
    areas = np.abs(diagonals[0][..., 0] * diagonals[1][..., 1] - diagonals[0][..., 1] * diagonals[1][..., 0]) / 2
    log_density = q.base.log_prob(jnp.asarray(centers)) - q.transform(jnp.asarray(centers))[1]
    assert (np.exp(log_density) * areas).sum() == pytest.approx(1.0, abs=1e-4)


def test_a_planar_flow_maps_its_samples_and_its_mean():
    q = flow(3)
    z, log_q = q.sample_and_log_prob(6, 3)
    start = q.base.sample(6, 3)
    np.testing.assert_array_equal(q.sample(6, 3), z)
    np.testing.assert_allclose(z, q.transform(start)[0])
    np.testing.assert_allclose(log_q, q.base.log_prob(start) - q.transform(start)[1])
    np.testing.assert_allclose(q.mean, q.transform(q.base.mean)[0])
    assert q.event_shape == (3,)


def test_a_planar_flow_without_a_bend_is_its_base():
    base = Normal(jnp.array([[0.5, -1.0]]), jnp.array([[0.3, -0.7]]))
    # u_hat is 0 where softplus(w·u) = 1
    w = jnp.array([1.0, 0.0])
    q = Transformed(base, [Planar(w, w * np.log(np.e - 1), jnp.asarray(0.4))])
    z, log_q = q.sample_and_log_prob(5, 0)
    np.testing.assert_allclose(z, base.sample(5, 0), rtol=1e-12)
    np.testing.assert_allclose(log_q, base.log_prob(z), rtol=1e-12)


def test_a_delta_is_its_point():
    point = jnp.arange(6.0).reshape(2, 3)
    delta = Delta(point)
    np.testing.assert_array_equal(delta.mean, point)
    np.testing.assert_array_equal(delta.sample(4, 0), np.broadcast_to(point, (4, 2, 3)))
    z, log_q = delta.sample_and_log_prob(4, 0)
    assert (z.shape, log_q, delta.event_shape) == ((4, 2, 3), None, (3,))


def test_a_generated_distribution_draws_its_input_and_its_output_independently():
    p = Generated(Normal(jnp.array([1.0, -2.0]), jnp.zeros(2)), lambda u: Normal(2.0 * u, jnp.full(2, np.log(0.25))))
    z = np.asarray(p.sample(40_000, 0))
    assert z.shape == (40_000, 2)
    np.testing.assert_allclose(z.mean(0), [2.0, -4.0], atol=5 * np.sqrt(4.25 / 40_000))
    np.testing.assert_allclose(z.var(0), 4.25, rtol=5 * np.sqrt(2 / 40_000))
    np.testing.assert_allclose(p.mean, [2.0, -4.0])


@pytest.mark.parametrize(("distribution", "words"), [
    (Delta(np.zeros((1, 2))), "density, got a Delta"), (flow(2), "transformation Planar is known for its own draws only"),
    (Generated(Normal(np.zeros(2), np.zeros(2)), None), "known by its draws")])
def test_a_density_that_is_not_known_is_refused_in_a_sentence(distribution, words):
    with pytest.raises(zukan.InputError, match=words) as caught:
        distribution.log_prob(np.zeros((1, 2)))
    assert "\n" not in str(caught.value)
