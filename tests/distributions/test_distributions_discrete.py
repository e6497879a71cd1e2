"""Sums and integrals that must be 1, formulas of the papers, and finite gradients at extreme values."""

import jax
import numpy as np
import pytest
import scipy.integrate
import scipy.special
from jax import numpy as jnp

from zukan import distributions as d


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize("log_scale", [-7.7, -5.0, -1.0, 2.0])
@pytest.mark.parametrize("location", [-3.0, 0.0, 0.5003, 1.0, 4.0])
def test_the_probabilities_of_the_levels_of_logistic_mixtures_add_up_to_one(location, log_scale):
    values = jnp.arange(256.0)[:, None] / 255
    mixture = d.LogisticMixture(*(jnp.asarray(v)[None] for v in ([0.3, -1.0], [location, 0.25], [log_scale, -3.0])))
    log_p = np.asarray(mixture.log_prob(values))
    assert np.isfinite(log_p).all()
    assert np.exp(log_p).sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.usefixtures("x64")
def test_the_mean_of_a_logistic_mixture_is_near_the_mean_of_its_levels():
    """Half a level at most, as documented; a fortieth of a level if the scale is not below a level."""
    for scale, error in ((0.01 / 255, 0.5), (1 / 255, 0.025), (30 / 255, 0.001)):
        location = jnp.linspace(-0.1, 1.1, 997)[:, None]
        mixture = d.LogisticMixture(jnp.zeros((997, 1)), location, jnp.full((997, 1), np.log(scale)))
        values = jnp.arange(256.0)[:, None] / 255
        p = np.exp(np.asarray(mixture.log_prob_terms(jnp.broadcast_to(values, (256, 997)))))
        exact = (p * np.asarray(values)).sum(axis=0)
        assert np.abs(np.asarray(mixture.mean) - exact).max() <= error / 255 * (1 + 1e-9)


@pytest.mark.usefixtures("x64")
@pytest.mark.parametrize("probability", [1e-4, 0.2, 0.4999, 0.5, 0.5 + 1e-12, 0.500001, 0.6, 0.999])
def test_the_continuous_bernoulli_is_the_density_of_the_paper(probability):
    logits = jnp.asarray([scipy.special.logit(probability)])
    distribution = d.ContinuousBernoulli(logits)
    density = lambda x: float(np.exp(distribution.log_prob(jnp.asarray([x]))))  # noqa: E731
    assert scipy.integrate.quad(density, 0, 1)[0] == pytest.approx(1, abs=1e-9)
    assert scipy.integrate.quad(lambda x: x * density(x), 0, 1)[0] == pytest.approx(float(distribution.mean[0]), abs=1e-9)
    if abs(probability - 0.5) > 1e-3:  # the paper's formula loses its digits there
        norm = 2 * np.arctanh(1 - 2 * probability) / (1 - 2 * probability)
        assert density(0.3) == pytest.approx(norm * probability**0.3 * (1 - probability) ** 0.7, rel=1e-9)


@pytest.mark.usefixtures("x64")
def test_the_mean_of_the_continuous_bernoulli_is_the_derivative_of_its_normalizer():
    """Across the border at which a series takes over, and in both signs."""
    logits = jnp.concatenate([jnp.linspace(-1.2, 1.2, 2401), jnp.asarray([-700.0, -40.0, 40.0, 700.0])])
    log_norm = lambda t: -d.ContinuousBernoulli(t[None]).log_prob(jnp.zeros(1))  # noqa: E731
    slope = jax.vmap(jax.grad(log_norm))(logits)
    np.testing.assert_allclose(d.ContinuousBernoulli(logits).mean, slope, rtol=1e-9, atol=1e-12)


EXTREMES = {
    "ContinuousBernoulli": (d.ContinuousBernoulli, [(v,) for v in (-1e30, -90, -0.5, -1e-30, 0, 1e-4, 0.5, 1e30)],
                            [0, 0.5, 1]),
    "HyperbolicSecant": (d.HyperbolicSecant, [(0.0, -10.0), (0.0, 10.0), (1e6, -10.0)], [-1e6, 0, 1e6]),
    "Laplace": (d.Laplace, [(0.0, -10.0), (0.0, 10.0), (1e6, -10.0)], [-1e6, 0, 1e6]),
    "StudentT": (d.StudentT, [(0.0, -10.0, 2.1), (0.0, 10.0, 1e6), (1e6, -10.0, 4.0)], [-1e6, 0, 1e6]),
    "Poisson": (d.Poisson, [(-20.0,), (0.0,), (20.0,)], [0, 1, 2**24]),
    "NegativeBinomial": (d.NegativeBinomial, [(a, b) for a in (-20.0, 0.0, 20.0) for b in (-10.0, 0.0, 10.0)], [0, 1, 2**24]),
    "ZeroInflated": (lambda z, a, b: d.ZeroInflated(z, d.NegativeBinomial(a, b)),
                     [(z, a, b) for z in (-100.0, 0.0, 100.0) for a in (-20.0, 20.0) for b in (-10.0, 10.0)], [0, 1, 2**24]),
    "CategoricalLevels": (lambda a, b: d.CategoricalLevels(jnp.stack([a, b], axis=-1)),
                          [(0.0, 1e30), (-1e30, 1e4), (0.0, 0.0)], [0, 1]),
    "LogisticMixture": (lambda a, b, c: d.LogisticMixture(*(jnp.stack([v, v + 0.1], axis=-1) for v in (a, b, c))),
                        [(a, b, c) for a in (-1e4, 1e4) for b in (-1e3, 0.5, 1e3) for c in (-7.7, 2.0)], [0, 128 / 255, 1]),
}


@pytest.mark.parametrize("name", EXTREMES)
def test_densities_and_gradients_are_finite_in_single_precision(name):
    make, parameters, values = EXTREMES[name]
    for setting in parameters:
        arrays = [jnp.full(1, value, "float32") for value in setting]
        for value in values:
            x = jnp.full(1, value, "float32")
            result, slopes = jax.value_and_grad(lambda arrays, x: make(*arrays).log_prob(x))(arrays, x)
            assert np.isfinite(result), (setting, value)
            assert np.isfinite(np.asarray(slopes)).all(), (setting, value)
            assert result.dtype == np.float32


def levels(a):
    return jnp.stack([a, 0.5 * a, -a], axis=-1)


@pytest.mark.parametrize("make", [d.Poisson, lambda a: d.NegativeBinomial(a, jnp.float32(0.3)),
                                  lambda a: d.ZeroInflated(a, d.Poisson(a)), d.ContinuousBernoulli,
                                  lambda a: d.CategoricalLevels(levels(a)),
                                  lambda a: d.LogisticMixture(levels(a), 0.3 * levels(a), levels(a) - 3)])
def test_densities_of_more_values_than_distributions_have_the_shape_of_the_values(make):
    """One batch of images and several draws, as in a pass through a model."""
    parameters = jnp.asarray(np.random.default_rng(0).normal(size=(3, 2, 4)), "float32")  # samples, batch, event
    x = jnp.asarray(np.random.default_rng(1).integers(0, 2, (2, 4)), "float32")
    terms = np.asarray(make(parameters).log_prob_terms(x))
    assert terms.shape == (3, 2, 4)
    for i in range(3):
        np.testing.assert_allclose(terms[i], make(parameters[i]).log_prob_terms(x), rtol=1e-5)
