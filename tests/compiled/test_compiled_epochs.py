"""Whole-epoch training equals Keras's own, step for step; what it cannot take goes another way that trains too."""

import itertools

import jax
import keras
import numpy as np
import pytest
from tiny_models import assert_same_state, build

import zukan
from blobs import blobs
from zukan import compiled

N = 23 * 8 + 3  # batches of 8: 23 steps, which 10 pieces do not divide, and 3 rows left over
EVEN = 12 * 8  # whole batches only, also when a quarter is held out: half as many programs to compile
WEIGHTS = np.linspace(0.2, 2.0, N, dtype="float32")


@pytest.fixture(scope="module")
def data():
    return blobs(N)


@pytest.fixture(scope="module")
def held_out():
    return blobs(29, seed=1)


@pytest.fixture
def feeds(monkeypatch):
    """What the data of fits and evaluations became, in order; stock Keras leaves no trace here."""
    names = []
    start = compiled.Batches.__init__

    def record(self, *args, **kwargs):
        names.append(type(self).__name__)
        start(self, *args, **kwargs)

    monkeypatch.setattr(compiled.Batches, "__init__", record)
    return names


@pytest.fixture
def mixed():
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    yield
    keras.config.set_dtype_policy(policy)


def user_networks():
    """Layers with state of their own: running means, and draws."""
    def network(seed):
        initializer = keras.initializers.GlorotUniform(seed)
        return keras.Sequential([keras.layers.Dense(8, kernel_initializer=initializer), keras.layers.ReLU(),
                                 keras.layers.BatchNormalization(), keras.layers.Dropout(0.3, seed=seed)])

    return {"encoder": network(1), "decoder": network(2)}


def stock_fit(vae, x, **options):
    """Train with Keras's own loop: its plain batches pass through ``train_step``."""
    y = x if "sample_weight" in options else None  # Keras drops sample weights without y
    vae.begin(x, options.get("validation_split", 0.0))
    return keras.Model.fit(vae, x, y, **options)


def assert_trains_as_stock(data, feeds, optimizer="adam", networks=dict, atol=1e-6, callbacks=list, **fit):
    options = {"epochs": 2, "batch_size": 8, "shuffle": False, "verbose": 0, **fit}
    theirs, ours = build(optimizer, **networks()), build(optimizer, **networks())
    assert_same_state(ours, theirs)
    before = [np.array(weight) for weight in ours.trainable_variables]
    expected = stock_fit(theirs, data, callbacks=callbacks(), **options)
    assert feeds == []
    got = ours.fit(data, callbacks=callbacks(), **options)
    assert feeds[:1] == ["Tables"]

    assert_same_state(ours, theirs, atol)
    assert got.epoch == expected.epoch
    assert set(got.history) == set(expected.history)
    for name, values in expected.history.items():
        np.testing.assert_allclose(got.history[name], values, rtol=1e-6, atol=atol, err_msg=name)
    assert not all(np.array_equal(old, new) for old, new in zip(before, ours.trainable_variables, strict=True))
    return ours, got


OPTIMIZERS = {
    "adam": lambda: keras.optimizers.Adam(0.01),
    "adamw, cosine": lambda: keras.optimizers.AdamW(keras.optimizers.schedules.CosineDecay(0.01, 60), 0.01),
    "sgd, ema": lambda: keras.optimizers.SGD(1e-3, momentum=0.9, use_ema=True, ema_overwrite_frequency=5),
    "accumulation": lambda: keras.optimizers.Adam(0.01, gradient_accumulation_steps=2),
}


@pytest.mark.usefixtures("optimized")
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_optimizers_equal_stock_keras(optimizer, data, feeds):
    assert_trains_as_stock(data if optimizer == "adam" else data[:EVEN], feeds, OPTIMIZERS[optimizer])


CASES = {
    "sample weights": {"sample_weight": WEIGHTS},
    "batch larger than the data": {"batch_size": 1000},
    "validation split": {"validation_split": 0.25, "validation_freq": 2},
    "validation split, weights": {"validation_split": 0.25, "sample_weight": WEIGHTS, "validation_batch_size": 5},
}


