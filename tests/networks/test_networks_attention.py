"""Attention, positions and the transformer against NumPy; sets have no order."""

import keras
import numpy as np
import pytest
from keras import layers

from zukan.networks import Transformer
from zukan.networks.attention import AddPositions, Attention, PrependToken, sinusoids


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


@pytest.mark.parametrize(("heads", "positions", "width", "used"), [(1, 5, 4, 1), (2, 5, 6, 2), (4, 3, 6, 2), (3, 1, 6, 3)])
def test_attention_is_a_weighted_mean_over_all_positions(heads, positions, width, used):
    layer, h = Attention(heads), random(2, positions, width)
    actual = np.asarray(layer(h))
    kernel = np.asarray(layer.project.kernel).reshape(width, 3, used, width // used)
    expected = np.zeros((2, positions, used, width // used))
    for item in range(2):
        for head in range(used):
            q, k, v = (h[item] @ kernel[:, i, head] for i in range(3))
            for position in range(positions):
                weights = np.exp(k @ q[position] / np.sqrt(width // used))
                expected[item, position, head] = weights / weights.sum() @ v
    expected = expected.reshape(2, positions, width) @ np.asarray(layer.join.kernel) + np.asarray(layer.join.bias)
    np.testing.assert_allclose(actual, expected, rtol=1e-4, atol=1e-5)


def test_sinusoids_are_those_of_the_paper():
    table = sinusoids(7, 5)
    for position in range(7):
        for i in range(5):
            angle = position / 10_000 ** (2 * (i // 2) / 5)
            assert table[position, i] == pytest.approx(np.cos(angle) if i % 2 else np.sin(angle), abs=1e-6)


def test_the_token_is_in_front_and_the_same_for_all_items():
    h = random(3, 4, 5)
    layer = PrependToken()
    out = np.asarray(layer(h))
    np.testing.assert_array_equal(out[:, 1:], h)
    np.testing.assert_array_equal(out[:, 0], np.repeat(np.asarray(layer.token), 3, axis=0))


def test_learned_positions_are_added_to_every_item():
    h, layer = random(3, 4, 5), AddPositions()
    np.testing.assert_allclose(np.asarray(layer(h)) - h, np.repeat(np.asarray(layer.vectors)[None], 3, axis=0), atol=1e-6)


def encoders(order, pooling):
    """Return the encoder as a vector of all items, and as a grid with one vector for each item."""
    network = Transformer(width=8, depth=2, heads=2, hidden=6, order=order, pooling=pooling)
    return [keras.Model(x := keras.Input((5, 3)), encode(x)) for encode in (network.encode, network.encode_grid)]


@pytest.mark.parametrize("pooling", ["mean", "token"])
@pytest.mark.parametrize("order", ["none", "learned", "sinusoidal"])
def test_only_a_set_has_no_order(order, pooling):
    pooled, grid = encoders(order, pooling)
    x, moved = random(4, 5, 3), np.random.default_rng(1).permutation(5)
    for name, model, expected in (("invariant", pooled, pooled(x)), ("equivariant", grid, np.asarray(grid(x))[:, moved])):
        difference = np.abs(np.asarray(model(x[:, moved])) - np.asarray(expected)).max()
        assert difference < 1e-5 if order == "none" else difference > 1e-3, name


def test_group_normalization_normalizes_groups_of_channels():
    """Of Keras, as ``resnet`` uses it: the mean and variance of a group are those over its channels and all positions."""
    layer, h = layers.GroupNormalization(2), random(3, 4, 5, 6)
    groups = h.reshape(3, 20, 2, 3)
    mean, variance = groups.mean(axis=(1, 3), keepdims=True), groups.var(axis=(1, 3), keepdims=True)
    expected = ((groups - mean) / np.sqrt(variance + layer.epsilon)).reshape(h.shape)
    np.testing.assert_allclose(np.asarray(layer(h)), expected, rtol=1e-4, atol=1e-5)
