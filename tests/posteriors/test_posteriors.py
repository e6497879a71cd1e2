"""The posteriors in a model: their codes, their densities along a pass, and bounds that hold."""

import numpy as np
import pytest
import scipy.special
import scipy.stats

from zukan.context import Draws, Piece, Shapes
from zukan.posteriors import Delta, Normal, Planar


def test_what_each_posterior_says_about_itself():
    assert [(p.density, p.evaluable) for p in (Normal, Planar, Delta)] == [(True, True), (True, False), (False, True)]
    shapes = Shapes((4,), 5)
    assert Normal().layout(shapes) == Planar().layout(shapes) == Delta().layout(shapes) == (Piece("real", 5),)


def test_a_planar_posterior_without_a_bend_equals_the_normal_one(make, x):
    flow, normal = make(posterior={"name": "planar", "flows": 1}), make()
    w = np.array([1.0, 0.0])
    flow.posterior.set_weights([w, w * np.log(np.e - 1), np.float32(0.4)])
    layers = {layer.name: layer for layer in flow._inference.layers}
    for layer in normal._inference.layers:
        layers.get(layer.name, layers.get(f"base_{layer.name}")).set_weights(layer.get_weights())
    flow._generation.set_weights(normal._generation.get_weights())
    np.testing.assert_allclose(flow.encode(x), normal.encode(x), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(flow.encode(x, sample=True), normal.encode(x, sample=True), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(flow.log_likelihood(x, samples=50), normal.log_likelihood(x, samples=50), rtol=1e-4)
    samples = flow.elbo(x, samples=4000) - normal.elbo(x, samples=4000)  # one KL is estimated, the other exact
    np.testing.assert_allclose(samples, 0, atol=0.1)


def test_the_pass_of_a_planar_posterior_carries_the_density_of_its_draws(make, x):
    vae = make(posterior={"name": "planar", "flows": 3}, objective={"name": "elbo", "samples": 4})
    rng = np.random.default_rng(0)
    vae.posterior.set_weights([weight + rng.normal(size=weight.shape) for weight in vae.posterior.get_weights()])
    outputs = vae(x)
    forward = vae.forward_pass(x, outputs)
    again = forward.q.sample_and_log_prob(4, Draws(outputs["state"]))
    np.testing.assert_allclose(again[0], forward.z, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(again[1], forward.log_q, rtol=1e-4, atol=1e-5)
    log_p = scipy.stats.norm.logpdf(np.asarray(forward.z)).sum(-1)
    np.testing.assert_allclose(forward.kl, (np.asarray(forward.log_q) - log_p).mean(0), rtol=1e-4, atol=1e-4)


def test_the_bounds_of_a_flow_hold_and_rise(make, x):
    vae = make(posterior={"name": "planar", "flows": 3})
    vae.fit(x, epochs=3, batch_size=8, verbose=0)
    head = next(layer for layer in vae._inference.layers if layer.name == "base_log_var")
    head.bias.assign(head.bias + 2.5)  # wider than the exact posterior, so that no weight has heavy tails
    bounds = [vae.log_likelihood(x, samples=k, same_draws=False).mean() for k in (1, 20, 2000)]
    assert bounds == sorted(bounds)
    grid = np.linspace(-7, 7, 401)  # log p(x) by quadrature over z
    z = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2)
    logits = np.asarray(vae._generation(z.astype("float32"))["logits"], "float64")
    log_p = x[:8].astype("float64") @ logits.T - np.logaddexp(0, logits).sum(-1) + scipy.stats.norm.logpdf(z).sum(-1)
    exact = scipy.special.logsumexp(log_p, axis=1) + 2 * np.log(grid[1] - grid[0])
    np.testing.assert_allclose(vae.log_likelihood(x[:8], samples=20_000), exact, atol=0.03)


def test_a_point_is_a_plain_autoencoder(make, x):
    vae = make(posterior="delta", objective="reconstruction")
    vae.fit(x, epochs=2, batch_size=8, verbose=0)
    np.testing.assert_array_equal(vae.encode(x, sample=True), vae.encode(x))
    np.testing.assert_array_equal(vae.reconstruct(x, sample=True), vae.reconstruct(x))
    logs = vae.evaluate(x, batch_size=40, verbose=0, return_dict=True)
    assert set(logs) == {"loss", "reconstruction"}
    p = vae.reconstruct(x).astype("float64")
    cross_entropy = -(x * np.log(p) + (1 - x) * np.log(1 - p)).sum(-1)
    assert logs["loss"] == pytest.approx(cross_entropy.mean(), rel=1e-5)
    np.testing.assert_allclose(vae.reconstruction_terms(x).sum(-1), cross_entropy, rtol=1e-4)
