"""FactorVAE against NumPy, which part trains by which term, and the optimizer of two."""

import jax
import keras
import numpy as np
import pytest
import scipy.special
from jax import numpy as jnp

import zukan
from zukan.context import Draws
from zukan.optimizers import Adversarial

FACTOR = {"name": "factor", "gamma": 3.0, "units": [5, 4]}


@pytest.fixture
def vae(make):
    vae = make(latent_dim=3, objective=FACTOR)
    rng = np.random.default_rng(0)
    for weight in vae.trainable_variables:
        weight.assign(weight + 0.5 * rng.normal(size=weight.shape))
    return vae


def split(vae):
    """Return which trainable variables are the discriminator's."""
    own = {id(v) for v in vae.objective.trainable_variables}
    return [id(v) in own for v in vae.trainable_variables]


def logit(vae, z):
    """Compute the discriminator in NumPy."""
    *hidden, (w, b) = [(w, b) for w, b in zip(*[iter(vae.objective.get_weights())] * 2, strict=True)]
    for weight, bias in hidden:
        z = z @ weight + bias
        z = np.where(z > 0, z, 0.2 * z)
    return (z @ w + b)[:, 0]


def test_the_loss_equals_numpy(vae, x):
    outputs = vae(x)
    forward = vae.forward_pass(x, outputs)
    terms = vae.objective(forward)
    z = np.asarray(forward.z)[0]
    order = np.argsort(keras.random.uniform(z.shape, seed=Draws(outputs["state"], purpose=1)), axis=0)
    shuffled = z.copy()
    for j in range(z.shape[1]):
        for i in range(len(z)):
            shuffled[i, j] = z[order[i, j], j]
    expected = 0.5 * (-scipy.special.log_expit(logit(vae, z)) - scipy.special.log_expit(-logit(vae, shuffled)))
    np.testing.assert_allclose(terms.extra["adversary"], expected, rtol=1e-5)
    np.testing.assert_allclose(terms.extra["total_correlation"], logit(vae, z), rtol=1e-4, atol=1e-5)
    elbo = np.asarray(forward.elbo)
    np.testing.assert_allclose(terms.loss, -elbo + 3.0 * logit(vae, z) + expected, rtol=1e-5)
    assert shuffled.std(0) == pytest.approx(z.std(0))
    assert not (order == order[:, :1]).all()
    assert np.abs(shuffled - z).max() > 0.1


def test_neither_player_trains_the_other(vae, x):
    variables, fixed = vae.trainable_variables, [(v, v.value) for v in vae.non_trainable_variables]

    def gradients(term):
        def total(values):
            with keras.StatelessScope(state_mapping=[*zip(variables, values, strict=True), *fixed]):
                terms = vae.objective(vae.forward_pass(jnp.asarray(x), vae(jnp.asarray(x))))
                return jnp.mean(term(terms))

        return [np.asarray(g) for g in jax.grad(total)([v.value for v in variables])]

    adversary, rest, whole = map(gradients, (lambda t: t.extra["adversary"], lambda t: t.loss - t.extra["adversary"],
                                             lambda t: t.loss))
    for own, by_adversary, by_rest, by_both in zip(split(vae), adversary, rest, whole, strict=True):
        none, some = (by_rest, by_adversary) if own else (by_adversary, by_rest)
        np.testing.assert_array_equal(none, 0)
        assert np.abs(some).max() > 0
        np.testing.assert_allclose(by_both, some, rtol=1e-4, atol=1e-6)


def test_the_logit_of_a_trained_discriminator_estimates_the_total_correlation():
    """Codes of two correlated normals, whose total correlation is -log(1 - r^2) / 2."""
    r, rng = 0.9, np.random.default_rng(0)
    codes = (rng.normal(size=(4096, 2)) @ np.linalg.cholesky([[1, r], [r, 1]]).T).astype("float32")
    vae = zukan.VAE((2,), 2, encoder=keras.layers.Identity(), decoder=keras.layers.Identity(), likelihood="normal",
                    objective={"name": "factor", "units": [32, 32]})
    heads = {layer.name: layer for layer in vae._inference.layers}
    heads["mean"].set_weights([np.eye(2), np.zeros(2)])
    heads["log_var"].set_weights([np.zeros((2, 2)), np.full(2, -20.0)])
    vae.compile(Adversarial(keras.optimizers.SGD(0.0), keras.optimizers.Adam(3e-3)))
    vae.fit(codes, batch_size=256, epochs=40, verbose=0)
    logs = vae.evaluate(codes, batch_size=4096, verbose=0, return_dict=True)
    assert logs["total_correlation"] == pytest.approx(-0.5 * np.log(1 - r**2), abs=0.1)


@pytest.mark.parametrize(("main", "adversary", "moves"), [(0.01, 0.0, False), (0.0, 0.01, True)])
def test_each_optimizer_trains_its_own_variables(make, x, main, adversary, moves):
    vae = make(Adversarial(keras.optimizers.SGD(main), keras.optimizers.SGD(adversary)), objective=FACTOR)
    before = [np.array(v) for v in vae.trainable_variables]
    vae.fit(x, epochs=1, batch_size=8, verbose=0)
    for own, variable, old in zip(split(vae), vae.trainable_variables, before, strict=True):
        changed = not np.array_equal(variable, old)
        assert changed is (own is moves), variable.path


def test_two_equal_optimizers_are_one(make, x):
    one, two = make(keras.optimizers.Adam(0.01), objective=FACTOR), make(
        Adversarial(keras.optimizers.Adam(0.01), keras.optimizers.Adam(0.01)), objective=FACTOR)
    for vae in (one, two):
        vae.fit(x, epochs=2, batch_size=8, verbose=0)
    for mine, other in zip(one.trainable_variables, two.trainable_variables, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-5, atol=1e-6)
    assert int(two.optimizer.iterations) == int(two.optimizer.main.iterations) == int(one.optimizer.iterations) == 10


def test_the_learning_rate_is_the_main_optimizers(make):
    vae = make(Adversarial(keras.optimizers.Adam(0.01), keras.optimizers.Adam(0.003)), objective=FACTOR)
    vae.optimizer.learning_rate = 0.5
    assert float(vae.optimizer.learning_rate) == float(vae.optimizer.main.learning_rate) == 0.5
    assert float(vae.optimizer.adversary.learning_rate) == pytest.approx(0.003)


def test_two_optimizers_are_saved_and_continue(make, x, tmp_path):
    vae = make(Adversarial(keras.optimizers.Adam(0.01), keras.optimizers.SGD(0.02, momentum=0.9)), objective=FACTOR)
    vae.fit(x, epochs=1, batch_size=8, verbose=0)
    vae.save(tmp_path / "model.keras")
    loaded = zukan.load(tmp_path / "model.keras")
    assert loaded.optimizer.get_config() == vae.optimizer.get_config()
    for model in (vae, loaded):
        model.fit(x, epochs=2, initial_epoch=1, batch_size=8, verbose=0)
    for mine, other in zip((*vae.variables, *vae.optimizer.variables), (*loaded.variables, *loaded.optimizer.variables),
                           strict=True):
        np.testing.assert_array_equal(np.asarray(mine), np.asarray(other), err_msg=mine.path)
