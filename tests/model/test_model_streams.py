"""Data sets and generators that are given to a model are checked like arrays, batch by batch."""

import re

import keras
import numpy as np
import pytest

import zukan
from zukan.checks import InputError

RNG = np.random.default_rng(0)
GOOD = RNG.random((5, 8, 6), dtype=np.float32)  # batches, items, features


class Batches(keras.utils.PyDataset):
    def __init__(self, batches, **options):
        super().__init__(**options)
        self.batches = batches
        self.epochs = 0

    def __len__(self):
        return len(self.batches)

    def __getitem__(self, index):
        return self.batches[index]

    def on_epoch_end(self):
        self.epochs += 1


class TensorFlowLike:
    """Like a ``tf.data.Dataset`` on its way to a reader."""

    def __init__(self, batches):
        self.batches = batches

    def __iter__(self):
        return iter(self.batches)

    as_numpy_iterator = __iter__


def torch_loader(batches):
    data, torch = pytest.importorskip("torch.utils.data"), pytest.importorskip("torch")
    return data.DataLoader(data.TensorDataset(torch.from_numpy(np.concatenate(batches))), batch_size=8)


def grain_data(batches):
    grain = pytest.importorskip("grain")
    return grain.MapDataset.source(np.concatenate(batches)).batch(8)


STREAMS = {
    "PyDataset": Batches, "PyDataset of pairs": lambda batches: Batches([(batch,) for batch in batches]),
    "threads": lambda batches: Batches(batches, workers=2), "generator": lambda batches: (batch for batch in batches),
    "generator of tuples": lambda batches: ((batch, None) for batch in batches), "torch": torch_loader, "grain": grain_data,
}


def model(**options):
    vae = zukan.VAE((6,), encoder=zukan.networks.MLP([4]), **options)
    vae.compile("adam")
    return vae


def message(function, *args, **options):
    with pytest.raises(InputError) as caught:
        function(*args, **options)
    return str(caught.value)


WRONG = {"levels": lambda x: x * 255, "bytes": lambda x: (x * 255).astype(np.uint8), "NaN": lambda x: np.where(x > 0.9, np.nan, x),
         "infinity": lambda x: np.where(x > 0.9, np.inf, x), "another shape": lambda x: x[..., :5], "whole numbers": lambda x: np.rint(x).astype(int)}


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_batch_is_refused_with_the_sentence_of_the_array(stream, wrong):
    vae, bad = model(), [WRONG[wrong](batch) for batch in GOOD]
    found = message(vae.fit, STREAMS[stream](bad), verbose=0, shuffle=False)
    place = re.match(r"x in (a batch|batch (\d))", found)
    assert found.replace(place[0], "x", 1) in [message(vae.fit, batch) for batch in bad]
    assert place[0] == {"threads": place[0], "grain": "x in a batch"}.get(stream, "x in batch 0")


@pytest.mark.parametrize("stream", STREAMS)
def test_a_later_batch_is_checked_too(stream):
    batches = [*GOOD[:4], np.full_like(GOOD[0], np.nan)]
    place = "a batch" if stream == "grain" else "batch 4"
    assert f"x in {place} must be finite, got NaN" in message(model().fit, STREAMS[stream](batches), verbose=0, shuffle=False)


@pytest.mark.filterwarnings("ignore:Your input ran out of data")
@pytest.mark.parametrize("stream", STREAMS)
def test_a_stream_trains_like_stock_keras_and_is_not_used_up(stream, monkeypatch):
    history = model(seed=3).fit(STREAMS[stream](list(GOOD)), verbose=0, shuffle=False).history
    monkeypatch.setattr("zukan.model.streams.checked", lambda argument, x, check: x)
    source = STREAMS[stream]([(batch,) for batch in GOOD] if stream == "generator" else list(GOOD))
    assert model(seed=3).fit(source, verbose=0, shuffle=False).history == history