@pytest.mark.parametrize("case", CASES)
def test_options_of_fit_equal_stock_keras(case, data, feeds):
    _, got = assert_trains_as_stock(data, feeds, **CASES[case])
    assert ("val_loss" in got.history) == case.startswith("validation")


@pytest.mark.parametrize("pack", [lambda x: x, lambda x: (x,), lambda x: (x, None, np.arange(len(x), dtype="float32"))],
                         ids=["array", "tuple", "weights"])
def test_validation_data_equal_stock_keras(pack, data, held_out, feeds):
    # Stock Keras takes no bare array, and drops sample weights without y.
    theirs, ours = build(), build()
    options = {"epochs": 2, "batch_size": 8, "shuffle": False, "verbose": 0}
    packed = pack(held_out)
    stock = (held_out, held_out, packed[2]) if len(packed) == 3 else (held_out,)
    expected = stock_fit(theirs, data, validation_data=stock, **options).history
    got = ours.fit(data, validation_data=packed, **options).history
    assert feeds == ["Tables", "Tables"]
    assert set(got) == set(expected) > {"val_loss", "val_elbo"}
    for name, values in expected.items():
        np.testing.assert_allclose(got[name], values, rtol=1e-6, err_msg=name)


class Acts(keras.callbacks.Callback):
    """Stops within an epoch, or changes a weight after its last steps."""

    def __init__(self, stops):
        super().__init__()
        self.stops = stops

    def on_train_batch_end(self, batch, logs=None):
        if self.stops:
            self.model.stop_training = True
        elif batch == self.params["steps"] - 1:
            kernel = self.model.trainable_variables[0]
            kernel.assign(2 * kernel)


@pytest.mark.parametrize("stops", [True, False])
def test_a_callback_that_acts_on_steps_is_heard_before_the_validation(stops, data, held_out):
    vae = build()
    history = vae.fit(data, batch_size=8, validation_data=held_out, verbose=0, callbacks=[Acts(stops)]).history
    tested = vae.evaluate(held_out, batch_size=8, verbose=0, return_dict=True)
    assert history["val_loss"] == [pytest.approx(tested["loss"], rel=1e-6)]


def test_sample_weights_count(data):
    plain, weighted, same = build(), build(), build()
    options = {"epochs": 1, "batch_size": 8, "shuffle": False, "verbose": 0}
    losses = [vae.fit(data, validation_data=(data, None, weight), sample_weight=weight, **options).history
              for vae, weight in ((plain, None), (weighted, WEIGHTS), (same, np.ones_like(WEIGHTS)))]
    assert losses[0]["val_loss"] == pytest.approx(losses[2]["val_loss"], rel=1e-6)
    assert losses[0]["loss"] != pytest.approx(losses[1]["loss"], rel=1e-4)
    assert losses[0]["val_loss"] != pytest.approx(losses[1]["val_loss"], rel=1e-4)
    assert not np.allclose(plain.get_weights()[0], weighted.get_weights()[0], atol=1e-6)


@pytest.mark.usefixtures("optimized")
def test_state_of_user_networks_equals_stock_keras(data, feeds):
    ours, _ = assert_trains_as_stock(data[:EVEN], feeds, networks=user_networks, validation_split=0.25)
    moving = [v for v in ours.non_trainable_variables if "moving_mean" in v.path]
    assert len(moving) == 2
    assert all(np.abs(v).max() > 1e-3 for v in moving)


@pytest.mark.usefixtures("optimized")
def test_mixed_precision_equals_stock_keras(data, feeds, mixed):
    ours, _ = assert_trains_as_stock(data[:EVEN], feeds)
    assert {layer.compute_dtype for layer in ours._flatten_layers() if isinstance(layer, keras.layers.Dense)} == {
        "bfloat16"}
    assert {variable.dtype for variable in ours.trainable_variables} == {"float32"}


def test_evaluate_equals_stock_keras(data, feeds):
    vae = build()
    expected = keras.Model.evaluate(vae, data, batch_size=8, verbose=0, return_dict=True)
    # Stock Keras left the draws of the test pass further on; evaluate starts them anew, as its own first call found them.
    got = vae.evaluate(data, batch_size=8, verbose=0, return_dict=True)
    assert feeds == ["Tables"]
    assert vae.evaluate(data, batch_size=8, verbose=0, return_dict=True) == got
    for name, value in expected.items():
        np.testing.assert_allclose(got[name], value, rtol=1e-6, err_msg=name)


