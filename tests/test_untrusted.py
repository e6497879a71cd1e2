"""Malicious model files are refused and do no harm."""

import io
import json
import pickle
import threading
import time
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

import zukan
from zukan import untrusted


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The members of a valid file."""
    path = tmp_path_factory.mktemp("model") / "m.keras"
    zukan.VAE((3,), encoder={"name": "mlp", "units": [2]}, latent_dim=1).save(path)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path, members, packed=False, twice=None):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        if twice is not None:
            with pytest.warns(UserWarning, match="Duplicate name"):
                archive.writestr(twice, members[twice])
    return path


def refused(path, *words):
    with pytest.raises(zukan.InputError) as caught:
        zukan.load(path)
    for word in (str(path), "cannot be read", *words):
        assert word in str(caught.value)
    assert "\n" not in str(caught.value)


class Canary:
    """An object that creates a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_the_valid_file_loads(whole, tmp_path):
    assert zukan.load(write(tmp_path / "m.keras", whole)).latent_dim == 1


@pytest.mark.parametrize("name", ["../evil.txt", "/evil.txt", "assets/x", "data.pkl", "a\\b"])
def test_unknown_members_are_refused(name, whole, tmp_path):
    canary = tmp_path / "canary"
    (tmp_path / "in").mkdir()
    refused(write(tmp_path / "in" / "m.keras", {**whole, name: pickle.dumps(Canary(canary))}), "which Keras does not write")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["in", "m.keras"]


def test_duplicate_missing_and_compressed_members_are_refused(whole, tmp_path):
    refused(write(tmp_path / "a.keras", whole, twice="config.json"), "two members of the same name")
    refused(write(tmp_path / "b.keras", {k: v for k, v in whole.items() if k != "metadata.json"}), "it lacks metadata.json")
    refused(write(tmp_path / "c.keras", {**whole, "config.json": b" " * (1 << 27)}, packed=True), "is compressed")


def test_a_member_with_a_size_larger_than_the_file_is_refused(whole, tmp_path):
    path = write(tmp_path / "m.keras", whole)
    raw = bytearray(path.read_bytes())
    start = raw.rfind(b"PK\x01\x02")
    raw[start + 20 : start + 28] = (2**31).to_bytes(4, "little") * 2
    path.write_bytes(raw)
    refused(path)


CONFIGS = {
    "a function of the system": {"module": "os", "class_name": "system", "config": {"command": "touch canary"}, "registered_name": None},
    "subprocess": {"module": "subprocess", "class_name": "Popen", "config": {"args": ["touch", "canary"]}},
    "a download": {"module": "keras.utils", "class_name": "get_file", "config": {"fname": "x", "origin": "file:///etc/passwd"}},
    "loading of other files": {"module": "keras.saving", "class_name": "load_model", "config": {"filepath": "x"}},
    "unsafe mode": {"module": "keras.config", "class_name": "enable_unsafe_deserialization", "config": {}},
    "code": {"module": "keras.layers", "class_name": "Lambda", "config": {"function": ["4wEA", None, None]}},
    "code by value": {"class_name": "__lambda__", "config": {"value": "x"}, "module": "builtins", "registered_name": "x"},
    "torch's pickle": {"module": "keras.layers", "class_name": "TorchModuleWrapper", "config": {"module": "gASV"}},
    "a graph of TensorFlow": {"module": "keras.layers", "class_name": "TFSMLayer", "config": {"filepath": "/tmp"}},
    "a vocabulary file": {"module": "keras.layers", "class_name": "StringLookup", "config": {"vocabulary": "/etc/passwd"}},
    "a private module": {"module": "keras.src.saving.saving_lib", "class_name": "load_model", "config": {}},
    "a function by name": {"module": "builtins", "class_name": "function", "config": "eval", "registered_name": "function"},
    "a function under the name of a part": {"module": "keras.models", "class_name": "function", "config": "load_model", "registered_name": "zukan>VAE"},
    "eval under the name of a part": {"module": "builtins", "class_name": "function", "config": "eval", "registered_name": "zukan>network.mlp"},
    "a type": {"module": "os", "class_name": "__typespec__", "spec_name": "system", "config": ["touch canary"], "registered_name": "zukan>VAE"},
    "a string of a gigabyte": {"class_name": "__numpy__", "config": {"value": ["x"], "dtype": "S1000000000"}},
    "settings": {"module": "keras.src.backend.common.global_state", "class_name": "function", "config": "set_global_attribute", "registered_name": "function"},
    "no name": {"module": "keras.layers", "class_name": ["Dense"], "config": {}},
}


