"""Convolutions computed as matrix products: outputs and gradients equal Keras's at every size."""

import jax
import keras
import numpy as np
import pytest
from keras import layers

from zukan.networks import convolutions


def results(layer, x, enlarge=lambda x: x):
    """Return the computed shape, the output, and the gradients of the sum of its squares by input, kernel and bias."""
    def loss(x, *variables):
        out, _ = layer.stateless_call(list(variables), [], enlarge(x))
        return jax.numpy.sum(out**2), out

    (_, out), gradients = jax.value_and_grad(loss, argnums=(0, 1, 2), has_aux=True)(
        x, *(variable.value for variable in layer.trainable_variables))
    return layer.compute_output_shape(enlarge(x).shape), out, *gradients


def assert_equal(ours, theirs, x, enlarge=lambda x: x):
    for layer, inputs in ((ours, x), (theirs, enlarge(x))):
        layer.build(inputs.shape)
    theirs.set_weights(ours.get_weights())
    assert "conv_general" not in str(jax.make_jaxpr(ours)(x))
    (shape, *actual), (keras_shape, *expected) = results(ours, x), results(theirs, x, enlarge)
    assert shape == keras_shape == actual[0].shape
    for ours_value, keras_value in zip(actual, expected, strict=True):
        np.testing.assert_allclose(ours_value, keras_value, rtol=1e-4, atol=1e-4 * np.abs(keras_value).max())


def random_signals(length):
    return jax.numpy.asarray(np.random.default_rng(0).normal(size=(3, length, 2)), "float32")


def random_images(size):
    return jax.numpy.asarray(np.random.default_rng(0).normal(size=(3, *size, 2)), "float32")


@pytest.mark.parametrize(("kernel", "strides", "size"), [
    (1, 1, (3, 4)), (2, 2, (5, 4)), (3, 1, (4, 5)), (3, 2, (8, 7)), (4, 1, (5, 4)), (4, 2, (5, 8)), (5, 3, (13, 7)),
    (3, 2, (1, 1))])
def test_convolution_equals_keras(kernel, strides, size):
    options = {"strides": strides, "padding": "same", "bias_initializer": "normal"}
    assert_equal(convolutions.Conv2D(3, kernel, **options), layers.Conv2D(3, kernel, **options), random_images(size))


@pytest.mark.parametrize(("kernel", "size"), [(1, (3, 4)), (2, (3, 4)), (3, (5, 4)), (4, (3, 4)), (3, (1, 1))])
def test_enlarging_convolution_equals_keras(kernel, size):
    options = {"padding": "same", "activation": "tanh"}
    assert_equal(convolutions.UpConv2D(3, kernel, **options), layers.Conv2D(3, kernel, **options), random_images(size),
                 layers.UpSampling2D())


@pytest.mark.parametrize(("kernel", "strides", "length"), [(1, 1, 4), (2, 2, 5), (3, 1, 5), (3, 2, 8), (4, 2, 7), (5, 1, 4),
                                                           (5, 3, 13), (5, 2, 1)])
def test_convolution_over_time_equals_keras(kernel, strides, length):
    options = {"strides": strides, "padding": "same", "bias_initializer": "normal", "activation": "tanh"}
    assert_equal(convolutions.Conv1D(3, kernel, **options), layers.Conv1D(3, kernel, **options), random_signals(length))


@pytest.mark.parametrize(("kernel", "length"), [(1, 3), (2, 4), (3, 5), (4, 3), (5, 6), (5, 1)])
def test_enlarging_convolution_over_time_equals_keras(kernel, length):
    options = {"padding": "same", "activation": "tanh"}
    assert_equal(convolutions.UpConv1D(3, kernel, **options), layers.Conv1D(3, kernel, **options), random_signals(length),
                 layers.UpSampling1D())


@pytest.mark.parametrize("layer", [convolutions.Conv2D, convolutions.UpConv2D, convolutions.Conv1D, convolutions.UpConv1D])
def test_xla_convolves_if_the_patches_are_too_large(layer, monkeypatch):
    x = random_signals(30) if "1D" in layer.__name__ else random_images((6, 5))
    layer = layer(3, 3, padding="same")
    expected = layer(x)
    monkeypatch.setattr(convolutions, "LARGEST", x.nbytes)
    assert "conv_general" in str(jax.make_jaxpr(layer)(x))
    np.testing.assert_allclose(layer(x), expected, rtol=1e-4, atol=1e-5)


def test_the_batch_size_may_be_unknown():
    assert convolutions.UpConv2D(3, 3, padding="same")(keras.Input((7, 5, 2))).shape == (None, 14, 10, 3)
    assert convolutions.UpConv1D(3, 3, padding="same")(keras.Input((7, 2))).shape == (None, 14, 3)