# The order of the data

def test_order_depends_only_on_seed_and_epoch():
    first, same, other = (compiled.Batches(np.arange(50), 8, shuffle=True, seed=seed) for seed in (4, 4, 5))
    np.random.seed(1)  # noqa: NPY002 the global generator, which must not matter
    for epoch in (0, 1, 7):
        first.start_epoch(epoch)
    for batches in (same, other):
        batches.start_epoch(7)
    np.testing.assert_array_equal(first.order, same.order)
    assert sorted(first.order) == list(range(50))
    assert not np.array_equal(first.order, other.order)
    first.start_epoch(8)
    assert not np.array_equal(first.order, same.order)


@pytest.mark.parametrize("n", [3, 8, 80, 83, N])
def test_tables_hold_the_rows_of_the_batches(n):
    options = {"shuffle": True, "seed": 2}
    batches, tables = compiled.Batches(np.arange(n), 8, **options), compiled.Tables(np.arange(n), 8, **options)
    items = [tables[i] for i in range(tables.num_batches)]
    rows = [row for item in items if item.batches is not None for row in np.asarray(item.batches)]
    assert [list(row) for row in rows] + ([list(items[-1].end.last)] if n % 8 else []) == [
        list(batches[i]) for i in range(batches.num_batches)]
    assert tables.num_batches <= compiled.PIECES + 1
    assert len({item.batches.shape for item in items[:-1]}) <= 1


def test_initial_epoch_goes_on_in_the_same_order(data):
    options = {"batch_size": 8, "verbose": 0}
    whole, parts, again = build(seed=5), build(seed=5), build(seed=5)
    expected = whole.fit(data, epochs=3, **options)
    parts.fit(data, epochs=1, **options)
    got = parts.fit(data, epochs=3, initial_epoch=1, **options)
    assert got.epoch == [1, 2]
    assert got.history["loss"] == expected.history["loss"][1:]
    assert_same_state(parts, whole)

    again.fit(data, epochs=1, **options)
    again.fit(data, epochs=2, **options)  # epoch 0 a second time: another order than epoch 1
    assert not np.array_equal(again.get_weights()[0], whole.get_weights()[0])


def test_shuffling_follows_the_seed(data, monkeypatch):
    seen = []
    start = compiled.Batches.start_epoch

    def keep(batches, epoch, *done):
        start(batches, epoch, *done)
        seen.append((batches.seed, batches.shuffle, epoch))

    monkeypatch.setattr(compiled.Batches, "start_epoch", keep)
    build(seed=5).fit(data, epochs=3, initial_epoch=1, batch_size=8, verbose=0)
    assert seen == [(5, True, 0), (5, True, 1), (5, True, 2)]  # the first when the batches are made


# The other ways

class Rows(keras.utils.PyDataset):
    """Batches that a user makes."""

    def __init__(self, x):
        super().__init__()
        self.x = x

    def __len__(self):
        return len(self.x) // 8

    def __getitem__(self, index):
        return self.x[index * 8 : index * 8 + 8]


def memmap(x, folder):
    np.save(folder / "x.npy", x)
    return np.load(folder / "x.npy", mmap_mode="r")


FALLBACKS = {  # how the model is compiled, what the data is, what else fit is given, and what the data becomes
    "run eagerly": ({"run_eagerly": True}, None, {}, ["Batches"]),
    "not compiled": ({"jit_compile": False}, None, {}, ["Batches"]),
    "several steps an execution": ({"steps_per_execution": 4}, None, {}, ["Batches"]),
    "memory-mapped": ({}, memmap, {}, ["Chunks"]),
    "batches of the user": ({}, lambda x, folder: Rows(x), {}, []),
    "steps per epoch": ({}, None, {"steps_per_epoch": 2}, []),
    "in memory": ({}, None, {}, ["Tables"]),
}


