"""All networks of zukan, with all likelihoods and activations, at many shapes."""

import keras
import numpy as np
import onnx
import onnxruntime
import pytest
from keras import layers

import zukan
from zukan import export
from zukan.likelihoods import likelihoods
from zukan.networks import networks
from zukan.posteriors import posteriors

# Excluded are functions that cannot be the activation of a layer, and sparsemax, which is wrong in Keras 3.15.
ACTIVATIONS = sorted({name for name in dir(keras.activations) if not name.startswith("_")}
                     - {"get", "serialize", "deserialize", "glu", "threshold", "sparsemax"})
SMALL = {"mlp": {"units": [6, 5]}, "conv": {"filters": [3, 4], "units": 6}, "gated": {"units": [6, 5], "spectral_norm": True},
         "resnet": {"filters": [4, 6], "units": 6, "groups": 2, "heads": 2, "spectral_norm": True},
         "conv1d": {"filters": [3, 4], "units": 6}, "transformer": {"width": 6, "depth": 1, "heads": 2, "hidden": 5}}


def run(path, **inputs):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return dict(zip([output.name for output in session.get_outputs()], session.run(None, inputs), strict=True))


def random(*shape):
    return np.random.default_rng(0).uniform(size=shape).astype("float32")


CASES = [*(("conv", shape, "bernoulli") for shape in [(28, 28, 1), (7, 13, 1), (1, 1, 1), (9, 6, 3)]),
         *(("mlp", shape, "bernoulli") for shape in [(28, 28, 1), (17,), (1,)]),
         *(("resnet", shape, "normal") for shape in [(7, 13, 1), (1, 1, 1), (4, 8, 3)]), ("gated", (3, 2), "normal"),
         *((network, shape, "normal") for network in ("conv1d", "transformer") for shape in [(13, 3), (1, 1), (8,)]),
         ("conv", (5, 8, 4), "normal"), ("mlp", (5, 8, 4), "normal"), ("mlp", (17,), "normal"),
         *(("mlp", (5,), likelihood) for likelihood in (
             "categorical", "continuous-bernoulli", "hyperbolic-secant", "laplace", "logistic-mixture", "mixed", "negative-binomial",
             "poisson", "student-t"))]


def test_every_registered_member_has_a_case():
    assert {network for network, _, _ in CASES} == set(networks.members)
    assert {likelihood for _, _, likelihood in CASES} == set(likelihoods.members)


@pytest.mark.parametrize(("network", "shape", "likelihood"), CASES, ids=str)
def test_networks(network, shape, likelihood, compare_models):
    vae = zukan.VAE(shape, 3, encoder={"name": network, **SMALL[network]}, likelihood=likelihood)
    compare_models({"encoder": vae.inference, "decoder": vae.decoder}, {"encoder": np.abs(random(3, *shape)), "decoder": random(3, 3)})


@pytest.mark.parametrize("kernel_size", [2, 5])
def test_kernel_sizes(kernel_size, compare_models):
    vae = zukan.VAE((7, 9, 2), 3, encoder={"name": "conv", "filters": [3, 4], "units": 6, "kernel_size": kernel_size})
    compare_models({"encoder": vae.inference, "decoder": vae.decoder}, {"encoder": random(3, 7, 9, 2), "decoder": random(3, 3)})


def test_activations(same):
    """Dense and convolutional layers with each activation, in one model."""
    same(lambda x: {f"{layer.__name__}_{name}": layer(3, **options, activation=name)(x) for name in ACTIVATIONS
                    for layer, options in ((layers.Dense, {}), (layers.Conv2D, {"kernel_size": 2}))}, (4, 3, 2))


def test_log_variances_are_bounded(make, tmp_path):
    vae = make()
    layer = vae.get_layer("encoder").get_layer("log_var")
    layer.bias.assign([100.0, -100.0])
    export.write(vae, tmp_path)
    outputs = run(tmp_path / "encoder.onnx", x=np.full((1, 6), 0.5, "float32"))
    np.testing.assert_array_equal(outputs["log_var"], [[20.0, -20.0]])


def test_the_files_are_self_contained_and_take_any_batch(trained, x, tmp_path):
    export.write(trained, tmp_path)
    for name, inputs, outputs in (("encoder", {"x": ["batch", 6]}, {"mean": ["batch", 2], "log_var": ["batch", 2]}),
                                  ("decoder", {"z": ["batch", 2]}, {"x": ["batch", 6]})):
        model = onnx.load(tmp_path / f"{name}.onnx")
        onnx.checker.check_model(model, full_check=True)
        assert model.producer_name == "zukan"
        assert {entry.domain for entry in model.opset_import} == {""}
        assert model.opset_import[0].version == 17
        for values, expected in ((model.graph.input, inputs), (model.graph.output, outputs)):
            assert {value.name: [axis.dim_param or axis.dim_value for axis in value.type.tensor_type.shape.dim]
                    for value in values} == expected
        assert not {node.op_type for node in model.graph.node} & {"RandomNormal", "RandomNormalLike"}
    np.testing.assert_allclose(run(tmp_path / "encoder.onnx", x=x)["mean"], trained.encode(x), atol=1e-5)
    assert run(tmp_path / "encoder.onnx", x=x[:1])["mean"].shape == (1, 2)


