"""Spectral normalization of linear layers."""

from __future__ import annotations

from typing import Any

import keras
from keras import activations, initializers, ops


@keras.saving.register_keras_serializable("zukan")
class SpectralNorm(keras.layers.Wrapper):
    """A linear layer whose kernel W is divided by its largest singular value (arXiv:1802.05957).

    The singular value is that of W as a matrix of shape (all inputs of an output, outputs). One power iteration in each
    training step estimates it, from a vector that is saved with the model.

    Keras's ``SpectralNormalization`` assigns the divided kernel to the layer, which has no effect after training on
    JAX: there the model would compute with other weights than in training.

    Parameters
    ----------
    layer : keras.Layer
        A dense or convolutional layer without bias and activation.
    activation : str, optional
        The name of a Keras activation, applied after the bias.
    """

    def __init__(self, layer: keras.Layer, activation: str | None = None, **options: Any) -> None:
        super().__init__(layer, **options)
        self.activation = activation

    def build(self, input_shape: Any) -> None:
        """Create the weights of the layer, the bias, and the vector of the power iteration."""
        super().build(input_shape)
        outputs = self.layer.kernel.shape[-1]
        self.bias = self.add_weight(shape=(outputs,), initializer="zeros", name="bias")
        self.direction = self.add_weight(shape=(outputs,), initializer=initializers.RandomNormal(), trainable=False,
                                         name="direction")

    def call(self, x: Any, training: bool = False) -> Any:  # noqa: FBT001, FBT002 Keras's signature
        """Return ``activation(W x / sigma + bias)``."""
        kernel = ops.convert_to_tensor(self.layer.kernel)
        kernel = ops.reshape(kernel, (-1, kernel.shape[-1]))
        right = ops.cast(self.direction.value, kernel.dtype)
        left = _unit(ops.sum(kernel * right, axis=1))
        if training:
            right = _unit(ops.sum(left[:, None] * kernel, axis=0))
            self.direction.assign(ops.stop_gradient(right))
        right, left = ops.stop_gradient(_unit(right)), ops.stop_gradient(left)
        y = self.layer(x) / ops.cast(ops.sum(left * ops.sum(kernel * right, axis=1)), self.compute_dtype)
        return activations.get(self.activation)(y + ops.cast(self.bias, y.dtype))

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape that the layer returns."""
        return self.layer.compute_output_shape(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "activation": self.activation}


def linear(kind: Any, *sizes: Any, spectral_norm: bool, activation: str | None = None, name: str,
           **options: Any) -> keras.Layer:
    """Return a layer of class ``kind`` with a bias and an activation, with spectral normalization if wanted."""
    if not spectral_norm:
        layer: keras.Layer = kind(*sizes, activation=activation, name=name, **options)
        return layer
    return SpectralNorm(kind(*sizes, use_bias=False, name="linear", **options), activation, name=name)


def _unit(vector: Any) -> Any:
    """Return a vector of length 1 in the same direction."""
    return vector / ops.maximum(ops.sqrt(ops.sum(vector**2)), 1e-12)