@pytest.mark.parametrize("case", FALLBACKS)
def test_every_way_trains(case, feeds, tmp_path):
    compile_with, convert, fit, expected = FALLBACKS[case]
    x = blobs(16)
    data = convert(x, tmp_path) if convert else x
    vae = build("adam", compile_with=compile_with)
    weights = vae.get_weights()[0]
    batch_size = {} if isinstance(data, keras.utils.PyDataset) else {"batch_size": 8}
    history = vae.fit(data, epochs=1, shuffle=False, verbose=0, **batch_size, **fit)
    assert feeds == expected
    assert not np.array_equal(vae.get_weights()[0], weights)

    other = build("adam")
    stock = stock_fit(other, x, batch_size=8, epochs=1, shuffle=False, verbose=0)
    assert history.history["loss"] == pytest.approx(stock.history["loss"], rel=1e-5)
    for ours, theirs in zip(vae.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_batches_shuffle_as_tables_do(data, feeds):
    on_device, by_batch = build(seed=1), build(seed=1, compile_with={"jit_compile": False})
    on_device.fit(data, epochs=2, batch_size=8, verbose=0)
    by_batch.fit(data, epochs=2, batch_size=8, verbose=0)
    assert feeds == ["Tables", "Batches"]
    assert_same_state(on_device, by_batch, 1e-6)


def convolutions_of_the_user():
    return keras.Sequential([keras.layers.Conv2D(2, 3), keras.layers.Flatten()])


@pytest.mark.parametrize(("encoder", "on_cpu"), [
    (lambda: {"name": "conv", "filters": [2]}, "Tables"), (convolutions_of_the_user, "Batches")])
def test_only_convolutions_left_to_xla_go_by_batches_on_a_cpu(encoder, on_cpu, feeds):
    vae = build(event_shape=(4, 4, 1), encoder=encoder(), decoder="mlp")
    vae.fit(blobs(16, (4, 4, 1)), batch_size=8, verbose=0)
    assert feeds == [on_cpu if jax.default_backend() == "cpu" else "Tables"]


def test_nothing_is_compiled_twice(data, held_out, caplog):
    def compiled_by(call):
        caplog.clear()
        with jax.log_compiles(), caplog.at_level("WARNING", "jax"):
            call()
        return [record.getMessage() for record in caplog.records if record.getMessage().startswith("Compiling")]

    vae = build(seed=11)
    calls = [lambda: vae.fit(data, epochs=2, batch_size=8, validation_data=held_out, verbose=0),
             lambda: vae.evaluate(held_out, batch_size=8, verbose=0),
             lambda: vae.encode(data, batch_size=16), lambda: vae.encode(data[:-1], batch_size=16),
             lambda: vae.log_likelihood(held_out, samples=5), lambda: vae.elbo(held_out)]
    assert any("train_step" in said for said in compiled_by(calls[0]))
    for call in calls:
        call()
    for call in calls:
        assert not compiled_by(call)


# Callbacks of Keras

class Calls(keras.callbacks.Callback):
    """Counts what is called, and keeps the loss that was seen."""

    def __init__(self):
        super().__init__()
        self.batches, self.losses = [], []

    def on_train_batch_end(self, batch, logs=None):
        self.batches.append(batch)
        self.losses.append(float(logs["loss"]))


def test_callbacks_hear_of_an_epoch_several_times(data):
    calls = Calls()
    history = build().fit(data, epochs=2, batch_size=8, verbose=0, callbacks=[calls])
    pieces = len(calls.batches) // 2
    assert 5 <= pieces <= compiled.PIECES + 1
    assert calls.batches == [*range(pieces)] * 2
    assert calls.losses[pieces - 1] == pytest.approx(history.history["loss"][0])
    assert len(set(calls.losses)) == len(calls.losses)


def test_callbacks_may_be_one_or_a_list_of_keras(data):
    one, listed = Calls(), Calls()
    vae = build()
    vae.fit(data, batch_size=8, verbose=0, callbacks=one)
    vae.fit(data, batch_size=8, verbose=0, callbacks=keras.callbacks.CallbackList([listed], model=vae))
    assert one.batches == listed.batches != []


STOCK = {
    "plateau": lambda: [keras.callbacks.ReduceLROnPlateau("loss", mode="max", patience=1)],
    "scheduler": lambda: [keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.01 / (epoch + 1))],
}


