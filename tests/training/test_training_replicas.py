"""Models trained together equal the same models trained alone, in all ways in which they can differ."""

import json
import shutil
import signal

import keras
import numpy as np
import pytest

import zukan
from blobs import blobs
from zukan import commands
from zukan.commands import training_runs
from zukan.networks import convolutions
from zukan.rates import CosineDecay
from zukan.runs.data import reload
from zukan.training import replicas
from zukan.training.recipe import Recipe
from zukan.training.variants import variants

X = blobs(43)  # batches of 8: five and a rest
HELD_OUT = blobs(21, seed=1)


class Logs(keras.callbacks.Callback):
    """Keep each epoch's logs, and the learning rate that callbacks read."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append({"epoch": epoch, **logs})


def cosine(rate):
    return keras.optimizers.Adam(CosineDecay(rate, 18))


DIFFERENCES = {
    "seeds": [{"seed": 0}, {"seed": 1}, {"seed": 5}],
    "beta": [{"objective": zukan.objectives.ELBO(beta=beta)} for beta in (0.0, 1.0, 4.0)],
    "a warm-up to several betas": [
        {"objective": zukan.objectives.ELBO(beta=zukan.schedules.LinearWarmup(9, value=beta))} for beta in (0.5, 2.0)],
    "free bits, none among them": [{"objective": zukan.objectives.ELBO(free_bits=bits)} for bits in (0.0, 0.5, 1.0)],
    "learning rate": [{"optimizer": keras.optimizers.Adam, "rate": rate} for rate in (1e-3, 1e-2)],
    "learning rate that decays": [{"optimizer": cosine, "rate": rate, "seed": i} for i, rate in enumerate((1e-3, 0.05))],
}


def built(make, options):
    options = dict(options)
    optimizer, rate = options.pop("optimizer", keras.optimizers.Adam), options.pop("rate", 1e-2)
    return make(optimizer(rate), **options)


@pytest.mark.parametrize(("case", "device"), [
    *((case, "cpu") for case in DIFFERENCES),  # one model after the other
    ("seeds", "gpu"), ("free bits, none among them", "gpu")])  # all as one program
def test_each_model_equals_its_own_fit(case, device, make, monkeypatch):
    alone, logs = [built(make, options) for options in DIFFERENCES[case]], []
    for vae in alone:
        history = vae.fit(X, epochs=3, batch_size=8, validation_data=HELD_OUT, verbose=0)
        logs.append(history.history)
    models = [built(make, options) for options in DIFFERENCES[case]]
    own = [Logs() for _ in models]
    monkeypatch.setattr(replicas.jax, "default_backend", lambda: device)
    replicas.fit(models, X, HELD_OUT, epochs=3, batch_size=8, callbacks=[[callback] for callback in own])
    for vae, wanted, history, seen in zip(models, alone, logs, own, strict=True):
        for weight, goal in zip(vae.get_weights(), wanted.get_weights(), strict=True):
            np.testing.assert_allclose(weight, goal, rtol=1e-5, atol=1e-6)
        assert [row["epoch"] for row in seen.seen] == [0, 1, 2]
        assert set(history) == set(seen.seen[0]) - {"epoch"}
        for name, values in history.items():
            np.testing.assert_allclose([row[name] for row in seen.seen], values, rtol=1e-5, atol=1e-6)
        assert int(vae.optimizer.iterations) == int(wanted.optimizer.iterations) == 18
    first, *others = [vae.get_weights()[0] for vae in models]
    assert all(np.abs(first - other).max() > 1e-4 for other in others)  # they did differ


def test_models_hold_their_own_numbers_afterwards(make):
    models = [built(make, options) for options in DIFFERENCES["free bits, none among them"]]
    replicas.fit(models, X, HELD_OUT, epochs=1, batch_size=8, callbacks=[[]] * 3)
    assert [vae.objective.free_bits for vae in models] == [0.0, 0.5, 1.0]


@pytest.fixture
def _interruptible():
    """A shell that starts the tests in the background makes them ignore SIGINT."""
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, previous)


@pytest.mark.usefixtures("_interruptible")
def test_ctrl_c_ends_all_models_between_two_items_with_the_state_that_they_have(make):
    class Press(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            signal.raise_signal(signal.SIGINT)

    models = [make(seed=seed) for seed in (0, 1)]
    before = [vae.get_weights()[0] for vae in models]
    with pytest.raises(KeyboardInterrupt):
        replicas.fit(models, X, HELD_OUT, epochs=2, batch_size=8, callbacks=[[Press()], []])
    assert {int(vae.optimizer.iterations) for vae in models} == {1}  # an item is one step here
    assert all(not np.array_equal(vae.get_weights()[0], old) for vae, old in zip(models, before, strict=True))


def test_callbacks_for_all_see_averages(make):
    models, own, together = [make(seed=seed) for seed in (0, 1)], [Logs(), Logs()], Logs()
    replicas.fit(models, X, HELD_OUT, epochs=2, batch_size=8, callbacks=[[callback] for callback in own], together=[together])
    for first, second, mean in zip(own[0].seen, own[1].seen, together.seen, strict=True):
        assert mean["loss"] == pytest.approx((first["loss"] + second["loss"]) / 2)
        assert first["loss"] != second["loss"]


def test_variants_are_named_by_what_differs():
    recipes = variants(Recipe(seed=3), 2, {"beta": [0.5, 4], "learning_rate": [1e-4]})
    assert list(recipes) == [f"beta={beta},learning_rate=0.0001,seed={seed}" for beta in ("0.5", "4") for seed in (3, 4)]
    assert {(plan.beta, plan.seed) for plan in recipes.values()} == {(0.5, 3), (0.5, 4), (4.0, 3), (4.0, 4)}
    assert {plan.split_seed for plan in recipes.values()} == {3}  # all see one split
    assert [plan.seed for plan in variants(Recipe(), [7, 2], None).values()] == [7, 2]


@pytest.mark.parametrize(("seeds", "sweep", "says"), [
    (None, None, "seeds or sweep"), (0, None, "seeds must be"), (None, {"epochs": [1, 2]}, "free_bits"),
    (None, {"beta": []}, "beta must be swept"), (None, {"beta": [1, 1.0]}, "differ"), ([1, 1], None, "differ"),
    (None, {"beta": "1,2"}, "differ"), (None, {"beta": [1, -2]}, "beta must"), (True, None, "seeds must be")])
def test_variants_refuse(seeds, sweep, says):
    with pytest.raises(zukan.InputError, match=says):
        variants(Recipe(), seeds, sweep)


SMALL = {"encoder": {"name": "mlp", "units": [4]}, "batch_size": 8, "epochs": 3}


@pytest.fixture(scope="module")
def arrays():
    return {"x_train": blobs(40, (4, 4)), "x_test": blobs(16, (4, 4), seed=1)}


@pytest.fixture(scope="module")
def many(arrays, tmp_path_factory):
    out = tmp_path_factory.mktemp("many")
    return zukan.train_many(arrays, sweep={"beta": [0.5, 2]}, seeds=2, out=out, **SMALL)


def test_every_run_is_whole_and_equals_train(many, arrays, tmp_path):
    assert [run.path.name for run in many] == ["beta=0.5,seed=0", "beta=0.5,seed=1", "beta=2,seed=0", "beta=2,seed=1"]
    last = many[-1]
    assert last.file("index.html").exists()
    alone = zukan.train(arrays, out=tmp_path / "alone", beta=2.0, seed=1, split_seed=0, **SMALL)
    assert last.recipe == alone.recipe
    assert last.history.keys() == alone.history.keys()
    for name in {"loss", "elbo", "kl", "val_reconstruction", "beta"} & alone.history.keys():
        assert last.history[name] == pytest.approx(alone.history[name], rel=1e-5)
    assert last.metrics["test"]["elbo"] == pytest.approx(alone.metrics["test"]["elbo"], rel=1e-5)


def test_a_stopped_training_of_many_resumes_one_by_one(many, arrays, tmp_path, monkeypatch):
    monkeypatch.setattr(training_runs, "write_atlas", lambda *_: None)

    class Stop(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        zukan.train_many(arrays, sweep={"beta": [0.5, 2]}, seeds=2, out=tmp_path, callbacks=[Stop()], **SMALL)
    for whole in many:
        resumed = commands.resume(tmp_path / whole.path.name)
        for weight, goal in zip(resumed.model.get_weights(), whole.model.get_weights(), strict=True):
            np.testing.assert_allclose(weight, goal, rtol=1e-5, atol=1e-6)


def test_the_split_of_data_without_a_test_set_is_shared(tmp_path, monkeypatch):
    monkeypatch.setattr(training_runs, "write_atlas", lambda *_: None)
    x = blobs(30, (4, 4))
    first, second = zukan.train_many(x, seeds=2, out=tmp_path, **{**SMALL, "epochs": 1})
    held_out = [reload(run).test.x for run in (first, second)]
    np.testing.assert_array_equal(*held_out)


def test_models_whose_epochs_do_not_compile_train_one_by_one(arrays, tmp_path, monkeypatch):
    monkeypatch.setattr(replicas, "fit", None)  # would be a TypeError
    monkeypatch.setattr(convolutions, "LARGEST", 0)  # leaves convolutions to XLA
    runs = zukan.train_many(arrays, seeds=2, out=tmp_path, encoder={"name": "conv", "filters": [2]}, latent_dim=2,
                            batch_size=8, epochs=1)
    assert all(run.file("index.html").exists() for run in runs)


def test_nothing_is_written_where_a_run_is_in_the_way(many, arrays, tmp_path):
    shutil.copytree(many[1].path, tmp_path / "seed=1")
    with pytest.raises(zukan.InputError, match="seed=1"):
        zukan.train_many(arrays, seeds=2, out=tmp_path, **SMALL)
    assert [path.name for path in tmp_path.iterdir()] == ["seed=1"]
    with pytest.raises(zukan.InputError, match="one run"):
        zukan.train_many(arrays, seeds=2, out=many[0].path, **SMALL)


@pytest.mark.parametrize("compiled", [True, False])
def test_a_model_that_diverges_does_not_stop_the_others(compiled, arrays, tmp_path, monkeypatch):
    monkeypatch.setattr(training_runs, "write_atlas", lambda *_: None)
    if not compiled:
        monkeypatch.setattr(zukan.VAE, "compiles_epochs", lambda *_: False)
    with pytest.raises(zukan.InputError, match=r"became .* of run .*learning_rate=1e\+20.* at step 2; .*; "
                                               r"so did learning_rate=1e\+30; 1 of 3 runs are finished$") as caught:
        zukan.train_many(arrays, sweep={"learning_rate": [1e20, 1e-3, 1e30]}, out=tmp_path, **SMALL)
    assert "\n" not in str(caught.value)
    alone = zukan.train(arrays, out=tmp_path / "alone", learning_rate=1e-3, **SMALL)
    sound = zukan.Run.open(tmp_path / "learning_rate=0.001")
    for mine, theirs in zip(sound.model.trainable_variables, alone.model.trainable_variables, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-6)
    assert len(sound.history["loss"]) == SMALL["epochs"]
    assert not (tmp_path / "learning_rate=1e+20" / "model.keras").exists()


def test_comparison(many):
    comparison = commands.compare(many)
    assert comparison.differing == ["beta", "seed"]
    assert comparison.recipes == [["0.5", "0"], ["0.5", "1"], ["2", "0"], ["2", "1"]]
    metrics = json.loads(many[2].file("metrics.json").read_text("utf-8"))
    columns, rows = comparison.results
    assert columns[0] == "test −ELBO"
    assert rows[2][0] == f"{-metrics['test']['elbo']:.2f}"
    with pytest.raises(zukan.InputError, match="got none"):
        commands.compare([])
