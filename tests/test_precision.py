"""Precision: what a recipe asks for, what the device does by default, and bounds that stay in float32."""

import jax
import keras
import ml_dtypes
import numpy as np
import pytest

import zukan
from zukan import precision
from zukan.training.build import build
from zukan.training.recipe import Recipe

H100 = precision.Device("NVIDIA H100", "TF32", has_tf32=True)
TORCH = precision.Device("NVIDIA H100", "float32", has_tf32=True)  # PyTorch's default
TPU = precision.Device("TPU v4", "bfloat16", has_tf32=False)
CPU = precision.CPU


@pytest.mark.parametrize(("device", "asked", "line"), [
    (CPU, "auto", None),
    (CPU, "float32", "Precision: float32, the default of the CPU"),
    (CPU, "tf32", "Precision: float32, since the CPU has no TF32"),
    (CPU, "bfloat16", "Precision: bfloat16 in encoder and decoder; weights, densities and losses are float32"),
    (H100, "auto", "Precision: TF32, the default of NVIDIA H100 (--precision float32 for full precision)"),
    (H100, "float32", "Precision: float32 (the default of NVIDIA H100 is TF32)"),
    (H100, "tf32", "Precision: TF32, the default of NVIDIA H100"),
    (TORCH, "auto", "Precision: float32, the default of NVIDIA H100 (--precision tf32 is faster)"),
    (TPU, "auto", "Precision: bfloat16, the default of TPU v4 (--precision float32 for full precision)"),
])
def test_the_line_names_what_is_used_and_the_default(device, asked, line, monkeypatch):
    monkeypatch.setattr(precision, "device", lambda: device)
    assert precision.described(asked) == line


@pytest.mark.parametrize(("device", "asked", "inside"), [
    (CPU, "auto", None), (CPU, "float32", "float32"), (CPU, "tf32", "float32"), (CPU, "bfloat16", None),
    (H100, "tf32", "tensorfloat32"), (H100, "float32", "float32")])
def test_products_are_set_for_a_block_only(device, asked, inside, monkeypatch):
    monkeypatch.setattr(precision, "device", lambda: device)
    with precision.products(asked):
        assert jax.config.jax_default_matmul_precision == inside
    assert jax.config.jax_default_matmul_precision is None


def test_the_device_of_this_machine_and_capabilities():
    assert precision.device() == CPU
    assert [precision._is_ampere(text) for text in ("8.0", "9.0", "10.3", "7.5", "gfx90a", None)] == [
        True, True, True, False, False, False]


def small(**fields):
    return Recipe.of(**{"encoder": {"name": "mlp", "units": [8]}, "batch_size": 16, **fields})


def test_float32_is_what_a_cpu_does_anyway(x):
    weights = []
    for asked in ("auto", "float32", "tf32"):
        recipe = small(precision=asked)
        vae = build(recipe, x.shape[1:], len(x))
        with precision.products(recipe.precision):
            vae.fit(x, epochs=2, batch_size=16, verbose=0)
        weights.append(vae.get_weights())
    for other in weights[1:]:
        for mine, theirs in zip(weights[0], other, strict=True):
            np.testing.assert_array_equal(mine, theirs)


def test_the_bound_of_a_bfloat16_model_is_summed_in_float32(tmp_path):
    x = np.random.default_rng(0).random((48, 28, 28, 1)).astype("float32")
    vae = build(small(precision="bfloat16"), x.shape[1:], len(x))
    vae.fit(x, epochs=2, batch_size=16, verbose=0)
    assert {variable.dtype for variable in (*vae.trainable_variables, *vae.metrics_variables)} == {"float32"}
    assert "bfloat16" not in {variable.dtype for variable in vae.optimizer.variables}
    vae.save(tmp_path / "model.keras")
    vae = zukan.load(tmp_path / "model.keras")
    assert vae.inference.get_layer("hidden_1").compute_dtype == "bfloat16"

    def numbers(tensors):
        arrays = {name: np.asarray(tensor) for name, tensor in tensors.items()}
        for array in arrays.values():  # float32 arrays that hold what bfloat16 can
            np.testing.assert_array_equal(array, array.astype(ml_dtypes.bfloat16).astype("float32"))
        return [array.astype("float64") for array in arrays.values()]

    z = vae.encode(x, sample=True, seed=3)
    mean, log_var = numbers(vae.inference(x))
    (logits,) = numbers(vae._generation(z))
    kl = 0.5 * (np.exp(log_var) + mean**2 - 1 - log_var).sum(-1)
    log_p = (x * logits - np.logaddexp(0, logits)).sum((1, 2, 3))
    np.testing.assert_allclose(vae.elbo(x, seed=3, same_draws=False), log_p - kl, rtol=1e-4)


def test_a_training_and_its_evaluation_use_the_precision_of_the_recipe(x, tmp_path):
    settings = {}

    def note(event):
        settings[event] = jax.config.jax_default_matmul_precision

    epoch = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: note("epoch"))
    run = zukan.train(x, out=tmp_path / "run", encoder={"name": "mlp", "units": [8]}, epochs=1, precision="float32",
                      callbacks=[epoch], log=note)
    assert "Precision: float32, the default of the CPU" in settings
    assert (settings["epoch"], settings["Measuring"], settings["Drawing"]) == ("float32",) * 3
    assert zukan.Run.open(run.path).recipe.precision == "float32"


@pytest.mark.thorough
def test_models_train_together_in_bfloat16(x, tmp_path):
    lines = []
    runs = zukan.train_many(x, seeds=2, out=tmp_path, encoder={"name": "mlp", "units": [8]}, epochs=1,
                            precision="bfloat16", log=lines.append)
    assert sum(line.startswith("Precision: bfloat16") for line in lines) == 1
    assert {run.model.dtype_policy.name for run in runs} == {"mixed_bfloat16"}
