"""Every part on the other backends, each in a separate process, if the backend is installed."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from contract_members import MEMBERS, ON_BACKENDS, SOME_METHODS, methods_for, name_of

from zukan import export

SCRIPT = Path(__file__).with_name("backend_process.py")
BACKENDS = ["torch", "tensorflow"]
OTHER_GOALS = {"objective-reconstruction", "objective-factor", "objective-vae-gan", "objective-aae", "objective-rae",
               "objective-capacity", "posterior-vq", "two optimizers"}  # the ELBO may fall
WIDTHS = {name_of(member): member.model["latent_dim"] for member in MEMBERS if "latent_dim" in member.model}
POINTS = {"prior-two-stage"} | {name_of(member) for member in MEMBERS
                                if member.model.get("posterior") == "delta" or member.name == "delta"}


@pytest.fixture(scope="module", params=BACKENDS)
def folder(request, trained, x, tmp_path_factory):
    """Return the folder with the results of one backend. It also holds data and a model that JAX saved."""
    if importlib.util.find_spec(request.param) is None:
        pytest.skip(f"{request.param} is not installed; pip install {request.param} to try the parts on it")
    folder = tmp_path_factory.mktemp(request.param)
    trained.save(folder / "from_jax.keras")
    np.savez(folder / "jax.npz", x=x, encode=trained.encode(x), decode=trained.decode(trained.encode(x)),
             elbo=trained.elbo(x, samples=500), log_likelihood=trained.log_likelihood(x, samples=500))
    environment = {**os.environ, "KERAS_BACKEND": request.param, "TF_CPP_MIN_LOG_LEVEL": "3",
                   "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])}
    process = subprocess.run([sys.executable, SCRIPT, folder], env=environment, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr[-3000:]
    assert json.loads((folder / "report.json").read_text())["backend"] == request.param
    return folder


@pytest.fixture
def report(folder):
    return json.loads((folder / "report.json").read_text())


def test_every_part_trains(report):
    assert len(report["histories"]) == len(ON_BACKENDS) + 2
    for name, history in report["histories"].items():
        terms = {"loss", "reconstruction", *report["extras"][name]} | ({"kl", "elbo"} if name not in POINTS else set())
        assert set(history) == terms | {f"val_{term}" for term in terms}, name
        assert np.isfinite(list(history.values())).all(), name
        if "elbo" in history:
            np.testing.assert_allclose(history["elbo"], -np.add(history["reconstruction"], history["kl"]), rtol=1e-4)
        before, after = report["elbos"][name]
        assert after > before or name in OTHER_GOALS, name


def test_a_gradient_has_gradients(report):
    """Of f(a, b) = a^3 b^2: the Hessian times the gradient."""
    for (a, b), second in zip([(0.3, -1.2), (2.0, 0.5)], report["second"], strict=True):
        first = np.array([3 * a**2 * b**2, 2 * a**3 * b])
        hessian = np.array([[6 * a * b**2, 6 * a**2 * b], [6 * a**2 * b, 2 * a**3]])
        np.testing.assert_allclose(second, hessian @ first, rtol=1e-5)


def test_a_schedule_counts_the_updates(report):
    assert report["histories"]["schedule-warmup"]["beta"] == pytest.approx([0.25, 0.75], rel=1e-5)
    assert report["histories"]["schedule-warmup"]["val_beta"] == pytest.approx([0.55, 1.05], rel=1e-5)


def test_methods_return_the_documented_shapes(report):
    for name, shapes in report["shapes"].items():
        width = WIDTHS.get(name, 2)
        expected = {"encode": [4, width], "encode_sample": [4, width], "decode": [4, 6], "reconstruct": [4, 6],
                    "sample": [3, 6], "drawn_sample": [3, 6], "attribution": [4, 6], "interpolate": [4, 6], "predict": [4, 6]}
        expected |= {"elbo": [4], "log_likelihood": [4]} if name not in POINTS else {}
        expected |= {"impute": [4, 6], "draws": [4, 6]} if name in {"missing values", "objective-not-miwae"} else {}
        left_out = SOME_METHODS - methods_for(name)
        assert shapes == {method: shape for method, shape in expected.items() if method not in left_out}, name


def test_the_seed_determines_the_run(report):
    assert report["first"] == report["again"] != report["other"]


def test_results_follow_further_training(report):
    assert report["changed"]


def test_a_model_saved_on_jax_gives_the_same_numbers(folder):
    with np.load(folder / "jax.npz") as jax, np.load(folder / "loaded.npz") as here:
        np.testing.assert_allclose(here["encode"], jax["encode"], atol=1e-5)
        np.testing.assert_allclose(here["decode"], jax["decode"], atol=1e-5)
        # Each backend draws other samples, so the bounds agree only as averages over many samples.
        np.testing.assert_allclose(here["elbo"], jax["elbo"], atol=0.25)
        np.testing.assert_allclose(here["log_likelihood"], jax["log_likelihood"], atol=0.25)
        assert here["elbo"].mean() == pytest.approx(jax["elbo"].mean(), abs=0.03)


def test_exported_networks_compute_the_same_as_the_model(report):
    exported = {name_of(member) for member in ON_BACKENDS if member.registry.kind in {"network", "likelihood"}
                or member.name in {"planar", "delta"}}
    assert set(report["exports"]) == {*exported, "missing values"}
    for name, errors in report["exports"].items():
        assert set(errors) == {"encoder.onnx", "decoder.onnx"}, name
        assert 0 <= max(errors.values()) < 1e-5, name


def test_a_model_saved_on_jax_is_exported_to_the_same_files(folder, trained, tmp_path):
    export.write(trained, tmp_path)
    for name in ("encoder.onnx", "decoder.onnx"):
        assert (folder / "onnx" / "from_jax" / name).read_bytes() == (tmp_path / name).read_bytes()


def test_a_saved_model_loads_on_its_backend(report):
    assert report["reloaded"]


def test_messages_are_the_same(report):
    assert report["messages"] == ["x must hold floats, got uint8; divide by 255 to get floats in [0, 1]"]
