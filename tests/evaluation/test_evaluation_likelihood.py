"""The ELBO, its terms and the importance-weighted bound."""

import pytest

import zukan
from zukan.evaluation.likelihood import likelihood


def test_likelihood_terms_add_up(trained, x):
    result = likelihood(trained, x, seed=1)
    assert result["elbo"] == pytest.approx(-(result["reconstruction"] + result["kl"]))
    assert result["elbo"] == pytest.approx(trained.elbo(x, seed=1, same_draws=False).mean(), rel=1e-6)
    assert result["kl"] == pytest.approx(trained.kl_terms(x, same_draws=False).sum(axis=1).mean(), rel=1e-6)
    assert result["bound_elbo"] == result["elbo"]
    assert result["bound"] >= result["bound_elbo"]
    assert (result["bound_examples"], result["bound_samples"]) == (40, 100)
    assert result == likelihood(trained, x, seed=1)
    assert result["elbo"] != likelihood(trained, x, seed=2)["elbo"]


def test_the_bound_uses_the_first_items(trained, x, monkeypatch):
    monkeypatch.setattr("zukan.evaluation.likelihood.BOUND_EXAMPLES", 10)
    result = likelihood(trained, x)
    assert result["bound_examples"] == 10
    assert result["bound_elbo"] == pytest.approx(trained.elbo(x, same_draws=False)[:10].mean(), rel=1e-6)
    assert result["bound"] == pytest.approx(trained.log_likelihood(x[:10], samples=100, same_draws=False).mean(), rel=1e-5)


def test_likelihood_is_close_to_the_training_loss(trained, x):
    reported = trained.evaluate(x, verbose=0, return_dict=True)["loss"]
    assert likelihood(trained, x)["elbo"] == pytest.approx(-reported, rel=0.1)


def test_likelihood_with_a_monte_carlo_kl(make, x):
    result = likelihood(make(prior=zukan.priors.Mixture(components=2)), x)
    assert result["elbo"] == pytest.approx(-(result["reconstruction"] + result["kl"]))
    assert result["bound"] >= result["bound_elbo"]