@pytest.mark.parametrize("case", STOCK)
def test_callbacks_act_as_with_stock_keras(case, data, feeds):
    _, got = assert_trains_as_stock(data, feeds, OPTIMIZERS["adam"], callbacks=STOCK[case], epochs=3)
    assert got.history["learning_rate"][0] > got.history["learning_rate"][-1]


def test_early_stopping_restores_the_best_weights(data):
    vae, best = build(seed=2), build(seed=2)
    stop = keras.callbacks.EarlyStopping("loss", mode="max", patience=1, restore_best_weights=True)
    history = vae.fit(data, epochs=9, batch_size=8, verbose=0, callbacks=[stop])
    assert len(history.epoch) == 2
    best.fit(data, epochs=1, batch_size=8, verbose=0)
    for ours, theirs in zip(vae.get_weights(), best.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_swapped_averages_equal_stock_keras(data, feeds):
    def optimizer():
        return keras.optimizers.Adam(0.01, use_ema=True, ema_momentum=0.9)

    _, swapped = assert_trains_as_stock(data[:EVEN], feeds, optimizer, validation_split=0.25,
                                        callbacks=lambda: [keras.callbacks.SwapEMAWeights()])
    plain = build(optimizer).fit(data[:EVEN], epochs=2, batch_size=8, shuffle=False, verbose=0, validation_split=0.25)
    assert swapped.history["loss"] == plain.history["loss"]
    assert swapped.history["val_loss"][0] != pytest.approx(plain.history["val_loss"][0], rel=1e-4)


def test_checkpoint_of_each_epoch(data, tmp_path):
    vae = build()
    keep = keras.callbacks.ModelCheckpoint(tmp_path / "{epoch}.keras")
    vae.fit(data, epochs=2, batch_size=8, verbose=0, callbacks=[keep])
    assert {path.name for path in tmp_path.iterdir()} == {"1.keras", "2.keras"}
    assert_same_state(zukan.load(tmp_path / "2.keras"), vae)
    early = build()
    early.fit(data, epochs=1, batch_size=8, verbose=0)
    assert_same_state(zukan.load(tmp_path / "1.keras"), early)


def test_csv_log_holds_the_history(data, tmp_path):
    history = build().fit(data, epochs=2, batch_size=8, verbose=0, validation_split=0.25,
                          callbacks=[keras.callbacks.CSVLogger(tmp_path / "log.csv")]).history
    rows = np.genfromtxt(tmp_path / "log.csv", delimiter=",", names=True)
    assert set(rows.dtype.names) == {"epoch", *history}
    for name, values in history.items():
        np.testing.assert_allclose(rows[name], values, rtol=1e-6)


def test_training_ends_at_nan(data):
    vae = build(lambda: keras.optimizers.SGD(1e30))
    history = vae.fit(data, epochs=5, batch_size=8, verbose=0, callbacks=[keras.callbacks.TerminateOnNaN()])
    assert len(history.epoch) == 1


class PowerCut(keras.callbacks.Callback):
    """Ends training as a crash would, within epoch 2."""

    def on_train_batch_end(self, batch, logs=None):
        if next(self.count) == 2 * self.params["steps"] + 3:
            raise InterruptedError

    def on_train_begin(self, logs=None):
        self.count = itertools.count()


def test_backup_goes_on_bit_for_bit(data, tmp_path):
    def fit(*more):
        vae = build(OPTIMIZERS["adamw, cosine"], seed=6, **user_networks())
        backup = keras.callbacks.BackupAndRestore(tmp_path / "backup")
        try:
            return vae, vae.fit(data[:EVEN], epochs=4, batch_size=8, verbose=0, callbacks=[backup, *more])
        except InterruptedError:
            return vae, None

    whole, expected = fit()
    _, cut = fit(PowerCut())
    assert cut is None
    resumed, got = fit()
    assert got.epoch == [2, 3]
    assert got.history == {name: values[2:] for name, values in expected.history.items()}
    assert_same_state(resumed, whole)
