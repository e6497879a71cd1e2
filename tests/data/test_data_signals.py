"""Arrays of shape (n, length, channels): signals if the option or the encoder says so, else gray images."""

import numpy as np
import pytest

import zukan
from zukan.commands.training_runs import make_recipe
from zukan.data.loading import items
from zukan.training import evidence

X = np.random.default_rng(0).normal(size=(12, 7, 2)).astype("float32")


def test_signals_keep_their_axes():
    assert zukan.data.load(X).event_shape == (7, 2, 1)
    dataset = zukan.data.load(X, signals=True)
    assert dataset.event_shape == (7, 2)
    rows = np.concatenate([dataset.train.rows, dataset.test.rows])
    np.testing.assert_array_equal(np.concatenate([dataset.train.x, dataset.test.x]), X[rows])
    np.testing.assert_array_equal(items(X, signals=True).split.x, X)


@pytest.mark.parametrize("dtype", ["float32", "uint8"])
def test_streamed_signals_are_the_same(tmp_path, dtype):
    x = (X * 10).astype(dtype)
    np.save(tmp_path / "x.npy", x)
    memory, streamed = (zukan.data.load(tmp_path / "x.npy", signals=True, memory=limit) for limit in (None, 1e-7))
    assert not isinstance(streamed.train.x, np.ndarray)
    assert streamed.event_shape == (7, 2)
    np.testing.assert_array_equal(streamed.train.x[:], memory.train.x)
    assert streamed.train.x.raw(slice(0, 3)).shape == (3, 7, 2)


def test_other_shapes_are_read_as_ever():
    for shape in ((9, 4), (9, 5, 4, 3)):
        x = np.zeros(shape, "float32")
        assert zukan.data.load(x, signals=True).event_shape == shape[1:]


def test_the_option_is_a_boolean():
    with pytest.raises(zukan.InputError, match="signals must be true or false, got 'yes'"):
        zukan.data.load(X, signals="yes")
    with pytest.raises(zukan.InputError, match="scaling must be 'none' for images and signals"):
        zukan.data.load(X, signals=True, scaling="standard")


@pytest.mark.parametrize(("fields", "signals"), [
    ({"encoder": "conv1d"}, True), ({"encoder": {"name": "transformer", "depth": 1}}, True), ({"encoder": "mlp"}, None),
    ({}, None), ({"encoder": "conv1d", "signals": False}, False), ({"encoder": "mlp", "signals": True}, True)])
def test_the_encoder_decides_unless_the_option_is_given(fields, signals):
    assert make_recipe(X, None, fields).signals is signals


def test_the_evidence_names_a_network_for_signals():
    advice = evidence.examine(zukan.data.load(X, signals=True))
    assert (advice.network, advice.why_network) == ("conv1d", "the items are signals")
