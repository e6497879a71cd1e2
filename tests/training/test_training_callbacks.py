"""What watches a training: history file, checkpoints, the stop at NaN."""

import csv
import re
import threading
import time

import keras
import numpy as np
import pytest

import zukan
from zukan.commands import training_runs
from zukan.training import background, checkpoints, divergence
from zukan.training.checkpoints import Checkpoints
from zukan.training.divergence import StopOnDivergence
from zukan.training.history import HistoryFile, read_history

TERMS = ["loss", "reconstruction", "kl", "elbo", "beta"]


def test_history_file(make, x, tmp_path):
    path = tmp_path / "history.csv"
    history = make().fit(x, epochs=3, batch_size=8, validation_data=x[:9], verbose=0,
                         callbacks=[HistoryFile(path)]).history
    with path.open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["epoch", *TERMS, *(f"val_{name}" for name in TERMS), "seconds"]
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    for name in history:
        assert [float(row[name]) for row in rows] == history[name]
    assert all(float(row["seconds"]) > 0 for row in rows)


def test_history_is_there_after_every_epoch(make, x, tmp_path):
    path, seen = tmp_path / "history.csv", []
    count = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: seen.append(len(read_history(path))))
    make().fit(x, epochs=3, batch_size=8, verbose=0, callbacks=[HistoryFile(path), count])
    assert seen == [1, 2, 3]


def test_history_rows_past_the_checkpoint_are_dropped(make, x, tmp_path):
    path = tmp_path / "history.csv"
    path.write_text("epoch,loss,reconstruction,kl,seconds\n1,5.0,4.0,1.0,0.1\n2,4.0,3.0,1.0,0.1\n3,3.0,2.0,1.0,0.1\n")
    assert [row["epoch"] for row in HistoryFile(path, done=2).rows] == [1, 2]
    assert HistoryFile(path).rows == []
    make().fit(x, epochs=3, initial_epoch=1, batch_size=8, verbose=0, callbacks=[HistoryFile(path, done=1)])
    rows = read_history(path)
    assert [row["epoch"] for row in rows] == [1, 2, 3]
    assert rows[0]["loss"] == 5.0
    assert rows[2]["loss"] != 3.0


def test_the_learning_rate_is_in_the_history_where_a_callback_changes_it(make, x, tmp_path):
    path = tmp_path / "history.csv"
    halve = keras.callbacks.LearningRateScheduler(lambda epoch: 0.01 / 2**epoch)
    make().fit(x, epochs=3, batch_size=8, verbose=0, callbacks=[halve, HistoryFile(path)])
    assert [row["learning_rate"] for row in read_history(path)] == pytest.approx([0.01, 0.005, 0.0025])


def test_no_history_is_empty(tmp_path):
    assert read_history(tmp_path / "history.csv") == []


@pytest.mark.parametrize("text", ["epoch,loss\n" + "9" * 200_000 + ",1\n", "epoch,loss\n1,abc\n", "epoch,loss\n1,2,3\n", "epoch,loss\n1\n"])
def test_history_that_is_none(text, tmp_path):
    path = tmp_path / "history.csv"
    path.write_text(text)
    with pytest.raises(zukan.InputError, match=r"history\.csv"):
        read_history(path)


def test_checkpoints_keep_the_two_newest(make, x, tmp_path):
    seen = []
    look = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda *_: seen.append([path.name for path in checkpoints.whole(tmp_path)]))  # waits for the file
    vae = make()
    vae.fit(x, epochs=3, batch_size=8, verbose=0, callbacks=[Checkpoints(tmp_path), look])
    assert seen == [["epoch-00001.npz"], ["epoch-00001.npz", "epoch-00002.npz"], ["epoch-00002.npz", "epoch-00003.npz"]]
    assert checkpoints.done(tmp_path) == 3
    assert len([*tmp_path.iterdir()]) == 2
    kept = make(seed=5)
    assert checkpoints.restore(tmp_path, kept) == 3
    for mine, theirs in zip(kept.variables, vae.variables, strict=True):
        assert np.array_equal(mine, theirs), mine.path
    for mine, theirs in zip(kept.optimizer.variables, vae.optimizer.variables, strict=True):
        assert np.array_equal(mine, theirs), mine.path


