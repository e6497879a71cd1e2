"""Layers and operations of Keras, over all their settings."""

import itertools

import keras
import numpy as np
import pytest
from keras import layers, ops

CONVOLUTIONS = {
    "conv": lambda **options: layers.Conv2D(2, **options),
    "transposed": lambda **options: layers.Conv2DTranspose(2, **options),
    "depthwise": lambda **options: layers.DepthwiseConv2D(depth_multiplier=2, **options),
    "separable": lambda **options: layers.SeparableConv2D(3, depth_multiplier=2, **options),
}


@pytest.mark.parametrize("kind", CONVOLUTIONS)
def test_every_kernel_stride_and_padding(kind, same):
    sweep = itertools.product([1, 2, 3, 4, 5], [1, 2, 3], ["same", "valid"])  # includes kernels smaller than their stride
    same(lambda x: {f"{padding}_kernel_{kernel}_stride_{stride}": CONVOLUTIONS[kind](
        kernel_size=kernel, strides=stride, padding=padding)(x) for kernel, stride, padding in sweep}, (7, 6, 3))


@pytest.mark.parametrize("kind", ["conv", "transposed", "depthwise"])
def test_unequal_settings(kind, same):
    many = [{"kernel_size": (3, 2), "strides": (2, 1) if kind != "depthwise" else 1, "padding": "same"},
            {"kernel_size": (1, 4), "padding": "valid", "use_bias": False, "activation": "relu"},
            {"kernel_size": 3, "dilation_rate": 2, "padding": "same"},
            {"kernel_size": 2, "dilation_rate": (1, 3), "padding": "valid", "activation": "softmax"}]
    same(lambda x: {f"settings_{i}": CONVOLUTIONS[kind](**options)(x) for i, options in enumerate(many)}, (7, 9, 3))


def test_output_padding(same):
    many = [(padding, kernel, stride, more) for padding in ("same", "valid") for kernel in (2, 3, 4)
            for stride in (2, 3) for more in range(stride)]
    same(lambda x: {"_".join(map(str, case)): layers.Conv2DTranspose(
        2, case[1], case[2], case[0], output_padding=case[3])(x) for case in many}, (4, 5, 2))


IMAGES = [
    layers.Conv2D(4, 3, groups=2),
    layers.Conv2D(3, 3, data_format="channels_first", padding="same", activation="relu"),
    layers.Flatten(data_format="channels_first"),
    layers.BatchNormalization(axis=1),
    layers.MaxPooling2D(2, data_format="channels_first"),
    layers.UpSampling2D((2, 3)),
    layers.UpSampling2D(2, interpolation="bilinear"),
    layers.Cropping2D(((1, 2), (0, 1))),
    layers.ZeroPadding2D(((1, 2), (0, 3))),
    layers.MaxPooling2D(3, 2, "same"),
    layers.MaxPooling2D((2, 3)),
    layers.AveragePooling2D(3, 2, "same"),
    layers.AveragePooling2D(2, 1),
    layers.GlobalAveragePooling2D(),
    lambda x: layers.GlobalMaxPooling2D(keepdims=True)(layers.Conv2D(3, 2)(x)),
    lambda x: layers.BatchNormalization()(layers.Conv2D(3, 2)(x)),
    layers.BatchNormalization(scale=False),
    layers.BatchNormalization(center=False),
    lambda x: layers.LayerNormalization()(layers.Conv2D(3, 2)(x)),
    layers.LayerNormalization(axis=[1, 3], epsilon=0.1),
    layers.LayerNormalization(scale=False, center=False),
    layers.RMSNormalization(),
    layers.GroupNormalization(2),
    layers.GroupNormalization(-1, center=False),
    layers.UnitNormalization(),
    layers.PReLU(shared_axes=[1, 2]),
    lambda x: layers.LeakyReLU(0.3)(layers.Conv2D(3, 2)(x)),
    layers.ReLU(max_value=1.5, negative_slope=0.1, threshold=0.2),
    layers.ELU(0.7),
    lambda x: layers.Softmax(axis=1)(layers.Conv2D(3, 2)(x)),
    layers.Activation("mish"),
    layers.Activation("linear"),
    lambda x: layers.Dropout(0.5)(layers.GaussianNoise(1.0)(x)),
    layers.SpatialDropout2D(0.5),
    lambda x: layers.Reshape((-1, 2))(layers.Conv2D(4, 1)(x)),
    layers.Permute((3, 1, 2)),
    lambda x: layers.Add()([x, layers.Conv2D(4, 3, padding="same")(x)]),
    lambda x: layers.Add()([layers.Conv2D(3, 3, padding="same")(x), layers.Conv2D(3, 1)(x)]),
    lambda x: layers.Subtract()([x, layers.Conv2D(4, 1)(x)]),
    lambda x: layers.Multiply()([x, layers.GlobalAveragePooling2D(keepdims=True)(x)]),
    lambda x: layers.Average()([x, layers.Conv2D(4, 1)(x), x]),
    lambda x: layers.Maximum()([x, layers.Conv2D(4, 1)(x)]),
    lambda x: layers.Minimum()([layers.Conv2D(3, 1)(x), layers.Conv2D(3, 1)(x)]),
    lambda x: layers.Concatenate()([x, layers.Conv2D(3, 1)(x)]),
    lambda x: layers.Concatenate(axis=1)([x, x]),
    lambda x: layers.Dense(5, activation="gelu")(layers.Conv2D(3, 2)(x)),
    layers.Rescaling(0.5, -1.0),
    layers.Normalization(mean=[1.0, 2.0, 3.0, 4.0], variance=[1.0, 2.0, 0.5, 0.0]),
    layers.EinsumDense("abcd,de->abce", (None, 6, 5), bias_axes="e"),
    keras.Sequential([layers.Conv2D(3, 2), layers.Flatten(), layers.Dense(2)]),
    keras.Sequential([layers.Reshape((30, 4)), keras.Sequential([layers.Conv1D(3, 2)])]),
]


