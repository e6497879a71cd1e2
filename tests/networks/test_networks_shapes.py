"""Decoders mirror encoders, networks refuse what they cannot read, and a mask or a condition becomes channels."""

import keras
import numpy as np
import pytest

import zukan
from zukan.networks import networks

SMALL = {"mlp": {"units": [5]}, "gated": {"units": [5]}, "conv": {"filters": [3, 4], "units": 5},
         "resnet": {"filters": [4], "units": 5, "groups": 2}, "conv1d": {"filters": [3, 4], "units": 5},
         "transformer": {"width": 6, "depth": 1, "heads": 2, "hidden": 5}}
SHAPES = {"mlp": (5, 4, 1), "gated": (5, 4, 1), "conv": (5, 4, 1), "resnet": (5, 4, 1), "conv1d": (9, 2), "transformer": (5, 3)}
GRIDS = {"conv": [((7, 13, 1), (2, 4))], "resnet": [((8, 5, 3), (4, 3))], "conv1d": [((9, 2), (3,)), ((8,), (2,))],
         "transformer": [((5, 3), (5,)), ((4,), (4,))]}


def of(name):
    return networks.make({"name": name, **SMALL[name]})


def test_every_network_is_tried():
    assert set(SMALL) == set(SHAPES) == {name for name, kind in networks.members.items() if kind.__module__.startswith("zukan.")}


@pytest.mark.parametrize(("name", "shape", "grid"), [(name, *case) for name, cases in GRIDS.items() for case in cases])
def test_a_grid_has_the_size_that_positions_names(name, shape, grid):
    network = of(name)
    assert network.positions(shape) == grid
    features = network.encode_grid(keras.Input(shape), keras.Input((2,)))
    assert tuple(features.shape[1:-1]) == grid
    sides = shape[:-1] if len(shape) > 1 else shape
    for width in (3, features.shape[-1]):
        assert tuple(network.decode_grid(keras.Input((*grid, width)), shape).shape[1:-1]) == sides


@pytest.mark.parametrize(("name", "shape"), [(name, shape) for name, cases in GRIDS.items() for shape, _ in cases])
def test_the_features_of_the_decoder_have_every_side(name, shape):
    sides = shape[:-1] if len(shape) > 1 else shape
    assert tuple(of(name).decode(keras.Input((3,)), shape).shape[1:-1]) == sides


@pytest.mark.parametrize(("name", "shape", "says"), [
    ("conv", (5,), r"'conv' needs events of shape \(height, width, channels\), got \(5,\); use network 'mlp' for vectors"),
    ("resnet", (5, 2), r"'resnet' needs events of shape .*, got \(5, 2\); use network 'conv1d' or 'transformer' for signals"),
    ("conv1d", (5, 4, 1), r"\(length, channels\) or \(length,\), got \(5, 4, 1\); use network 'conv' or 'resnet' for images"),
    ("transformer", (5, 4, 1), r"\(items, features\) or \(items,\), got \(5, 4, 1\); use network 'conv' or 'resnet'"),
    ("conv1d", (2, 2, 2, 2), "use network 'mlp'$"),
])
def test_a_network_that_cannot_read_the_events_names_one_that_can(name, shape, says):
    for build in (lambda: zukan.VAE(shape, 2, encoder=of(name)), lambda: zukan.VAE(shape, 2, encoder="mlp", decoder=of(name))):
        with pytest.raises(zukan.InputError, match=says):
            build()


@pytest.mark.parametrize(("name", "arguments", "says"), [
    ("conv1d", {"filters": []}, "filters must name at least one"), ("resnet", {"blocks": 0}, "blocks must be a whole number"),
    ("transformer", {"order": "random"}, "order must be one of 'learned', 'none', 'sinusoidal'"),
    ("transformer", {"pooling": "max"}, "pooling must be one of"), ("gated", {"units": [0]}, "units must be"),
    ("mlp", {"spectral_norm": "yes"}, "spectral_norm must be true or false, got 'yes'"),
])
def test_wrong_arguments(name, arguments, says):
    with pytest.raises(zukan.InputError, match=says):
        networks.make({"name": name, **arguments})


@pytest.mark.parametrize("name", SMALL)
def test_the_condition_and_the_mask_change_the_features(name):
    shape = SHAPES[name]
    vae = zukan.VAE(shape, 2, encoder=of(name), condition=3, missing=True)
    x = np.random.default_rng(0).random((1, *shape), "float32")
    holed = x.copy()
    holed[0, 0] = 0.0
    same = vae.encode(holed, condition=[0])
    assert np.abs(vae.encode(holed, condition=[1]) - same).max() > 1e-6
    holed[0, 0] = np.nan  # the encoder sees 0 and the mask
    assert np.abs(vae.encode(holed, condition=[0]) - same).max() > 1e-6


@pytest.mark.parametrize("name", ["conv1d", "transformer"])
def test_the_mask_of_a_vector_is_a_channel(name):
    vae = zukan.VAE((9,), 2, encoder=of(name), missing=True)
    assert vae.inference.get_layer("x_and_observed").output.shape == (None, 9, 2)
    assert vae.decoder.output.shape == (None, 9)
    assert vae.decoder.count_params() < 9 * 9 * 6  # one small layer for all steps, not one weight for each pair