def test_latest_checkpoint_by_number(tmp_path, make):
    assert checkpoints.done(tmp_path) == checkpoints.done(tmp_path / "missing") == 0
    assert checkpoints.restore(tmp_path, make()) == 0
    for name in ("epoch-00009.npz", "epoch-00010.npz", ".epoch-00011.part.npz", "epoch-best.npz", "other.npz"):
        (tmp_path / name).touch()
    assert checkpoints.done(tmp_path) == 10
    assert checkpoints.whole(tmp_path)[-1] == tmp_path / "epoch-00010.npz"


def damaged(path, how):
    content = path.read_bytes()
    path.write_bytes({"cut": content[:999], "empty": b"", "flipped": content[:999] + b"\xff" * 9 + content[1008:]}[how])


@pytest.mark.parametrize("how", ["cut", "empty", "flipped"])
def test_a_damaged_checkpoint_leads_to_the_one_before(how, make, x, tmp_path):
    one = make()
    one.fit(x, epochs=1, batch_size=8, verbose=0)
    make().fit(x, epochs=2, batch_size=8, verbose=0, callbacks=[Checkpoints(tmp_path)])
    damaged(tmp_path / "epoch-00002.npz", how)
    restored, lines = make(seed=5), []
    assert checkpoints.restore(tmp_path, restored, lines.append) == 1
    for mine, theirs in zip(restored.trainable_variables, one.trainable_variables, strict=True):
        assert np.array_equal(mine, theirs), mine.path
    (note,) = lines
    assert "epoch-00002.npz" in note
    assert "the one before" in note
    damaged(tmp_path / "epoch-00001.npz", how)
    before = restored.get_weights()
    with pytest.raises(zukan.InputError, match=r"epoch-00001\.npz.*delete .* to train from the start"):
        checkpoints.restore(tmp_path, restored)
    assert all(np.array_equal(a, b) for a, b in zip(before, restored.get_weights(), strict=True))


def test_a_checkpoint_that_unpacks_to_more_than_the_model_is_not_unpacked(make, tmp_path, monkeypatch):
    vae = make()
    vae.optimizer.build(vae.trainable_variables)
    arrays = {name: np.zeros(variable.shape) for name, variable in checkpoints.state(vae).items()}
    np.savez_compressed(tmp_path / "epoch-00001.npz", **{**arrays, "0000": np.zeros(10**7)})
    monkeypatch.setattr(np.lib.npyio.NpzFile, "__getitem__", lambda *_: pytest.fail("it was unpacked"))
    with pytest.raises(zukan.InputError, match="got others"):
        checkpoints.restore(tmp_path, vae)


def test_a_checkpoint_of_another_model_is_refused(make, x, tmp_path):
    make().fit(x, epochs=1, batch_size=8, verbose=0, callbacks=[Checkpoints(tmp_path)])
    other = make(latent_dim=3)
    before = other.get_weights()
    with pytest.raises(zukan.InputError, match=r"epoch-00001\.npz.*recipe\.toml"):
        checkpoints.restore(tmp_path, other)
    assert all(np.array_equal(a, b) for a, b in zip(before, other.get_weights(), strict=True))


class Spoil(keras.callbacks.Callback):
    """Makes a weight infinite before an epoch."""

    def __init__(self, epoch):
        super().__init__()
        self.spoiled = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.spoiled:
            weight = self.model.trainable_variables[0]
            weight.assign(np.full(weight.shape, np.inf, "float32"))


