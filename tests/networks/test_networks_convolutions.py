"""Convolutions as products of patches equal Keras's own, forwards and backwards, at every size."""

import jax
import keras
import numpy as np
import pytest
from keras import layers

from zukan.networks import convolutions


def results(layer, x, before=lambda x: x):
    """Return the shape said beforehand, the output, and the gradients of its squares by input and kernel."""
    def loss(x, *variables):
        out, _ = layer.stateless_call(list(variables), [], before(x))
        return jax.numpy.sum(out**2), out

    (_, out), gradients = jax.value_and_grad(loss, argnums=(0, 1, 2), has_aux=True)(
        x, *(variable.value for variable in layer.trainable_variables))
    return layer.compute_output_shape(before(x).shape), out, *gradients


def assert_equal(ours, theirs, x, before=lambda x: x):
    for layer, given in ((ours, x), (theirs, before(x))):
        layer.build(given.shape)
    theirs.set_weights(ours.get_weights())
    assert "conv_general" not in str(jax.make_jaxpr(ours)(x))
    (said, *found), (shape, *goal) = results(ours, x), results(theirs, x, before)
    assert said == shape == found[0].shape
    for one, other in zip(found, goal, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4 * np.abs(other).max())


def drawn(size):
    return jax.numpy.asarray(np.random.default_rng(0).normal(size=(3, *size, 2)), "float32")


@pytest.mark.parametrize(("kernel", "strides", "size"), [
    (1, 1, (3, 4)), (2, 2, (5, 4)), (3, 1, (4, 5)), (3, 2, (8, 7)), (4, 1, (5, 4)), (4, 2, (5, 8)), (5, 3, (13, 7)),
    (3, 2, (1, 1))])
def test_convolution_is_that_of_keras(kernel, strides, size):
    options = {"strides": strides, "padding": "same", "bias_initializer": "normal"}
    assert_equal(convolutions.Conv2D(3, kernel, **options), layers.Conv2D(3, kernel, **options), drawn(size))


@pytest.mark.parametrize(("kernel", "size"), [(1, (3, 4)), (2, (3, 4)), (3, (5, 4)), (4, (3, 4)), (3, (1, 1))])
def test_enlarged_convolution_is_that_of_keras(kernel, size):
    options = {"padding": "same", "activation": "tanh"}
    assert_equal(convolutions.UpConv2D(3, kernel, **options), layers.Conv2D(3, kernel, **options), drawn(size),
                 layers.UpSampling2D())


@pytest.mark.parametrize("layer", [convolutions.Conv2D, convolutions.UpConv2D])
def test_patches_that_are_too_large_are_left_to_xla(layer, monkeypatch):
    x = drawn((6, 5))
    layer = layer(3, 3, padding="same")
    goal = layer(x)
    monkeypatch.setattr(convolutions, "LARGEST", x.nbytes)
    assert "conv_general" in str(jax.make_jaxpr(layer)(x))
    np.testing.assert_allclose(layer(x), goal, rtol=1e-4, atol=1e-5)


def test_an_unknown_batch_is_no_obstacle():
    x = keras.Input((7, 5, 2))
    assert convolutions.UpConv2D(3, 3, padding="same")(x).shape == (None, 14, 10, 3)
