"""A loaded model encodes, scores and continues training exactly like the model that was saved."""

import re
import subprocess
import sys
import zipfile

import keras
import numpy as np
import pytest

import zukan
from blobs import blobs

FIT = {"batch_size": 8, "verbose": 0}


def build(**options):
    vae = zukan.VAE(**{"event_shape": (6,), "latent_dim": 2, "encoder": {"name": "mlp", "units": [8]}, **options})
    vae.compile(keras.optimizers.AdamW(keras.optimizers.schedules.CosineDecay(0.02, 30), gradient_accumulation_steps=2))
    return vae


def reload(vae, folder):
    vae.save(folder / "model.keras")
    return zukan.load(folder / "model.keras")


def assert_same_model(loaded, vae, x):
    assert type(loaded) is zukan.VAE
    for mine, theirs in zip(loaded.variables, vae.variables, strict=True):
        np.testing.assert_array_equal(mine, theirs, err_msg=mine.path)
    np.testing.assert_array_equal(loaded.encode(x), vae.encode(x))
    np.testing.assert_array_equal(loaded.elbo(x, samples=3), vae.elbo(x, samples=3))
    np.testing.assert_array_equal(loaded.sample(3), vae.sample(3))


def user_networks():
    return {"encoder": keras.Sequential([keras.layers.Dense(8), keras.layers.BatchNormalization(),
                                         keras.layers.Dropout(0.2)]),
            "decoder": keras.Sequential([keras.layers.Dense(8, "relu")])}


MODELS = {
    "as in the tutorial": dict,
    "mixture prior": lambda: {"prior": {"name": "mixture", "components": 3}},
    "learned scale": lambda: {"likelihood": {"name": "normal"}},
    "fixed scale": lambda: {"likelihood": zukan.likelihoods.Normal(scale=0.3)},
    "scheduled": lambda: {"objective": {"name": "elbo", "beta": zukan.schedules.LinearWarmup(20)}},
    "user networks": user_networks,
}


@pytest.mark.parametrize("case", MODELS)
def test_a_loaded_model_equals_the_saved_one(case, x, tmp_path):
    vae = build(**MODELS[case]())
    before = [np.array(weight) for weight in vae.trainable_variables]
    vae.fit(x, epochs=2, **FIT)
    assert not any(np.array_equal(old, new) for old, new in zip(before, vae.trainable_variables, strict=True))
    loaded = reload(vae, tmp_path)
    assert_same_model(loaded, vae, x)
    for mine, theirs in zip(loaded.optimizer.variables, vae.optimizer.variables, strict=True):
        np.testing.assert_array_equal(mine, theirs, err_msg=mine.path)
    assert_same_model(reload(loaded, tmp_path), vae, x)


def test_the_learned_scale_is_saved(x, tmp_path):
    vae = build(likelihood={"name": "normal"})
    vae.fit(x, epochs=2, **FIT)
    learned = float(vae.likelihood.log_var)
    assert learned != 0
    assert float(reload(vae, tmp_path).likelihood.log_var) == learned


def test_a_model_that_is_not_compiled_is_saved(x, tmp_path):
    vae = zukan.VAE(event_shape=(6,), encoder={"name": "mlp", "units": [8]})
    assert_same_model(reload(vae, tmp_path), vae, x)


CONTINUE = """
import sys
import numpy as np
import zukan
model, x, out = sys.argv[1:]
vae = zukan.load(model)
history = vae.fit(np.load(x), epochs=3, initial_epoch=1, batch_size=8, verbose=0).history
state = [*vae.variables, *vae.optimizer.variables]
np.savez(out, *[np.asarray(v) for v in state], loss=history["loss"])
"""


def test_a_loaded_model_continues_training_bit_for_bit_in_a_new_process(tmp_path):
    # Everything with a state continues: batch normalization, dropout, samples, data order, schedules, accumulated gradients.
    def make():
        dense = keras.layers.Dense(8, kernel_initializer=keras.initializers.GlorotUniform(1))
        dropout = keras.Sequential([dense, keras.layers.BatchNormalization(), keras.layers.Dropout(0.2, seed=3)])
        return build(encoder=dropout, decoder={"name": "mlp", "units": [8]},
                     objective={"name": "elbo", "beta": zukan.schedules.LinearWarmup(12)})

    x = blobs(43)
    np.save(tmp_path / "x.npy", x)
    whole, part = make(), make()
    expected = whole.fit(x, epochs=3, **FIT).history
    part.fit(x, epochs=1, **FIT)
    part.save(tmp_path / "part.keras")
    subprocess.run([sys.executable, "-c", CONTINUE, tmp_path / "part.keras", tmp_path / "x.npy", tmp_path / "out.npz"],
                   check=True)
    with np.load(tmp_path / "out.npz") as got:
        np.testing.assert_array_equal(got["loss"], expected["loss"][1:])
        state = [*whole.variables, *whole.optimizer.variables]
        assert len(got.files) == len(state) + 1
        for i, variable in enumerate(state):
            np.testing.assert_array_equal(got[f"arr_{i}"], variable, err_msg=variable.path)