def test_a_data_set_learns_of_every_epoch():
    source, stock = Batches(list(GOOD)), Batches([(batch, batch) for batch in GOOD])
    model().fit(source, epochs=3, verbose=0, validation_data=Batches(list(GOOD[:1])))
    trained = keras.Sequential([keras.Input((6,)), keras.layers.Dense(6)])
    trained.compile("adam", "mse")
    trained.fit(stock, epochs=3, verbose=0)
    assert source.epochs == stock.epochs > 2


@pytest.mark.parametrize("place", [0, 3])
def test_a_model_stays_usable_after_a_refused_batch(place):
    vae, batches = model(), list(GOOD)
    vae.fit(GOOD[0], verbose=0)
    batches[place] = batches[place] * 255
    for method in (vae.evaluate, vae.predict, vae.fit):
        before = vae.encode(GOOD[0])
        message(method, Batches(batches), verbose=0, **({"shuffle": False} if method == vae.fit else {}))
        after = vae.encode(GOOD[0])
        assert np.array_equal(after, before) == (method != vae.fit or place == 0)
        assert np.isfinite(after).all()
    vae.fit(Batches(list(GOOD)), verbose=0)


def test_validation_and_evaluation_are_checked():
    vae = model()
    assert "validation_data in batch 0 must lie in [0, 1]" in message(
        vae.fit, GOOD[0], validation_data=Batches(list(GOOD * 255)), verbose=0, shuffle=False)
    assert "x in batch 0 must lie in [0, 1]" in message(vae.evaluate, Batches(list(GOOD * 255)), verbose=0)
    assert "x in batch 0 must lie in [0, 1]" in message(vae.predict, Batches(list(GOOD * 255)), verbose=0)


@pytest.mark.parametrize("method", ["encode", "elbo", "reconstruct", "score"])
def test_other_methods_want_arrays(method):
    assert "x must be an array, got" in message(getattr(model(), method), (batch for batch in GOOD))


def test_a_data_set_that_is_only_peeked_at_stops_at_nan():
    vae = model()
    assert "x in batch 0 must lie in [0, 1]" in message(vae.fit, TensorFlowLike(list(GOOD * 255)), verbose=0, shuffle=False)
    from zukan.model.streams import guarded

    (guard,) = guarded(TensorFlowLike([]), None)
    guard.on_train_batch_end(2, {"loss": 1.0})
    assert "got NaN in batch 3" in message(guard.on_train_batch_end, 3, {"loss": np.float32("nan")})
    assert guarded(GOOD, None) is None


def test_a_condition_beside_a_stream_is_refused():
    vae = model(condition=2)
    assert "yield dictionaries with the keys 'x' and 'condition'" in message(vae.fit, Batches(list(GOOD)), condition=np.zeros(8, int))
    batches = [{"x": batch, "condition": np.eye(2, dtype=np.float32)[np.arange(8) % 2]} for batch in GOOD]
    vae.fit(Batches(batches), verbose=0, shuffle=False)
    batches[3]["x"] = batches[3]["x"] * 255
    assert "x in batch 3 must lie in [0, 1]" in message(vae.fit, Batches(batches), verbose=0, shuffle=False)


CLASSES = np.arange(8) % 2
CONDITIONED = {
    "PyDataset": Batches, "PyDataset of pairs": lambda batches: Batches([(batch,) for batch in batches]),
    "generator": lambda batches: (batch for batch in batches), "generator of lists": lambda batches: ([batch] for batch in batches),
}


@pytest.mark.filterwarnings("ignore:Your input ran out of data")
@pytest.mark.parametrize("stream", CONDITIONED)
@pytest.mark.parametrize("condition", [CLASSES, np.eye(2)[CLASSES]], ids=["classes", "rows"])
def test_conditions_of_batches_mean_what_they_mean_in_arrays(stream, condition):
    whole, vae = model(condition=2, seed=3), model(condition=2, seed=3)
    expected = whole.fit(GOOD.reshape(-1, 6), condition=np.tile(CLASSES, 5), batch_size=8, verbose=0, shuffle=False).history
    history = vae.fit(CONDITIONED[stream]([{"x": batch, "condition": condition} for batch in GOOD]), verbose=0, shuffle=False).history
    np.testing.assert_allclose(history["loss"], expected["loss"], rtol=1e-5)
    predicted = vae.predict(CONDITIONED[stream]([{"x": GOOD[0], "condition": condition}]), verbose=0)
    np.testing.assert_allclose(predicted, vae.predict(GOOD[0], condition=CLASSES, verbose=0), rtol=1e-5)