SEQUENCES = [
    layers.Conv1D(3, 3, 2, "same"),
    layers.Conv1D(3, 3, padding="causal", dilation_rate=2),
    layers.Conv1DTranspose(3, 2, 3, "valid"),
    layers.DepthwiseConv1D(3),
    layers.SeparableConv1D(3, 2),
    layers.UpSampling1D(3),
    layers.Cropping1D((1, 2)),
    layers.ZeroPadding1D((1, 2)),
    layers.MaxPooling1D(2, padding="same"),
    layers.AveragePooling1D(2),
    layers.GlobalMaxPooling1D(),
    lambda x: layers.RepeatVector(3)(layers.Flatten()(x)),
    layers.Identity(),
    lambda x: layers.Conv3D(2, 2, padding="same")(layers.Reshape((1, 7, 2, 1))(x)),
    lambda x: layers.Conv3DTranspose(2, 2, 2)(layers.Reshape((1, 7, 2, 1))(x)),
    lambda x: layers.UpSampling3D(2)(layers.ZeroPadding3D(1)(layers.Cropping3D((0, 1, 0))(
        layers.Reshape((1, 7, 2, 1))(x)))),
]


OPERATIONS = [
    lambda x: ops.sigmoid(x) * 2.0 - x / 3.0 + 1,
    lambda x: 1.0 - ops.tanh(-x),
    lambda x: ops.clip(x, -0.5, 0.25),
    lambda x: ops.clip(x, None, 0.25) + ops.clip(x, -0.5, None),
    lambda x: ops.reshape(x, (-1, 8)),
    lambda x: ops.reshape(x, (-1, 2, 2, 2)),
    lambda x: ops.exp(ops.log(ops.abs(x) + 1.0)) ** 2.0,
    lambda x: ops.sqrt(ops.square(x)) + ops.rsqrt(ops.square(x) + 1.0) + ops.log1p(ops.abs(x)) + ops.expm1(x),
    lambda x: ops.log2(ops.abs(x) + 1) + ops.log10(ops.abs(x) + 1),
    lambda x: ops.maximum(x, 0.1) + ops.minimum(x, x * x),
    lambda x: ops.where(x > 0.2, x, -1.0),
    lambda x: ops.where(ops.logical_and(x > 0.2, ops.logical_not(x >= 1.0)), 1.0, x),
    lambda x: ops.cast(ops.cast(x * 3.0, "int32"), "float32"),
    lambda x: ops.cast(x < 0.0, "float32") + ops.cast(x <= 0.0, "float32"),
    lambda x: ops.mean(x, axis=-1, keepdims=True) + ops.sum(x, axis=1, keepdims=True),
    lambda x: ops.var(x, axis=[1, 2]) + ops.std(x, axis=(1, 2)) + ops.max(x, axis=(1, 2)) + ops.min(x, axis=(1, 2)),
    lambda x: ops.logsumexp(x, axis=-1) + ops.prod(x, axis=-1),
    lambda x: ops.transpose(x, (0, 2, 1)),
    lambda x: ops.moveaxis(x, 1, -1),
    lambda x: ops.swapaxes(x, 1, 2),
    lambda x: ops.squeeze(ops.expand_dims(x, 1), 1) + ops.squeeze(ops.expand_dims(x, -1)),
    lambda x: ops.concatenate([x, 2.0 * x], axis=-1),
    lambda x: ops.stack([x, -x], axis=1),
    lambda x: ops.split(x, 2, axis=1)[1],
    lambda x: ops.split(x, [1, 3], axis=1)[2],
    lambda x: x[:, 1:3],
    lambda x: x[:, -1],
    lambda x: x[..., 0],
    lambda x: x[:, ::-1, None, ::2],
    lambda x: ops.flip(x, axis=1),
    lambda x: ops.tile(x, (1, 2, 1)),
    lambda x: ops.repeat(x, 2, axis=1),
    lambda x: ops.pad(x, ((0, 0), (1, 2), (0, 1)), constant_values=0.5),
    lambda x: ops.pad(x, ((0, 0), (1, 2), (0, 1)), mode="reflect"),
    lambda x: ops.matmul(x, np.arange(6, dtype="float32").reshape(2, 3)),
    lambda x: ops.matmul(x, ops.transpose(x, (0, 2, 1))),
    lambda x: ops.einsum("nab,ncb->nac", x, x),
    lambda x: ops.softmax(x, axis=1) + ops.log_softmax(x),
    lambda x: ops.glu(x, axis=1),
    lambda x: ops.gelu(x, approximate=True) + ops.gelu(x, approximate=False),
    lambda x: ops.threshold(x, 0.3, -2.0) + ops.leaky_relu(x, 0.4) + ops.elu(x, 0.3) + ops.celu(x, 0.6),
    lambda x: ops.soft_shrink(x, 0.3) + ops.hard_shrink(x, 0.4) + ops.squareplus(x, 3),
    ops.stop_gradient,
    lambda x: ops.take(np.arange(15, dtype="float32").reshape(5, 3), ops.argmax(x, axis=1) + np.array([1, 0], "int32"), axis=0),
    lambda x: ops.cast(ops.argmin(x, axis=-1), "float32") + ops.cast(ops.argmax(x, axis=-1, keepdims=True), "float32")[..., 0],
    lambda x: ops.round(3.0 * x),
    lambda x: ops.sin(x) + ops.cos(x) + ops.arctan(x) + ops.erf(x) + ops.sign(x) + ops.floor(x) + ops.ceil(x),
]