def test_a_term_that_is_not_finite_stops_the_training(make, x, tmp_path):
    watchers = [Spoil(2), StopOnDivergence(), HistoryFile(tmp_path / "history.csv"), Checkpoints(tmp_path)]
    with pytest.raises(zukan.InputError) as caught:
        make().fit(x, epochs=5, batch_size=8, verbose=0, callbacks=watchers)
    message = str(caught.value)
    for words in ("reconstruction", "nan in epoch 3", "step ", "learning_rate"):
        assert words in message
    step = int(re.search(r"step (\d+)", message)[1])
    assert 10 < step <= 15  # five steps an epoch
    assert checkpoints.done(tmp_path) == 2
    assert len(read_history(tmp_path / "history.csv")) == 2
    kept = make()
    checkpoints.restore(tmp_path, kept)
    assert all(np.isfinite(weight).all() for weight in kept.weights)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_only_the_terms_at_fault_are_named(value, make):
    stop = StopOnDivergence()
    stop.set_model(make())
    stop.on_epoch_begin(0)
    stop.on_train_batch_end(0, {"loss": 1.0, "reconstruction": 1.0, "kl": 2.0, "elbo": -1.0})
    with pytest.raises(zukan.InputError, match=r"^kl became .* in epoch 1"):
        stop.on_train_batch_end(0, {"loss": value, "reconstruction": 1.0, "kl": value, "elbo": value})


def test_a_learning_rate_that_is_too_high(x, tmp_path, capsys):
    from zukan import cli

    np.save(tmp_path / "x.npy", x)
    code = cli.run(["train", str(tmp_path / "x.npy"), "--out", str(tmp_path / "run"), "--epochs", "50", "--optimizer",
                    "sgd", "--learning-rate", "1e12", "--encoder", '{name="mlp", units=[8]}'])
    error = capsys.readouterr().err
    assert code == 2, error
    assert error.startswith("zukan: ")
    assert error.count("\n") == 1
    assert " became " in error
    assert "learning_rate of 1e+11 instead of 1e+12" in error
    assert f"the model after epoch 1 is kept, and zukan report {tmp_path / 'run'} draws it" in error
    assert (tmp_path / "run" / "model.keras").exists()


class Explode(keras.callbacks.Callback):
    """Makes the steps of an epoch far too long."""

    def __init__(self, epoch):
        super().__init__()
        self.chosen = epoch

    def on_epoch_begin(self, epoch, logs=None):
        self.model.optimizer.learning_rate = 1e12 if epoch == self.chosen else 1e-3


@pytest.mark.parametrize("memory", [None, 1e-9])  # GiB: in memory, and read from disk
def test_the_step_is_found_and_the_model_before_is_kept(memory, x, tmp_path, monkeypatch):
    np.save(tmp_path / "x.npy", x)
    monkeypatch.setattr(checkpoints, "SECONDS", 0.0)  # states within the epoch that diverges must not be kept
    monkeypatch.setattr(training_runs, "write_atlas", lambda *_: None)
    out, options = tmp_path / "run", {"encoder": zukan.networks.MLP([8]), "batch_size": 8, "likelihood": "normal",
                  "memory": memory}
    located_errors = []

    def located(error, model, data, **options):
        exploding = Explode(options["epoch"])
        exploding.set_model(model)
        exploding.on_epoch_begin(options["epoch"])
        located_errors.append(divergence.located(error, model, data, **options))
        return located_errors[0]

    monkeypatch.setattr(training_runs, "located", located)
    with pytest.raises(zukan.InputError, match="the model after epoch 2 is kept, and zukan report"):
        zukan.train(tmp_path / "x.npy", out=out, epochs=4, callbacks=[Explode(2)], **options)
    step = located_errors[0].step
    steps = -(-len(zukan.Run.open(out).model.predict(zukan.data.load(tmp_path / "x.npy").train.x)) // 8)
    assert 2 * steps < step <= 3 * steps
    assert f"at step {step};" in str(located_errors[0])
    whole = zukan.train(tmp_path / "x.npy", out=tmp_path / "two", epochs=2, **options)
    for mine, theirs in zip(zukan.Run.open(out).model.trainable_variables, whole.model.trainable_variables, strict=True):
        np.testing.assert_array_equal(mine, theirs)


def advised(model, largest=1.0):
    stop = StopOnDivergence(largest=largest)
    stop.set_model(model)
    stop.on_epoch_begin(0)
    with pytest.raises(zukan.InputError) as caught:
        stop.on_train_batch_end(0, {"loss": np.nan})
    return str(caught.value)


def test_the_advice_fits_the_cause(make):
    model = make(likelihood="normal")
    assert "learning_rate of 0.0001 instead of 0.001 (--learning-rate 0.0001)" in advised(model)
    assert "the data reaches 5000, so bring it to a spread near 1" in advised(model, 5e3)
    tight = make(likelihood={"name": "normal", "scale": 0.01})
    assert "scale of 0.01 makes an error of 1 cost 5,000 nats" in advised(tight)
    decayed = make(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.5, 10)))
    decayed.optimizer.iterations.assign(9)
    assert "learning_rate of 0.05 instead of 0.5" in advised(decayed)
    model.likelihood.log_var.assign(-19.0)
    assert "learned scale went to 7.5e-05, so fix it" in advised(model)