@pytest.mark.parametrize("case", CONFIGS)
@pytest.mark.parametrize("place", ["encoder", "above", "compiled"])
def test_unknown_objects_are_refused(case, place, whole, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = json.loads(whole["config.json"])
    if place == "encoder":
        config["config"]["encoder"] = CONFIGS[case]
    elif place == "compiled":
        config["compile_config"] = {"optimizer": [{"deep": CONFIGS[case]}]}
    else:
        config = CONFIGS[case]
    refused(write(tmp_path / "m.keras", {**whole, "config.json": json.dumps(config)}))
    assert [path.name for path in tmp_path.iterdir()] == ["m.keras"]
    if place == "encoder":  # refused before Keras sees it
        with pytest.raises(ValueError, match="it (names|holds) "):
            untrusted.inspect(tmp_path / "m.keras")


LARGER = {"a large latent space": {"latent_dim": 10**9}, "large events": {"event_shape": [10**6, 1000]}, "many layers": {"encoder": {"name": "mlp", "units": [1] * 50_000}},
          "a mixture": {"prior": {"name": "mixture", "components": 10**9}}}


@pytest.mark.parametrize("case", LARGER)
def test_a_model_larger_than_its_weights_is_refused(case, whole, tmp_path):
    config = json.loads(whole["config.json"])
    config["config"] |= LARGER[case]
    before = keras.Layer.add_weight
    refused(write(tmp_path / "m.keras", {**whole, "config.json": json.dumps(config)}), "larger model than it holds weights for")
    assert keras.Layer.add_weight is before


def test_large_descriptions_are_refused(whole, tmp_path):
    for name in ("config.json", "metadata.json"):
        refused(write(tmp_path / "m.keras", {**whole, name: b"[" + b" " * (1 << 23) + b"]"}), f"its {name} is larger than 8 MiB")


def test_deep_nesting_is_refused(whole, tmp_path):
    deep = "[" * 200_000 + "]" * 200_000
    refused(write(tmp_path / "m.keras", {**whole, "config.json": deep}), "nested too deeply")


def with_weights(whole, change):
    content = io.BytesIO(whole["model.weights.h5"])
    with h5py.File(content, "r+") as weights:
        name = next(name for name in _datasets(weights))
        change(weights, name)
    return {**whole, "model.weights.h5": content.getvalue()}


def _datasets(weights):
    names = []
    weights.visititems(lambda name, item: names.append(name) if isinstance(item, h5py.Dataset) else None)
    return names


def replaced(make):
    def change(weights, name):
        del weights[name]
        make(weights, name)

    return change


def nested_twice(weights, name):
    """Add groups that each contain the next one under two names: 2^40 paths in a few kilobytes."""
    group = weights.create_group("deep0")
    for i in range(1, 40):
        below = weights.create_group(f"deep{i}")
        group["a"] = group["b"] = below
        group = below


SECRET = np.arange(64, dtype="float32")
WEIGHTS = {
    "a link to another file": replaced(lambda weights, name: weights.__setitem__(name, h5py.ExternalLink("secret.h5", "/x"))),
    "a link within": replaced(lambda weights, name: weights.__setitem__(name, h5py.SoftLink("/vars"))),
    "bytes of another file": replaced(lambda weights, name: weights.create_dataset(name, (3, 2), "f4", external=[("secret.bin", 0, 24)])),
    "a virtual one": replaced(lambda weights, name: weights.create_virtual_dataset(name, _virtual())),
    "a bomb": replaced(lambda weights, name: weights.create_dataset(name, (10**6, 10**6), "f4", chunks=(1000, 1000), compression="gzip")),
    "nested twice": nested_twice, "a loop": lambda weights, name: weights.create_group("loop").__setitem__("again", weights["loop"]),
    "a bomb unpacked": replaced(lambda weights, name: weights.create_dataset(name, (10**6, 10**6), "f4", chunks=(1000, 1000))),
    "text": replaced(lambda weights, name: weights.create_dataset(name, data=["a"], dtype=h5py.string_dtype())),
}


def _virtual():
    layout = h5py.VirtualLayout((8,), "f4")
    layout[:] = h5py.VirtualSource("secret.h5", "x", (8,))
    return layout


@pytest.mark.parametrize("case", WEIGHTS)
def test_weights_that_are_not_plain_arrays_are_refused(case, whole, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with h5py.File("secret.h5", "w") as file:
        file["x"] = SECRET[:8]
    Path("secret.bin").write_bytes(SECRET.tobytes())
    refused(write(tmp_path / "m.keras", with_weights(whole, WEIGHTS[case])), "its weights /")


@keras.saving.register_keras_serializable("mine")
class Doubled(keras.layers.Layer):
    """A layer that a user registered."""

    def call(self, x):
        return 2 * x


def test_models_with_registered_layers_and_optimizers_load(tmp_path):
    net = keras.Sequential([keras.layers.Dense(4, activation="gelu", kernel_regularizer="l2"), keras.layers.BatchNormalization(), Doubled()])
    vae = zukan.VAE((3,), encoder=net, decoder={"name": "mlp", "units": [2]}, latent_dim=1)
    vae.compile(optimizer=keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(1e-3, 10)))
    vae.save(tmp_path / "m.keras")
    x = np.random.default_rng(0).random((4, 3)).astype("float32")
    np.testing.assert_array_equal(zukan.load(tmp_path / "m.keras").encode(x), vae.encode(x))


def test_simultaneous_loads_leave_keras_unchanged():
    before, held = keras.Layer.add_weight, []

    def load():
        with untrusted.limit_weights(untrusted.Contents(1, 1)):
            held.append(time.perf_counter())
            time.sleep(0.02)

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert keras.Layer.add_weight is before
    assert np.diff(held).min() > 0.015