# All are outputs of one model, so that Keras compiles once.
@pytest.mark.parametrize(("builds", "shape"), [(IMAGES, (5, 6, 4)), (SEQUENCES, (7, 2)), (OPERATIONS, (4, 2))],
                         ids=["images", "sequences", "operations"])
def test_layers_and_operations(builds, shape, same):
    same(lambda x: {f"number_{i}": build(x) for i, build in enumerate(builds)}, shape)


def test_a_layer_used_twice(same):
    shared = layers.Dense(4, activation="tanh")
    same(lambda x: shared(shared(x)), (4,))


def test_several_inner_models(same):
    inner_in = keras.Input((4,))
    inner = keras.Model(inner_in, [layers.Dense(3)(inner_in), ops.relu(inner_in)])

    def build(x):
        first, second = inner(x)
        again, _ = inner(second)
        return {"first": first, "again": again}

    same(build, (4,))


@keras.saving.register_keras_serializable("tests")
class Gated(keras.Layer):
    """A typical custom layer: weights, inner layers, operations, and a different output in training."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = layers.Dense(4, activation="silu")
        self.norm = layers.BatchNormalization()

    def build(self, shape):
        self.inner.build(shape)
        self.norm.build(shape)
        self.scale = self.add_weight(shape=(4,), initializer="ones")

    def call(self, x, training=False):
        h = self.norm(self.inner(x), training=training)
        h = ops.multiply(ops.sigmoid(ops.matmul(x, self.inner.kernel)), h) * self.scale
        return ops.reshape(h, (-1, 2, 2)) * 100.0 if training else ops.reshape(h, (-1, 2, 2))


def test_a_custom_layer(same):
    same(Gated(), (4,))
