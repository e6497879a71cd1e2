"""The conditional prior: one normal for each class, its KL in closed form, and models that use it."""

import numpy as np
import pytest

import zukan


@pytest.fixture
def vae(make):
    vae = make(prior="conditional", condition=3)
    rng = np.random.default_rng(0)
    for weight in vae.trainable_variables:
        weight.assign(weight + 0.5 * rng.normal(size=weight.shape))
    return vae


def test_the_kl_is_that_to_the_normal_of_the_class(vae, x):
    classes = np.arange(len(x)) % 3
    rows = np.eye(3, dtype="float32")[classes]
    means, log_vars, _ = (np.asarray(array, "float64") for array in vae.encoder([x, rows]))
    terms = vae.kl_terms(x, condition=classes)
    for i, c in enumerate(classes):
        for j in range(2):
            m, v = float(vae.prior.mean[c, j]), np.exp(float(vae.prior.log_var[c, j]))
            s = np.exp(log_vars[i, j])
            expected = 0.5 * (s / v + (means[i, j] - m) ** 2 / v - 1 - np.log(s / v))
            assert terms[i, j] == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_numbers_mix_the_normals_linearly(vae):
    condition = np.array([[0.5, 0.25, 2.0]], "float32")
    p_z = vae.prior.distribution(vae.context({"x": None, "condition": condition}))
    np.testing.assert_allclose(p_z.mean, condition @ np.array(vae.prior.mean), rtol=1e-5)
    np.testing.assert_allclose(p_z.log_var, condition @ np.array(vae.prior.log_var), rtol=1e-5)


def test_samples_follow_the_normal_of_their_class(vae):
    classes = np.repeat(np.arange(3), 4000)
    rows = vae._inputs.conditions(classes, len(classes))
    z = np.asarray(vae.prior.distribution(vae.context({"x": None, "condition": rows})).sample(1, 0))[0]
    for c in range(3):
        np.testing.assert_allclose(z[classes == c].mean(0), vae.prior.mean[c], atol=0.12)
        np.testing.assert_allclose(z[classes == c].std(0), np.exp(np.array(vae.prior.log_var[c]) / 2), rtol=0.1)


def test_every_class_learns_its_own_normal(make):
    rng = np.random.default_rng(0)
    classes = np.arange(90) % 3
    x = np.clip(0.2 + 0.3 * classes[:, None] + 0.02 * rng.normal(size=(90, 6)), 0, 1).astype("float32")
    vae = make(prior="conditional", condition=3, likelihood={"name": "normal", "scale": 0.1})
    vae.optimizer.learning_rate = 0.01
    vae.fit(x, condition=classes, epochs=30, batch_size=15, verbose=0)
    for c in range(3):
        drawn = vae.sample(50, condition=c)
        np.testing.assert_allclose(drawn.mean(), 0.2 + 0.3 * c, atol=0.08)


def test_a_model_without_a_condition_is_refused_in_a_sentence():
    with pytest.raises(zukan.InputError, match=r"prior 'conditional' needs a model with a condition, got none; .*'normal'$"):
        zukan.VAE((6,), prior="conditional")
