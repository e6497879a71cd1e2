"""Hamiltonian draws: leapfrog against its reverse and automatic differentiation, and bounds on an exact integral."""

import jax
import numpy as np
import pytest
import scipy.stats
from jax import numpy as jnp

import zukan
from zukan.distributions import Hamiltonian, Normal

pytestmark = pytest.mark.usefixtures("x64")
SIZE = jnp.array([0.3, 0.2])
COVARIANCE = np.array([[1.0, 0.6], [0.6, 0.8]])


def log_joint(z):
    """Return log p(x, z) with log p(x) = -1.5 and a normal p(z|x) with correlated elements."""
    away = z - jnp.array([0.5, -1.0])
    square = jnp.einsum("...i,ij,...j->...", away, jnp.asarray(np.linalg.inv(COVARIANCE)), away)
    return -1.5 - 0.5 * (square + np.log(np.linalg.det(2 * np.pi * COVARIANCE)))


def curved(z):
    return -jnp.sum(jnp.cosh(z), axis=-1) - jnp.square(z[..., 0] * z[..., 1])


def moved(density, beta_0, steps=4):
    return Hamiltonian(Normal(jnp.zeros((3, 2)), jnp.zeros((3, 2))), density, SIZE, jnp.asarray(beta_0), steps)


def test_leapfrog_steps_are_reversible():
    rng = np.random.default_rng(0)
    z, noise = jnp.asarray(rng.normal(size=(2, 5, 3, 2)))
    q = moved(curved, 1.0)
    end, momentum = q.move(z, noise)
    assert np.abs(np.asarray(end - z)).max() > 0.5
    back, reverse = q.move(end, -momentum)
    np.testing.assert_allclose(back, z, atol=1e-12)
    np.testing.assert_allclose(reverse, -noise, atol=1e-12)


def test_steps_follow_hamilton_s_equations():
    """In a quadratic potential, the exact motion is a rotation; the error of leapfrog falls with the squared step."""
    def error(steps):
        q = Hamiltonian(Normal(jnp.zeros(1), jnp.zeros(1)), lambda z: -0.5 * jnp.sum(z**2, -1), jnp.asarray([1.0 / steps]),
                        jnp.asarray(1.0), steps)
        z, momentum = q.move(jnp.array([[0.7]]), jnp.array([[-0.4]]))
        turn = np.array([[np.cos(1.0), np.sin(1.0)], [-np.sin(1.0), np.cos(1.0)]]) @ [0.7, -0.4]
        return np.abs([float(z[0, 0]) - turn[0], float(momentum[0, 0]) - turn[1]]).max()

    assert error(40) < 1e-4
    assert error(10) / error(20) == pytest.approx(4.0, rel=0.1)


@pytest.mark.parametrize("beta_0", [1.0, 0.3])
def test_steps_from_noise_preserve_the_volume_with_tempering_too(beta_0):
    q = moved(curved, beta_0)

    def move(both):
        return jnp.concatenate(q.move(both[:2][None, None], both[2:][None, None]), axis=-1)[0, 0]

    for both in np.random.default_rng(1).normal(size=(4, 4)):
        sign, log_det = np.linalg.slogdet(np.asarray(jax.jacfwd(move)(jnp.asarray(both))))
        assert sign == 1
        assert log_det == pytest.approx(0.0, abs=1e-10)


def test_tempering_ends_with_a_momentum_of_unit_scale():
    """Without a force, the momentum is multiplied by sqrt(beta_0) in all: it starts as noise / sqrt(beta_0)."""
    noise = jnp.asarray(np.random.default_rng(0).normal(size=(5, 3, 2)))
    z, momentum = moved(lambda z: 0.0 * jnp.sum(z, -1), 0.3).move(jnp.zeros((5, 3, 2)), noise)
    np.testing.assert_allclose(momentum, noise, rtol=1e-12)
    # At temperature beta_k the momentum is noise / sqrt(beta_k); eq. 11 of arXiv:1805.11328 gives the schedule.
    inverse_roots = [(1 - 1 / np.sqrt(0.3)) * (k / 4) ** 2 + 1 / np.sqrt(0.3) for k in range(4)]
    np.testing.assert_allclose(z, np.asarray(SIZE * noise) * sum(inverse_roots), rtol=1e-12)


def bounds(steps, beta_0, samples=20_000):
    """Return the mean of the log weights, and the log of the mean weight, each with its standard error."""
    q = moved(log_joint, beta_0, steps)
    z, log_q = q.sample_and_log_prob(samples, 0)
    log_w = np.asarray(log_joint(z) - log_q).ravel()
    weights = np.exp(log_w)
    return (log_w.mean(), log_w.std() / np.sqrt(len(log_w)),
            np.log(weights.mean()), weights.std() / weights.mean() / np.sqrt(len(weights)))


@pytest.mark.parametrize("beta_0", [1.0, 0.5])
def test_weights_are_unbiased_and_the_bound_is_below_the_exact_integral(beta_0):
    elbo, error, log_mean, log_error = bounds(4, beta_0)
    assert elbo + 5 * error < -1.5
    assert abs(log_mean - -1.5) < 5 * log_error


def test_the_bound_rises_with_the_steps_as_tempering_takes_energy_out(monkeypatch):
    monkeypatch.setattr(f"{__name__}.SIZE", jnp.array([0.1, 0.1]))
    rising = [bounds(steps, 0.5)[0] for steps in (2, 4, 8)]
    base = np.asarray(Normal(jnp.zeros(2), jnp.zeros(2)).sample(60_000, 0))
    without = (np.asarray(log_joint(base)) - scipy.stats.norm.logpdf(base).sum(-1)).mean()
    assert rising[0] + 0.1 < rising[1] < rising[2] - 0.3 < -1.5
    assert without + 0.5 < rising[2]
    # Without tempering, the steps conserve the energy, and with it the bound.
    assert bounds(8, 1.0)[0] == pytest.approx(without, abs=0.05)


def test_draws_are_those_with_their_densities_and_others_have_none():
    q = moved(curved, 0.5)
    z, log_q = q.sample_and_log_prob(7, 2)
    assert (z.shape, log_q.shape, q.event_shape) == ((7, 3, 2), (7, 3), (2,))
    np.testing.assert_array_equal(q.sample(7, 2), z)
    np.testing.assert_array_equal(q.mean, q.base.mean)
    with pytest.raises(zukan.InputError, match="its own draws only"):
        q.log_prob(z)