WRONG_CONDITIONS = {"NaN": np.full((8, 2), np.nan), "too high": CLASSES + 1, "too few": CLASSES[:7], "text": np.full(8, "a")}


@pytest.mark.parametrize("stream", [*CONDITIONED, "TensorFlow"])
@pytest.mark.parametrize("wrong", WRONG_CONDITIONS)
def test_a_wrong_condition_of_a_batch_is_refused_with_the_sentence_of_the_array(stream, wrong):
    make = {**CONDITIONED, "TensorFlow": TensorFlowLike}[stream]
    vae = model(condition=2)
    before = vae.get_weights()
    found = message(vae.fit, make([{"x": batch, "condition": WRONG_CONDITIONS[wrong]} for batch in GOOD]), verbose=0, shuffle=False)
    assert found.replace("condition of x in batch 0", "condition") == message(vae.fit, GOOD[0], condition=WRONG_CONDITIONS[wrong])
    assert all(map(np.array_equal, before, vae.get_weights()))


@pytest.mark.filterwarnings("ignore:Your input ran out of data")
@pytest.mark.parametrize("width", [None, 2])
@pytest.mark.parametrize("keys", [(), ("x",), ("condition",), ("x", "condition"), ("x", "y")], ids=str)
def test_batches_have_what_the_model_takes(width, keys):
    whole = {"x": GOOD[0], "condition": CLASSES, "y": CLASSES}
    batch, allowed = {key: whole[key] for key in keys}, ("x",) if width is None else ("x", "condition")
    for source in (Batches([batch or GOOD[0]] * 2), (batch or GOOD[0] for _ in range(2))):
        if keys == allowed or (not keys and width is None):
            model(condition=width).fit(source, verbose=0, shuffle=False)
        else:
            found = message(model(condition=width).fit, source, verbose=0, shuffle=False)
            assert found.startswith("x in batch 0 must be " + ("x alone," if width is None else "a dictionary with the keys 'x' and 'condition', "))


def test_a_data_set_that_is_used_as_it_is_needs_rows():
    batches = TensorFlowLike([{"x": batch, "condition": CLASSES} for batch in GOOD])
    assert "condition of x in batch 0 must be rows of numbers" in message(model(condition=2).fit, batches, verbose=0)


def test_a_model_takes_a_dictionary_with_x_alone():
    plain, named = (model(seed=3)(given)["z"] for given in (GOOD[0], {"x": GOOD[0]}))
    np.testing.assert_array_equal(plain, named)


@pytest.mark.filterwarnings("ignore:Your input ran out of data")
def test_lists_in_a_generator_are_batches():
    history = model(seed=3).fit(([batch] for batch in GOOD), verbose=0, shuffle=False).history
    assert history == model(seed=3).fit((batch for batch in GOOD), verbose=0, shuffle=False).history


@pytest.mark.parametrize("make", [np.ma.masked_equal, lambda x, value: list(np.ma.masked_equal(x, value))])
def test_masked_arrays_are_refused_by_fit(make):
    x = GOOD[0].copy()
    x[3, 2] = 0.125
    assert "x must hold a value everywhere, but 1 of 48 values are masked; fill them" in message(model().fit, make(x, 0.125), verbose=0, shuffle=False)
    zeros = np.where(x == 0.125, np.float32("nan"), x)
    np.testing.assert_array_equal(model(missing=True, seed=1).encode(make(x, 0.125)), model(missing=True, seed=1).encode(zeros))


def test_channels_first_names_moveaxis():
    vae = zukan.VAE((5, 6, 3), encoder=zukan.networks.MLP([4]))
    vae.compile("adam")
    assert "move the channels last with numpy.moveaxis(x, 1, -1)" in message(vae.fit, np.ones((8, 3, 5, 6), np.float32))