def test_convolutions_change_the_layout_only_at_the_ends():
    from zukan.export.models import onnx_model

    vae = zukan.VAE((12, 12, 1), 2, encoder={"name": "conv", "filters": [2, 3, 4], "units": 4})
    for model in (vae.inference, vae.decoder):
        kinds = [node.op_type for node in onnx_model(model, "net", ["in"], "out").graph.node]
        assert kinds.count("Conv") == 3
        assert kinds.count("Transpose") == 2


def test_write_agrees_with_encode_and_decode(trained, x, tmp_path):
    errors = export.write(trained, tmp_path / "new")
    assert set(errors) == {path.name for path in (tmp_path / "new").iterdir()} == {"encoder.onnx", "decoder.onnx"}
    assert all(0 <= error < 1e-5 for error in errors.values())
    z = trained.encode(x)
    np.testing.assert_allclose(run(tmp_path / "new" / "encoder.onnx", x=x)["mean"], z, atol=1e-5)
    np.testing.assert_allclose(run(tmp_path / "new" / "decoder.onnx", z=z)["x"], trained.decode(z), atol=1e-5)


BASE = {"mean", "base_mean", "base_log_var"}
PARAMETERS = {"normal": {"mean", "log_var"}, "planar": BASE, "hamiltonian": BASE, "iaf": {*BASE, "context"},
              "realnvp": {*BASE, "context"}, "full": {"mean", "conditional_log_var", "below"}, "laplace": {"mean", "log_scale"},
              "delta": {"mean"}, "sphere": {"mean", "concentration"}, "poincare": {"mean", "log_var"},
              "ladder": {"mean", "up_mean", "up_log_var"}, "categorical": {"mean", "logits"},
              "joint": {"mean", "logits", "normal_mean", "normal_log_var"}, "vq": {"mean", "vectors"}, "fsq": {"mean", "vectors"},
              "lfq": {"mean", "vectors"}, "spatial": {"mean", "log_var"}}
OPTIONS = {"sphere": {"prior": "sphere"}, "poincare": {"prior": "poincare"},
           "ladder": {"posterior": {"name": "ladder", "widths": [1, 1]}, "prior": "ladder"},
           "categorical": {"posterior": {"name": "categorical", "classes": 2}, "prior": "categorical"},
           "joint": {"posterior": {"name": "joint", "classes": 2}, "prior": "joint", "latent_dim": 4},
           "vq": {"posterior": {"name": "vq", "entries": 4}, "prior": "categorical"},
           "fsq": {"posterior": {"name": "fsq", "levels": [3, 4]}, "prior": "categorical"},
           "lfq": {"posterior": {"name": "lfq", "bits": 2}, "prior": "categorical"},
           "spatial": {"event_shape": (4, 6, 1), "encoder": {"name": "conv", "filters": [3], "kernel_size": 2}, "latent_dim": 12}}


def test_every_posterior_has_a_case():
    assert set(PARAMETERS) == set(posteriors.members)


@pytest.mark.parametrize("posterior", PARAMETERS)
def test_the_mean_is_the_code_of_every_posterior(posterior, make, tmp_path):
    vae = make(**{"posterior": posterior, "objective": "reconstruction", **OPTIONS.get(posterior, {})})
    vae.set_weights([np.random.default_rng(i).normal(size=w.shape) for i, w in enumerate(vae.get_weights())])
    errors = export.write(vae, tmp_path)
    assert all(0 <= error < 1e-5 for error in errors.values())
    x = random(5, *vae.event_shape)
    outputs = run(tmp_path / "encoder.onnx", x=x)
    assert set(outputs) == PARAMETERS[posterior]
    np.testing.assert_allclose(outputs["mean"], vae.encode(x), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("network", "shape"), [("mlp", (6,)), ("conv", (5, 4, 2))])
def test_missing_values_and_a_condition_are_inputs(network, shape, tmp_path):
    vae = zukan.VAE(shape, 2, encoder={"name": network, **SMALL[network]}, condition=3, missing=True)
    export.write(vae, tmp_path)
    x, y = random(7, *shape), np.arange(7) % 3
    x[np.random.default_rng(1).uniform(size=x.shape) < 0.3] = np.nan
    condition = np.eye(3, dtype="float32")[y]
    mean = run(tmp_path / "encoder.onnx", x=np.nan_to_num(x), observed=(~np.isnan(x)).astype("float32"),
               condition=condition)["mean"]
    np.testing.assert_allclose(mean, vae.encode(x, condition=y), atol=1e-5)
    decoded = run(tmp_path / "decoder.onnx", z=mean, condition=condition)["x"]
    np.testing.assert_allclose(decoded, vae.decode(mean, condition=y), atol=1e-5)
