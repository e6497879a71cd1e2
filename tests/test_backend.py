"""The backend of Keras: chosen, or one sentence that says why there is none."""

import os
import subprocess
import sys

import jax
import keras
import pytest

import zukan
from zukan import backend, cli


def said(words, match):
    with pytest.raises(zukan.InputError, match=match) as error:
        words()
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("value", [None, ""])
def test_jax_is_the_default_also_if_the_variable_is_empty(monkeypatch, value):
    monkeypatch.delitem(sys.modules, "keras")
    monkeypatch.setenv("KERAS_BACKEND", "") if value == "" else monkeypatch.delenv("KERAS_BACKEND")
    backend.choose()
    assert os.environ["KERAS_BACKEND"] == "jax"


def test_the_users_choice_stays(monkeypatch):
    monkeypatch.delitem(sys.modules, "keras")
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    backend.choose()
    assert os.environ["KERAS_BACKEND"] == "torch"


@pytest.mark.parametrize(("name", "match"), [
    ("pytorch", "got 'pytorch'; did you mean 'torch'?"), ("JAX", "got 'JAX'; did you mean 'jax'?"),
    ("numpy", "must be one of 'jax', 'tensorflow', 'torch', got 'numpy'; unset it"),
    ("openvino", "got 'openvino'")])
def test_a_backend_that_cannot_train(monkeypatch, capsys, name, match):
    monkeypatch.delitem(sys.modules, "keras")
    monkeypatch.setenv("KERAS_BACKEND", name)
    said(backend.start, match.replace("?", r"\?"))
    said(lambda: zukan.VAE, match.replace("?", r"\?"))
    assert cli.run(["train", "nowhere.npy"]) == 2
    assert capsys.readouterr().err.startswith("zukan: KERAS_BACKEND must be one of")
    assert zukan.data  # needs no Keras


def test_a_backend_that_is_not_installed(monkeypatch):
    monkeypatch.delitem(sys.modules, "keras")
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    monkeypatch.setattr(backend.importlib.util, "find_spec", lambda _: None)
    said(backend.start, "got 'torch'; pip install torch, or unset KERAS_BACKEND")


def test_a_backend_that_the_program_chose_before(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "numpy")
    said(backend.start, "got 'numpy'")


def test_a_wrong_configuration_file_of_keras(tmp_path):
    (tmp_path / "keras.json").write_text('{"floatx": "bfloat16"}')
    done = subprocess.run([sys.executable, "-m", "zukan", "resume", "nowhere"], capture_output=True, text=True, check=False,
                          env={**os.environ, "KERAS_HOME": str(tmp_path)})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("zukan: Keras must be importable, but its import fails (Invalid `floatx`")
    assert f"correct {tmp_path}/keras.json" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("error", [RuntimeError("no cuda\nhere"), AssertionError()])
def test_a_device_that_is_not_there(monkeypatch, tmp_path, error):
    def devices():
        raise error

    monkeypatch.setattr(jax, "devices", devices)
    monkeypatch.setenv("JAX_PLATFORMS", "cuda")
    said(lambda: zukan.VAE((3,)), "finds none with JAX_PLATFORMS='cuda'; unset JAX_PLATFORMS")
    (tmp_path / "m.keras").write_bytes(b"")
    said(lambda: zukan.load(tmp_path / "m.keras"), "finds none with JAX_PLATFORMS='cuda'")
    monkeypatch.delenv("JAX_PLATFORMS")
    said(lambda: zukan.VAE((3,)), "finds none with (no cuda|AssertionError); unset JAX_PLATFORMS")


def test_a_policy_of_the_program_is_kept():
    before = keras.config.dtype_policy()
    try:
        keras.config.set_dtype_policy("mixed_bfloat16")
        vae = zukan.VAE((3,), encoder={"name": "mlp", "units": [2]})
        assert vae.inference.get_layer("hidden_1").compute_dtype == "bfloat16"
        assert vae.float_type == "float32"
        assert keras.config.dtype_policy().name == "mixed_bfloat16"
    finally:
        keras.config.set_dtype_policy(before)


@pytest.mark.parametrize("words", ["import zukan; zukan.VAE", "from zukan.sklearn import VAETransformer", "from zukan.model import load",
                                   "from zukan import priors"])
def test_every_door_of_python_says_the_same(words):
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=False,
                          env={**os.environ, "KERAS_BACKEND": "pytorch"})
    assert done.stderr.splitlines()[-1].startswith("zukan.checks.InputError: KERAS_BACKEND must be one of 'jax'")
