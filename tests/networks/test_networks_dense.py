"""Gated layers and spectral normalization against NumPy."""

import jax
import keras
import numpy as np
import pytest
from keras import layers

import zukan
from zukan.networks import Gated, networks
from zukan.networks.convolutions import Conv1D, UpConv2D
from zukan.networks.spectral import SpectralNorm, linear


def test_a_gated_layer_is_its_formula():
    """h = (W x + b) * sigmoid(V x + c), twice."""
    x = keras.Input((2, 3))
    model = keras.Model(x, Gated(units=(5, 4)).encode(x))
    for weight in model.weights:
        weight.assign(np.random.default_rng(len(weight.shape)).normal(size=weight.shape))
    rows = np.random.default_rng(1).normal(size=(6, 2, 3)).astype("float32")
    h = rows.reshape(6, 6)
    for i in (1, 2):
        value, gate = (h @ w + b for w, b in (model.get_layer(f"hidden_{i}{end}").get_weights() for end in ("", "_gate")))
        h = value / (1 + np.exp(-gate))
    np.testing.assert_allclose(np.asarray(model(rows)), h, rtol=1e-4, atol=1e-5)


LAYERS = [(layers.Dense, (4,), {}, (5,)), (UpConv2D, (4, 3), {"padding": "same"}, (3, 2, 5)),
          (Conv1D, (4, 3), {"padding": "same", "strides": 2}, (7, 5))]


@pytest.mark.parametrize(("kind", "sizes", "options", "shape"), LAYERS)
def test_the_kernel_is_divided_by_its_largest_singular_value(kind, sizes, options, shape):
    layer, plain = (linear(kind, *sizes, spectral_norm=on, activation="tanh", name="layer", **options) for on in (True, False))
    x = np.random.default_rng(0).normal(size=(3, *shape)).astype("float32")
    plain(x), layer(x)
    for _ in range(300):  # power iterations
        layer(x, training=True)
    kernel, bias = 3 * np.asarray(layer.layer.kernel), np.linspace(-1, 1, 4)
    layer.layer.kernel.assign(kernel)  # its direction stays that of the largest singular value
    layer.bias.assign(bias)
    plain.set_weights([kernel / np.linalg.svd(kernel.reshape(-1, 4), compute_uv=False)[0], bias])
    for training in (False, True):
        np.testing.assert_allclose(np.asarray(layer(x, training=training)), np.asarray(plain(x)), rtol=1e-3, atol=1e-4)


def test_only_training_changes_the_direction():
    layer = linear(layers.Dense, 4, spectral_norm=True, name="layer")
    x = np.ones((2, 5), "float32")
    layer(x)
    before = np.asarray(layer.direction)
    layer(x)
    np.testing.assert_array_equal(before, layer.direction)
    layer(x, training=True)
    assert np.abs(before - np.asarray(layer.direction)).max() > 1e-3
    assert [weight.name for weight in layer.non_trainable_weights] == ["direction"]


def test_the_gradient_is_that_of_the_divided_kernel():
    """sigma = u W v depends on W too: the gradient has no component along W, since its scale has no effect."""
    layer = linear(layers.Dense, 4, spectral_norm=True, name="layer")
    x = np.random.default_rng(0).normal(size=(3, 5)).astype("float32")
    layer(x)
    state = [layer.direction.value]

    def loss(kernel):
        values = [kernel if "kernel" in weight.path else weight.value for weight in layer.trainable_variables]
        return (layer.stateless_call(values, state, x, training=True)[0] ** 2).sum()

    kernel = layer.layer.kernel.value
    gradient = jax.grad(loss)(kernel)
    assert np.abs(gradient).max() > 1e-3
    assert abs(float((gradient * kernel).sum())) < 1e-4 * float(np.abs(gradient).max())


def test_the_wrapper_survives_keras_serialization():
    layer = linear(layers.Dense, 4, spectral_norm=True, activation="tanh", name="layer")
    copy = SpectralNorm.from_config(layer.get_config())
    assert (copy.activation, copy.layer.units, copy.layer.use_bias) == ("tanh", 4, False)


@pytest.mark.parametrize(("name", "shape"), [("mlp", (6,)), ("gated", (6,)), ("conv", (4, 4, 1)), ("conv1d", (6, 1)),
                                             ("resnet", (4, 4, 1))])
def test_only_the_decoder_is_normalized(name, shape):
    small = {"units": [4]} if name in {"mlp", "gated"} else {"filters": [4], "units": 4}
    encoder = networks.make({"name": name, "spectral_norm": True, **small})
    vae = zukan.VAE(shape, 2, encoder=encoder, posterior="delta", objective="reconstruction")
    normalized = {network: [layer for layer in vae.get_layer(network).layers if isinstance(layer, SpectralNorm)]
                  for network in ("encoder", "decoder")}
    assert not normalized["encoder"]
    assert normalized["decoder"]
