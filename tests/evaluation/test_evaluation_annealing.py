"""Annealed importance sampling, the rate-distortion curve and the parts of the KL, for the linear-Gaussian model."""

import numpy as np
import pytest

from linear_gaussian import LATENT, SCALE, World
from zukan.evaluation.annealing import anneal, compared
from zukan.evaluation.information import information
from zukan.evaluation.rate_distortion import curve

ITEMS = 24


@pytest.fixture(scope="module")
def world():
    return World()


@pytest.fixture(scope="module")
def bad(world):
    """A model whose q(z|x) is far from the posterior, so that importance weights of draws from it vary strongly."""
    return world.model(shrink=0.3, widen=-1.5)


@pytest.fixture(scope="module")
def chains(world, bad):
    x = world.x[:ITEMS]
    return {start: anneal(bad, x, start=start, temperatures=120, chains=32, leapfrogs=4) for start in ("q", "prior")}


@pytest.mark.parametrize("start", ["q", "prior"])
def test_the_estimate_is_the_exact_likelihood(world, bad, chains, start):
    exact, run = world.log_p[:ITEMS], chains[start]
    assert 0.4 < run.accepted < 0.95
    assert run.log_p.mean() == pytest.approx(exact.mean(), abs=0.1)  # the standard deviation over seeds is 0.025
    assert np.median(np.abs(run.log_p - exact)) < 0.2
    bound = bad.log_likelihood(world.x[:ITEMS], samples=32)
    assert bound.mean() < exact.mean() - 0.5  # the same number of draws from q(z|x) alone


def test_both_starts_together(world, bad, chains):
    result = compared(chains, world.log_p[:ITEMS])
    mean = np.log(np.mean([np.exp(run.log_p) for run in chains.values()], axis=0)).mean()
    assert result["log_p"] == pytest.approx(mean, rel=1e-6)
    assert result["above_bound"] == pytest.approx(mean - world.log_p[:ITEMS].mean(), abs=1e-6)
    assert result["starts"]["q"]["log_p"] == pytest.approx(chains["q"].log_p.mean())
    assert (result["temperatures"], result["chains"]) == (120, 32)


def test_the_weights_are_sums_of_the_energies(chains):
    run = chains["prior"]
    steps = np.diff(run.temperatures)[:, None, None] * run.energy[:-1]
    np.testing.assert_allclose(run.log_weights[1:], np.cumsum(steps, axis=0), rtol=1e-9)


def test_the_curve_is_the_exact_one(world, chains):
    """q_b(z|x) is normal, with the precision 1 + b W'W / s^2."""
    result, x = curve(chains["prior"]), world.x[:ITEMS] - world.b
    power = (world.W**2).sum(0) / SCALE**2
    for b, rate, distortion in zip(result["temperatures"], result["rate"], result["distortion"], strict=True):
        precision = 1 + b * power
        mean = b * (x @ world.W) / SCALE**2 / precision
        kl = 0.5 * (1 / precision + mean**2 - 1 + np.log(precision)).sum(1).mean()
        error = ((x - mean @ world.W.T) ** 2).sum(1) + (power * SCALE**2 / precision).sum()
        cost = 0.5 * error.mean() / SCALE**2 + len(world.b) * np.log(SCALE * np.sqrt(2 * np.pi))
        assert rate == pytest.approx(kl, abs=0.25)
        assert distortion == pytest.approx(cost, rel=0.05)
    assert result["rate"][0] == pytest.approx(0, abs=1e-9)
    assert result["rate"][-1] + result["distortion"][-1] == pytest.approx(-world.log_p[:ITEMS].mean(), abs=0.06)


@pytest.mark.parametrize(("shrink", "widen"), [(1.0, 0.0), (0.8, 0.7), (0.5, -1.0)])
def test_the_parts_of_the_kl_are_the_exact_ones(world, shrink, widen):
    """Over all x of the model, q(z) is normal with the covariance of the means plus that of q(z|x)."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(3000, LATENT)) @ world.W.T + world.b + SCALE * rng.normal(size=(3000, len(world.b)))
    result = information(world.model(shrink=shrink, widen=widen), x.astype("float32"), seed=2)
    own = np.diag(np.exp(widen) / world.precision)
    slope = shrink * world.slope
    covariance = slope.T @ (world.W @ world.W.T + SCALE**2 * np.eye(len(world.b))) @ slope + own
    exact = 0.5 * (np.linalg.slogdet(covariance)[1] - np.linalg.slogdet(own)[1])
    marginal = 0.5 * (np.trace(covariance) - LATENT - np.linalg.slogdet(covariance)[1])
    assert result["mutual_information"] == pytest.approx(exact, abs=4 * result["mutual_information_standard_error"] + 0.01)
    assert result["marginal_kl"] == pytest.approx(marginal, abs=4 * result["marginal_kl_standard_error"] + 0.01)
    assert result["mutual_information_standard_error"] < 0.03
    assert result["most_information"] == pytest.approx(np.log(3000))


def test_information_is_limited_by_the_number_of_items(world, monkeypatch):
    sharp = world.model(widen=-12.0)
    result = information(sharp, world.x)
    assert result["mutual_information"] == pytest.approx(np.log(64), abs=1e-3)
    monkeypatch.setattr("zukan.evaluation.information.MOST", 16)
    assert information(sharp, world.x)["posteriors"] == 16


def test_no_two_moves_share_random_numbers(world, bad, monkeypatch):
    """The chains that find the step sizes must not share them with those that are weighted, nor batches with batches."""
    states = []

    def program(function, *settings):
        made = type(bad).program(bad, function, *settings)
        return lambda *arguments: (states.append(arguments[-1]), made(*arguments))[1]

    monkeypatch.setattr(bad, "program", program)
    monkeypatch.setattr("zukan.evaluation.annealing.AT_ONCE", 64)
    anneal(bad, world.x[:5], seed=3, temperatures=2, chains=32, leapfrogs=4)
    offsets = {(first + 0x9E3779B1 * draw) % 2**31 for first, _ in set(states) for draw in range(4)}
    assert len(states) == len(set(states)) == 2 * 3 * 3
    assert len(offsets) == 4  # one seed, and a count for each move


def test_items_are_annealed_in_batches(world, bad, monkeypatch):
    monkeypatch.setattr("zukan.evaluation.annealing.AT_ONCE", 64)
    run = anneal(bad, world.x[:5], temperatures=2, chains=32, leapfrogs=4)
    assert run.log_weights.shape == (3, 32, 5)
    assert np.isfinite(run.log_p).all()
