"""The VampPrior against a mixture in NumPy, and the start of its pseudo-inputs."""

import numpy as np
import pytest
import scipy.special
import scipy.stats

import zukan

VAMP = {"name": "vamp", "components": 5}


def test_the_density_is_the_mixture_of_the_posteriors_of_the_pseudo_inputs(make, x):
    vae = make(prior=VAMP)
    vae.fit(x, epochs=1, batch_size=8, verbose=0)
    means, log_vars, _ = (np.asarray(array, "float64") for array in vae.encoder(vae.prior.pseudo_inputs.value))
    forward = vae.forward_pass(x, vae(x))
    z = np.asarray(forward.z, "float64")
    log_p = np.zeros((5, *z.shape[:2]))
    for k in range(5):
        log_p[k] = scipy.stats.norm.logpdf(z, means[k], np.exp(log_vars[k] / 2)).sum(-1)
    expected = scipy.special.logsumexp(log_p, axis=0) - np.log(5)
    np.testing.assert_allclose(forward.p_z.log_prob(forward.z), expected, rtol=1e-5)
    q = scipy.stats.norm(np.asarray(forward.q.mean), np.exp(np.asarray(forward.q.log_var) / 2))
    np.testing.assert_allclose(forward.kl, (q.logpdf(z).sum(-1) - expected).mean(0), rtol=1e-4, atol=1e-4)


def test_samples_are_of_the_mixture(make, x):
    vae = make(prior=VAMP)
    vae.begin(x)
    p_z = vae.prior.distribution(vae.context())
    means, log_vars, _ = (np.asarray(array) for array in vae.encoder(vae.prior.pseudo_inputs.value))
    z = np.asarray(p_z.sample(20_000, 0))
    np.testing.assert_allclose(z.mean(0), means.mean(0), atol=0.05)
    np.testing.assert_allclose(z.var(0), np.exp(log_vars).mean(0) + means.var(0), rtol=0.05)


def test_pseudo_inputs_start_as_different_training_items_chosen_by_the_seed(make, x):
    starts = []
    for seed in (0, 0, 1):
        vae = make(prior=VAMP, seed=seed)
        vae.begin(x)
        starts.append(np.array(vae.prior.pseudo_inputs))
        rows = [np.flatnonzero((x == item).all(1)) for item in starts[-1]]
        assert all(len(row) == 1 for row in rows)
        assert len(set(np.concatenate(rows))) == 5
    np.testing.assert_array_equal(starts[0], starts[1])
    assert (starts[0] != starts[2]).any()


def test_more_pseudo_inputs_than_items_repeat_some(make, x):
    vae = make(prior={"name": "vamp", "components": 7})
    vae.begin(x[:3])
    assert {tuple(item) for item in np.array(vae.prior.pseudo_inputs)} <= {tuple(item) for item in x[:3]}


def test_pseudo_inputs_start_before_the_first_step_only(make, x):
    vae = make("sgd", prior=VAMP)
    vae.optimizer.learning_rate = 0.0
    vae.fit(x, epochs=1, batch_size=8, verbose=0)
    first = np.array(vae.prior.pseudo_inputs)
    assert all((x == item).all(1).any() for item in first)
    vae.fit(1 - x, epochs=1, batch_size=8, verbose=0)
    np.testing.assert_array_equal(vae.prior.pseudo_inputs, first)


def test_pseudo_inputs_are_trained(make, x):
    vae = make(prior=VAMP)
    vae.fit(x, epochs=1, batch_size=8, verbose=0)
    assert not any((x == item).all(1).any() for item in np.array(vae.prior.pseudo_inputs))


def test_pseudo_inputs_are_not_taken_from_held_out_items(make, x):
    vae = make("sgd", prior={"name": "vamp", "components": 20})
    vae.optimizer.learning_rate = 0.0
    vae.fit(x, epochs=1, batch_size=8, validation_split=0.5, verbose=0)
    assert all((x[:20] == item).all(1).any() for item in np.array(vae.prior.pseudo_inputs))


def test_a_missing_value_of_a_pseudo_input_is_zero(make, x):
    gaps = np.where(np.random.default_rng(0).random(x.shape) < 0.4, np.nan, x).astype("float32")
    vae = make(prior=VAMP, missing=True)
    vae.begin(gaps)
    filled = np.nan_to_num(gaps)
    assert all((filled == item).all(1).any() for item in np.array(vae.prior.pseudo_inputs))


def test_a_condition_is_refused_in_a_sentence():
    with pytest.raises(zukan.InputError, match=r"without a condition, got one of 3 values; use prior 'conditional'$"):
        zukan.VAE((6,), prior="vamp", condition=3)
