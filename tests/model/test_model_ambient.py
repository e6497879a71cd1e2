"""Nothing that `keras.json` or `keras.config` sets changes a model, but for a dtype policy that the program sets."""

import keras
import numpy as np
import pytest

import zukan
from blobs import blobs

SETTINGS = [{"image_data_format": "channels_first"}, {"floatx": "float16", "epsilon": 0.1},
            {"floatx": "float64", "max_epochs": 1, "max_steps_per_epoch": 1}, {"floatx": "bfloat16"}]
KINDS = {
    "image": {"event_shape": (2, 3, 3), "likelihood": "normal"},
    "convolutions, an odd size, a condition": {
        "event_shape": (3, 5, 2), "encoder": {"name": "conv", "filters": [3, 2], "units": 4}, "condition": 3},
    "missing values": {"event_shape": (2, 3, 1), "missing": True, "prior": {"name": "vamp", "components": 2}},
}


@pytest.fixture
def settings():
    """A function that changes Keras's settings, as keras.json does before the first layer is made."""
    names = ["floatx", "epsilon", "image_data_format", "max_epochs", "max_steps_per_epoch", "dtype_policy"]
    before = {name: getattr(keras.config, name)() for name in names}

    def change(**values):
        if "floatx" in values:
            values["dtype_policy"] = values["floatx"]
        for name, value in values.items():
            getattr(keras.config, f"set_{name}")(value)

    yield change
    change(**before)


def numbers(vae, x, condition):
    """Everything that a model computes for ``x``."""
    one = {name: value[:1] for name, value in condition.items()}
    return {"code": vae.encode(x, **condition), "prediction": vae.predict(x, verbose=0, **condition),
            "sample": vae.sample(1, **one), "score": vae.score(x, samples=2, **condition),
            "loss": vae.evaluate(x, verbose=0, batch_size=8, return_dict=True, **condition)["loss"],
            "weights": np.concatenate([weight.ravel() for weight in vae.get_weights()])}


def trained(options, x, condition):
    vae = zukan.VAE(latent_dim=2, **{"encoder": {"name": "mlp", "units": [5]}, **options})
    vae.compile("adam")
    vae.fit(x, epochs=2, batch_size=8, verbose=0, **condition)
    return vae


@pytest.mark.parametrize("kind", KINDS)
def test_no_setting_of_keras_changes_a_number(kind, settings, tmp_path):
    options = KINDS[kind]
    x = np.resize(blobs(20), (20, *options["event_shape"])).astype("float32")
    if options.get("missing"):
        x[::3, 0, 0] = np.nan
    condition = {"condition": np.arange(20) % 3} if "condition" in options else {}
    vae = trained(options, x, condition)
    vae.save(tmp_path / "default.keras")
    expected = numbers(vae, x, condition)
    assert expected["code"].dtype == np.float32
    for values in SETTINGS:
        settings(floatx="float32", epsilon=1e-7, image_data_format="channels_last", max_epochs=None, max_steps_per_epoch=None)
        settings(**values)
        for name, model in {"loaded": zukan.load(tmp_path / "default.keras"), "trained": trained(options, x, condition)}.items():
            for what, value in numbers(model, x, condition).items():
                np.testing.assert_array_equal(value, expected[what], f"{what} of the model {name} under {values}")
        assert {name: getattr(keras.config, name)() for name in values} == values  # the user's own settings stay
