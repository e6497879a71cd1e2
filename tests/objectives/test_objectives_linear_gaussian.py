"""Bounds against the exact log p(x) of the linear-Gaussian model."""

import jax
import keras
import numpy as np
import pytest

import zukan
from linear_gaussian import FEATURES, LATENT, World
from zukan.model import passes


@pytest.fixture(scope="module")
def world():
    return World()


@pytest.fixture(scope="module")
def inexact(world):
    return world.model(shrink=0.8, widen=0.7)


def test_with_the_exact_posterior_one_sample_gives_the_exact_likelihood(world):
    vae = world.model()
    np.testing.assert_allclose(vae.log_likelihood(world.x, samples=1), world.log_p, atol=2e-4)
    np.testing.assert_allclose(vae.log_likelihood(world.x, samples=7, seed=3), world.log_p, atol=2e-4)


def test_with_the_exact_posterior_the_elbo_is_the_likelihood(world):
    bounds = np.stack([world.model().elbo(world.x, samples=2000, seed=seed) for seed in range(3)])
    error = bounds.std(0).mean() / np.sqrt(3)
    assert bounds.mean() == pytest.approx(world.log_p.mean(), abs=5 * error)
    np.testing.assert_allclose(bounds.mean(0), world.log_p, atol=0.3)


def test_the_elbo_is_below_the_likelihood_by_the_kl_to_the_exact_posterior(world, inexact):
    slack = world.log_p - inexact.elbo(world.x, samples=4000)
    mean = (world.x - world.b) @ world.slope
    ratio = np.exp(0.7)  # variance of q / variance of the exact posterior, which is 1 / precision
    kl = 0.5 * (LATENT * (ratio - 1 - 0.7) + ((0.2 * mean) ** 2 * world.precision).sum(-1))
    assert slack.mean() > 0
    np.testing.assert_allclose(slack, kl, atol=0.3)
    assert slack.mean() == pytest.approx(kl.mean(), abs=0.02)


def test_the_importance_weighted_bound_rises_to_the_likelihood(world, inexact):
    # For an average, every example has draws of its own.
    bounds = [np.mean([inexact.log_likelihood(world.x, samples=k, seed=seed, same_draws=False).mean() for seed in range(repeats)])
              for k, repeats in ((1, 40), (5, 20), (50, 4), (5000, 1))]
    assert bounds == sorted(bounds)
    assert bounds[0] == pytest.approx(inexact.elbo(world.x, samples=4000).mean(), abs=0.1)
    assert bounds[-1] == pytest.approx(world.log_p.mean(), abs=0.005)
    np.testing.assert_allclose(inexact.log_likelihood(world.x, samples=5000), world.log_p, atol=0.15)


def test_samples_are_scored_in_chunks_of_bounded_size(world, monkeypatch):
    monkeypatch.setattr(passes, "ROWS_DECODED", 128)
    vae = world.model(shrink=0.8, widen=0.7)
    rows = []
    generate = vae._generate
    monkeypatch.setattr(vae, "_generate", lambda z, *rest, **options: (
        rows.append(z.shape[0] * z.shape[1]) or generate(z, *rest, **options)))
    bound = vae.log_likelihood(world.x, samples=1003, batch_size=32, same_draws=False)  # 250 chunks of 4, then one of 3
    np.testing.assert_allclose(bound, world.log_p, atol=0.4)
    assert bound.mean() == pytest.approx(world.log_p.mean(), abs=0.02)
    elbo = vae.elbo(world.x, samples=1003, batch_size=32, same_draws=False)
    assert elbo.mean() == pytest.approx(world.model(shrink=0.8, widen=0.7).elbo(world.x, samples=3).mean(), abs=0.5)
    assert set(rows) == {32 * 4, 32 * 3}


def test_iwae_trains_on_the_bound_that_log_likelihood_reports(world):
    vae = world.model(shrink=0.8, widen=0.7, objective={"name": "iwae", "k": 50})
    vae.compile("adam")
    losses = vae.evaluate(world.x, batch_size=64, verbose=0, return_dict=True)
    bound = vae.log_likelihood(world.x, samples=50, batch_size=64, same_draws=False)
    assert -losses["loss"] == pytest.approx(bound.mean(), abs=0.05)  # the two use different samples
    assert losses["elbo"] < -losses["loss"] < world.log_p.mean() + 0.02


def test_the_bound_of_the_objective_grows_with_k_up_to_the_likelihood(world):
    x = np.tile(world.x, (20, 1))

    def bound(**settings):
        vae = world.model(shrink=0.8, widen=0.7, objective={"name": "iwae", **settings})
        vae.compile("adam")
        return -vae.evaluate(x, batch_size=1280, verbose=0, return_dict=True)["loss"]

    one, few, many = (bound(k=k) for k in (1, 5, 50))
    assert one < few < many < world.log_p.mean()
    assert bound(k=5, m=10) == pytest.approx(few, abs=0.03)
    assert bound(k=5, m=10, partial=True) == pytest.approx(many, abs=0.02)
    assert bound(k=50, elbo_weight=0.5) == pytest.approx((one + many) / 2, abs=0.05)
    for gradient in ("stl", "dreg"):
        assert bound(k=50, gradient=gradient) == pytest.approx(many, rel=1e-5)


def test_without_the_score_an_exact_posterior_has_no_gradient_at_all(world):
    """Every draw then has the same weight, p(x), so that nothing depends on it (arXiv:1703.09194)."""
    largest = {}
    for gradient in ("standard", "stl", "dreg"):
        vae = world.model(objective={"name": "iwae", "k": 2, "gradient": gradient})
        variables, fixed = vae.trainable_variables, [(v, v.value) for v in vae.non_trainable_variables]

        def loss(values, vae=vae, variables=variables, fixed=fixed):
            with keras.StatelessScope(state_mapping=[*zip(variables, values, strict=True), *fixed]):
                return vae.objective(vae.forward_pass(world.x, vae(world.x))).loss.mean()

        slopes = jax.grad(loss)([v.value for v in variables])
        encoder = {id(v) for v in vae.context().weights("encoder")}
        largest[gradient] = max(np.abs(slope).max() for v, slope in zip(variables, slopes, strict=True) if id(v) in encoder)
    assert largest["stl"] < 1e-4
    assert largest["dreg"] < 1e-4
    assert largest["standard"] > 0.1


def test_training_reaches_the_best_likelihood(world):
    vae = zukan.VAE((FEATURES,), LATENT, encoder=keras.layers.Identity(), decoder=keras.layers.Identity(),
                    likelihood="normal", objective={"name": "elbo", "samples": 8})
    vae.compile(keras.optimizers.Adam(0.02))
    vae.fit(np.tile(world.x, (20, 1)), epochs=60, batch_size=64, verbose=0)
    # The maximum-likelihood linear-Gaussian model is probabilistic PCA (doi:10.1111/1467-9868.00196).
    centerd = world.x - world.x.mean(0)
    values = np.sort(np.linalg.eigvalsh(centerd.T @ centerd / len(centerd)))[::-1]
    noise = values[LATENT:].mean()
    best = -0.5 * (FEATURES * np.log(2 * np.pi) + np.log(values[:LATENT]).sum()
                   + (FEATURES - LATENT) * np.log(noise) + FEATURES)
    reached = vae.log_likelihood(world.x, samples=500).mean()
    assert best - 0.05 < reached < best + 0.01
    assert float(np.exp(vae.likelihood.log_var.numpy())) == pytest.approx(noise, rel=0.1)