@keras.saving.register_keras_serializable("tests")
class Root(keras.layers.Layer):
    """A layer that returns NaN if its input is negative."""

    def call(self, x):
        return keras.ops.sqrt(x)


@pytest.mark.parametrize("half", ["encoder", "decoder"])
def test_a_layer_that_gives_no_number_is_the_cause(half, make, x):
    sound, faulty = (keras.Sequential([keras.layers.Dense(8), *more]) for more in ([], [Root()]))
    model = make(encoder=faulty if half == "encoder" else sound, decoder=faulty if half == "decoder" else sound)
    stop, error = StopOnDivergence(), divergence.DivergedError("unknown")
    error = divergence.located(error, model, x, epoch=0, batch_size=8, stop=stop)
    assert error.step == 1
    assert f"at step 1; the untrained {half} already returns it" in str(error)
    assert "no epoch was finished before" in str(error)


def test_a_loss_that_explodes_stops_the_training(make):
    stop = StopOnDivergence("r")
    stop.set_model(make())
    for epoch, loss in enumerate([500.0, 200.0, 2900.0]):
        stop.on_epoch_begin(epoch)
        stop.on_epoch_end(epoch, {"loss": loss})
    warming = StopOnDivergence("r")  # the loss may grow with the weight of the KL
    warming.set_model(make(objective={"name": "elbo", "beta": zukan.schedules.LinearWarmup(20)}))
    warming.on_epoch_begin(3)
    for loss in (2.0, 90_000.0):
        warming.on_epoch_end(3, {"loss": loss, "reconstruction": 2.0})
    with pytest.raises(zukan.InputError, match="the loss grew"):
        warming.on_epoch_end(3, {"loss": 1.0, "reconstruction": 90_000.0})
    stop.on_epoch_begin(3)
    with pytest.raises(zukan.InputError, match=r"the loss grew from 200 to 3100 nats in epoch 4 of run 'r'; .*after epoch 3 is kept, and zukan report r draws it"):
        stop.on_epoch_end(3, {"loss": 3100.0})


def test_callbacks_of_ones_own_and_an_early_end(x, tmp_path, monkeypatch):
    monkeypatch.setattr(training_runs, "write_atlas", lambda *_: None)
    stop = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, _: setattr(stop.model, "stop_training", epoch == 1))
    run = zukan.train(x, out=tmp_path / "run", epochs=9, encoder=zukan.networks.MLP([8]), callbacks=[stop])
    assert len(run.history["loss"]) == 2


def test_a_failed_file_is_told_once_and_the_next_training_of_its_folder_starts_anew(tmp_path):
    def fail():
        raise OSError("full")

    def train_badly():
        with background.finished(tmp_path):
            background.submit(tmp_path, fail)
            background.settle(tmp_path)
            background.submit(tmp_path / ".." / tmp_path.name, list)

    def interrupt():
        with background.finished(tmp_path):
            background.submit(tmp_path, lambda: (time.sleep(0.2), seen.append(2)))
            raise KeyboardInterrupt

    others, seen = threading.enumerate(), []
    with pytest.raises(OSError, match="full"):
        train_badly()
    background.submit(tmp_path, seen.append, 1)
    background.finish(tmp_path)
    assert seen == [1]
    with pytest.raises(KeyboardInterrupt):
        interrupt()
    assert seen == [1, 2]  # written before the block ended
    assert set(threading.enumerate()) <= set(others)