def test_the_encoder_and_the_decoder_can_be_saved_separately(trained, x, tmp_path):
    trained.encoder.save(tmp_path / "encoder.keras")
    encoder = keras.saving.load_model(tmp_path / "encoder.keras")
    mean, log_var, z = (np.asarray(output) for output in encoder(x))
    np.testing.assert_allclose(mean, trained.encode(x), rtol=1e-5, atol=1e-6)
    assert np.abs(z - mean).max() > 0
    assert log_var.shape == z.shape == (len(x), 2)

    trained.decoder.save(tmp_path / "decoder.keras")
    decoder = keras.saving.load_model(tmp_path / "decoder.keras")
    np.testing.assert_allclose(np.asarray(decoder(mean)), trained.decode(mean), rtol=1e-5, atol=1e-6)


def test_loading_does_not_touch_other_random_generators(trained, tmp_path):
    trained.save(tmp_path / "model.keras")
    np.random.seed(4)  # noqa: NPY002 the global generator, on which users may rely
    expected = np.random.random()  # noqa: NPY002
    np.random.seed(4)  # noqa: NPY002
    zukan.load(tmp_path / "model.keras")
    assert np.random.random() == expected  # noqa: NPY002


# Files that are not models

def refused(path, *words):
    """Load ``path`` and return the error message: one sentence that names the file and ends with a fix."""
    with pytest.raises(zukan.InputError) as caught:
        zukan.load(path)
    message = str(caught.value)
    assert repr(str(path)) in message
    rest = message.replace(repr(str(path)), "")
    assert "\n" not in message
    assert not re.search(r"[.!?](\s|$)", rest), f"not one sentence: {message}"
    assert re.search(r"; \w", message), f"no fix: {message}"
    assert len(rest) < 250
    for word in words:
        assert word in message
    return message


@pytest.fixture(scope="module")
def whole_file(trained, tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "model.keras"
    trained.save(path)
    return path.read_bytes()


@pytest.mark.parametrize("left", [1, 4, 100, 0.25, 0.5, 0.9, 0.99, -1, -20])
def test_a_truncated_file(left, whole_file, tmp_path):
    path = tmp_path / "model.keras"
    path.write_bytes(whole_file[: int(left * len(whole_file)) if isinstance(left, float) else left])
    refused(path, "truncated")


@pytest.mark.parametrize("name", ["config.json", "model.weights.h5"])
def test_a_file_with_a_part_missing_or_damaged(name, whole_file, tmp_path):
    source, lacking, damaged = (tmp_path / part for part in ("source.keras", "lacking.keras", "damaged.keras"))
    source.write_bytes(whole_file)
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(lacking, "w") as new, zipfile.ZipFile(damaged, "w") as bad:
        assert name in old.namelist()
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
            bad.writestr(part, old.read(part)[:60] if part == name else old.read(part))
    refused(lacking)
    refused(damaged)


def test_a_file_with_a_flipped_byte_loads_or_is_refused(whole_file, tmp_path):
    # The byte can be padding, which changes nothing. Otherwise the error must be one sentence.
    rng = np.random.default_rng(0)
    for position in [*rng.integers(0, len(whole_file), 12), *(len(whole_file) - rng.integers(0, 300, 12))]:
        path = tmp_path / "model.keras"
        damaged = bytearray(whole_file)
        damaged[min(position, len(whole_file) - 1)] ^= 0xFF
        path.write_bytes(damaged)
        try:
            zukan.load(path)
        except zukan.InputError:
            refused(path)


def test_a_model_of_another_kind(tmp_path):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    model.save(tmp_path / "other.keras")
    refused(tmp_path / "other.keras", "zukan.VAE", "Sequential")


@pytest.mark.parametrize("name", ["model.keras", "model.txt", "model.h5"])
@pytest.mark.parametrize("content", [b"", b"these are words, not a model\n" * 9], ids=["empty", "text"])
def test_a_file_that_is_not_a_model(name, content, tmp_path):
    (tmp_path / name).write_bytes(content)
    refused(tmp_path / name, "not a .keras file")


def test_a_zip_file_that_is_not_a_model(tmp_path):
    np.savez(tmp_path / "arrays.npz", x=np.ones(3))
    refused(tmp_path / "arrays.npz")
    (tmp_path / "arrays.npz").rename(tmp_path / "model.keras")
    refused(tmp_path / "model.keras")


def test_a_path_that_is_not_a_file(tmp_path):
    refused(tmp_path / "model.keras", "does not exist")
    refused(tmp_path)
    refused(tmp_path / "model.keras" / "below")


def test_code_in_a_file_is_not_executed(tmp_path):
    vae = build(encoder=keras.Sequential([keras.layers.Lambda(lambda h: h * 2), keras.layers.Dense(8)]),
                decoder={"name": "mlp", "units": [8]})
    vae.save(tmp_path / "vae.keras")
    refused(tmp_path / "vae.keras", "ambda")
    keras.Sequential([keras.Input((4,)), keras.layers.Lambda(lambda h: h * 2)]).save(tmp_path / "other.keras")
    refused(tmp_path / "other.keras", "ambda")


def test_load_accepts_a_path_as_text(trained, whole_file, x, tmp_path):
    (tmp_path / "model.keras").write_bytes(whole_file)
    np.testing.assert_array_equal(zukan.load(str(tmp_path / "model.keras")).encode(x), trained.encode(x))
