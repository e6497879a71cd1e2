"""Flow priors in a model: what they depend on, their start from codes, and their density by quadrature."""

import keras
import numpy as np
import pytest

from blobs import blobs

FLOWS = ["maf", "realnvp"]


def flow(name, **options):
    return {"name": name, "flows": 2, "units": [8], **options}


def shaken(vae, spread=0.4):
    rng = np.random.default_rng(0)
    for weight in vae.prior.trainable_variables:
        weight.assign(weight + spread * rng.normal(size=weight.shape))
    return vae


@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_prior_starts_as_the_standard_normal(make, x, name):
    vae, normal = make(prior=flow(name)), make()
    normal.set_weights(vae._inference.get_weights() + vae._generation.get_weights())
    z = np.random.default_rng(0).normal(size=(5, 2)).astype("float32")
    np.testing.assert_allclose(vae.prior.distribution(vae.context()).log_prob(z),
                               normal.prior.distribution(normal.context()).log_prob(z), rtol=1e-5)


@pytest.mark.parametrize("name", FLOWS)
def test_the_density_of_a_flow_prior_integrates_to_one(make, name):
    vae = shaken(make(prior=flow(name)))
    vae.prior.start(np.random.default_rng(1).normal(size=(500, 2)) * [0.5, 2.0] + [3.0, -1.0], 0)
    p = vae.prior.distribution(vae.context())
    z = np.asarray(p.sample(5000, 0))
    low, high = z.min(0) - 0.3 * np.ptp(z, 0), z.max(0) + 0.3 * np.ptp(z, 0)
    axes = np.linspace(low, high, 401).T
    density = np.exp(np.asarray(p.log_prob(np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).astype("float32"))))
    assert np.trapezoid(np.trapezoid(density, axes[1]), axes[0]) == pytest.approx(1.0, abs=5e-3)


@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_starts_with_the_mean_and_the_scale_of_the_codes(make, name):
    vae = make(prior=flow(name))
    codes = np.random.default_rng(1).normal(size=(4000, 2)) * [0.5, 2.0] + [3.0, -1.0]
    vae.prior.start(codes, 0)
    z = np.asarray(vae.prior.distribution(vae.context()).sample(20_000, 0))
    np.testing.assert_allclose(z.mean(0), codes.mean(0), atol=0.06)
    np.testing.assert_allclose(z.std(0), codes.std(0), rtol=0.03)


@pytest.mark.parametrize("name", FLOWS)
def test_a_conditional_flow_learns_every_class(make, name):
    rng = np.random.default_rng(0)
    classes = np.arange(90) % 3
    x = np.clip(0.2 + 0.3 * classes[:, None] + 0.02 * rng.normal(size=(90, 6)), 0, 1).astype("float32")
    vae = make(keras.optimizers.Adam(0.01), prior=flow(name), condition=3, likelihood={"name": "normal", "scale": 0.1})
    vae.fit(x, condition=classes, epochs=40, batch_size=15, verbose=0)
    for c in range(3):
        drawn = vae.sample(50, condition=c)
        np.testing.assert_allclose(drawn.mean(), 0.2 + 0.3 * c, atol=0.08)
    rows = vae._inputs.conditions(np.array([0, 2]), 2)
    p_z = vae.prior.distribution(vae.context({"x": None, "condition": rows}))
    assert p_z.log_prob(np.zeros((4, 2, 2), "float32")).shape == (4, 2)


def test_codes_of_a_joint_training_fit_the_flow_better_than_the_normal(make):
    x = blobs(200)
    bounds = []
    for prior in ("normal", flow("maf")):
        vae = make(keras.optimizers.Adam(0.01), prior=prior, seed=1)
        vae.fit(x, epochs=30, batch_size=20, verbose=0)
        bounds.append(vae.elbo(x, samples=100).mean())
    assert bounds[1] > bounds[0] + 0.02
