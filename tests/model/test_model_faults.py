"""Faults of the model that were found in use: each test fails without its fix."""

import subprocess
import sys

import keras
import numpy as np
import pytest
from jax import numpy as jnp

import zukan
from blobs import blobs
from zukan.optimizers import Adversarial
from zukan.rates import CosineDecay
from zukan.training import replicas


def test_both_estimators_have_one_gradient_with_a_prior_that_reads_the_encoder(make, x):
    """For one sample both gradients are those of the ELBO in expectation; the VampPrior depends on the encoder."""
    import jax

    vae_of = []

    def mean_gradients(gradient):
        vae = make(prior={"name": "vamp", "components": 4}, objective={"name": "iwae", "k": 1, "gradient": gradient}, seed=3)
        vae_of.insert(0, vae)
        noise = np.random.default_rng(0)
        for weight in vae.trainable_variables:
            weight.assign(weight + 0.3 * noise.normal(size=weight.shape))
        variables, others = vae.trainable_variables, [(v, v.value) for v in vae.non_trainable_variables]
        items = jnp.asarray(np.repeat(x[:4], 4000, axis=0))

        def loss(values):
            with keras.StatelessScope(state_mapping=[*zip(variables, values, strict=True), *others]):
                return jnp.mean(vae.objective(vae.forward_pass(items, vae(items))).loss)

        return jax.grad(loss)([v.value for v in variables]), variables

    (theirs, _), (ours, variables) = mean_gradients("standard"), mean_gradients("dreg")
    encoder = {id(v) for v in vae_of[0]._inference.trainable_variables}
    kernels = [i for i, v in enumerate(variables) if id(v) in encoder and len(v.shape) == 2]
    assert len(kernels) == 3
    for i in kernels:
        assert np.linalg.norm(ours[i] - theirs[i]) < 0.06 * np.linalg.norm(theirs[i])


def test_multiple_imputation_weights_all_samples(monkeypatch, make, x):
    gaps = x.copy()
    gaps[:, 3:] = np.nan
    vae = make(missing=True, likelihood={"name": "normal", "scale": 0.1})
    vae.compile(keras.optimizers.Adam(0.02))
    vae.fit(x, epochs=60, batch_size=8, verbose=0)
    for layer in vae._inference.layers:  # a posterior that knows nothing of x, so that the weights decide
        if layer.name in {"mean", "log_var"}:
            layer.set_weights([np.zeros_like(weight) for weight in layer.get_weights()])
    whole = vae.impute(gaps, draws=64, samples=64)
    monkeypatch.setattr(type(vae), "_samples_per_chunk", lambda *_: 4)
    chunked = vae.impute(gaps, draws=64, samples=64)
    alone = vae.impute(gaps, draws=64, samples=4)
    mean = vae.impute(gaps, samples=4096)
    distance = [np.abs(draws.mean(0) - mean)[:, 3:].mean() for draws in (whole, chunked, alone)]
    assert distance[1] < 1.3 * distance[0] + 0.005
    assert distance[1] < 0.7 * distance[2]
    assert chunked[:, :, :3] == pytest.approx(np.broadcast_to(x[:, :3], chunked[:, :, :3].shape))


def test_the_adversary_s_schedule_differs_too(make, x):
    def build(rate):
        return make(Adversarial(keras.optimizers.Adam(CosineDecay(rate, 20)), keras.optimizers.Adam(CosineDecay(rate, 20))),
                    objective={"name": "factor", "units": [4]})

    models, alone = [build(1e-3), build(1e-1)], build(1e-1)
    replicas.fit(models, x, x[:8], epochs=2, batch_size=8, callbacks=[[], []])
    alone.fit(x, epochs=2, batch_size=8, validation_data=x[:8], verbose=0)
    for mine, wanted in zip(models[1].get_weights(), alone.get_weights(), strict=True):
        np.testing.assert_allclose(mine, wanted, rtol=1e-4, atol=1e-5)


def test_an_adversary_keeps_its_optimizer_in_half_precision(x):
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        vae = zukan.VAE(x.shape[1:], 2, encoder={"name": "mlp", "units": [8]}, objective={"name": "factor", "units": [4]})
        vae.compile(Adversarial(keras.optimizers.Adam(0.01), keras.optimizers.SGD(0.0)))
        before = vae.objective.get_weights(), vae.get_weights()
        vae.fit(x, epochs=1, batch_size=8, verbose=0)
    finally:
        keras.config.set_dtype_policy(policy)
    for old, new in zip(before[0], vae.objective.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert any(not np.array_equal(old, new) for old, new in zip(before[1], vae.get_weights(), strict=True))


def test_a_fitted_prior_keeps_the_step_and_starts_from_the_data(make, x):
    vae = make(objective={"name": "factor", "units": [4]})
    vae.fit(x, epochs=2, batch_size=8, verbose=0)
    new = vae.fit_prior(x.tolist(), {"name": "vamp", "components": 6}, epochs=1, learning_rate=1e-9)
    assert (float(new.context().examples), float(new.context().step)) == (40, 10)
    pseudo = np.array(new.prior.pseudo_inputs)
    assert all(np.isclose(x, item, atol=1e-6).all(1).any() for item in pseudo)
    new.compile(keras.optimizers.SGD(0.0))
    new.fit(x, epochs=1, batch_size=8, verbose=0)
    np.testing.assert_array_equal(new.prior.pseudo_inputs, pseudo)
    for mine, old in zip(new.objective.get_weights(), vae.objective.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, old)


def test_one_row_for_all_is_not_taken_from_float_labels(make, x):
    vae = make(condition=4)
    assert vae.encode(x[:3], condition=np.array([0.0, 1.0, 0.0, 0.0])).shape == (3, 2)
    with pytest.raises(zukan.InputError, match="^condition must be classes of shape"):
        vae.encode(x[:4], condition=np.array([0.0, 1.0, 2.0, 3.0]))


def test_many_conditional_models_with_convolutions(tmp_path):
    arrays = {"x_train": blobs(24, (8, 8, 1)), "y_train": np.arange(24) % 2, "x_test": blobs(8, (8, 8, 1), seed=1),
              "y_test": np.arange(8) % 2}
    runs = zukan.train_many(arrays, seeds=2, out=tmp_path, condition="label", epochs=1, batch_size=8, latent_dim=2,
                            encoder={"name": "conv", "filters": [2], "units": 4})
    assert [run.is_finished for run in runs] == [True, True]


def test_a_model_with_a_learning_rate_that_decays_loads_in_a_new_process(tmp_path):
    vae = zukan.VAE((3,), encoder={"name": "mlp", "units": [4]}, likelihood="normal")
    vae.compile(keras.optimizers.Adam(CosineDecay(0.01, 10)))
    vae.save(tmp_path / "model.keras")
    code = f"import zukan; print(zukan.load({str(tmp_path / 'model.keras')!r}).optimizer.learning_rate)"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr[-2000:]
    assert float(process.stdout) == pytest.approx(0.01)
