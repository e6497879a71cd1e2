"""Training by a library call: what ends up in the run, for different models and data."""

import importlib
import sys

import keras
import numpy as np
import pytest

import zukan
from zukan import commands
from zukan.commands import training_runs
from zukan.runs import Run

TINY = {"epochs": 2, "batch_size": 8, "encoder": {"name": "mlp", "units": [8]}}


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def images(n=20, seed=0):
    """Return small gray images of two classes, and their labels."""
    rng, y = np.random.default_rng(seed), np.arange(n) % 2
    return rng.normal(np.where(y, 0.8, 0.2)[:, None, None], 0.1, (n, 5, 4)).clip(0, 1).astype("float32"), y


def stop_after(epochs):
    def stop(epoch, logs):
        if epoch + 1 == epochs:
            raise KeyboardInterrupt

    return keras.callbacks.LambdaCallback(on_epoch_end=stop)


def figures(run):
    return {path.stem for path in run.file("figures").iterdir()}


def check_finished(run):
    """Check what every finished run has, and return its metrics."""
    assert run.is_finished
    metrics = run.metrics
    assert metrics["test"]["elbo"] == pytest.approx(-(metrics["test"]["reconstruction"] + metrics["test"]["kl"]))
    assert len(run.history["loss"]) == run.recipe.epochs
    assert all(name and value for name, value in run.summary())
    assert figures(run) >= {"loss", "reconstructions", "map", "grid", "samples"}
    return metrics


# Whole runs, each with another combination of data and model

def test_images_with_labels_in_three_dimensions(tmp_path):
    lines = []
    run = zukan.train(images(), out=tmp_path / "run", latent_dim=3, **TINY, log=lines.append)
    metrics = check_finished(run)
    assert lines.pop(1).startswith("Likelihood: bernoulli, because all values lie in [0, 1]")
    assert lines == ["Reading arrays", "Training 2 epochs on 17 items", "Measuring", "Drawing"]
    assert len(metrics["latent"]["variance"]) == 3
    assert figures(run) >= {"pca", "traversals", "activity"}
    assert run.environment["format_version"] == 3
    assert len(run.environment["data"]["sha256"]) == 64


def test_vectors_without_labels_in_one_dimension(tmp_path):
    x, lines = np.random.default_rng(0).normal(3, 5, (30, 7)), []
    x_test = np.concatenate([x[:1], x[25:]])
    run = zukan.train({"x_train": x[:25], "x_test": x_test}, out=tmp_path / "run", latent_dim=1, **TINY, log=lines.append)
    metrics = check_finished(run)
    assert any(line.startswith("Likelihood: normal, because the values are real numbers") for line in lines)
    assert any("1 of 6 test items are also training items" in line for line in lines)
    assert Run.open(run.path).recipe.likelihood == "normal"
    assert not any("Bernoulli" in finding["what"] for finding in metrics["diagnosis"])
    assert len(metrics["latent"]["variance"]) == 1
    assert "classes" not in metrics
    assert not figures(run) & {"pca", "confusion"}


def test_a_mixture_prior_and_one_class(tmp_path):
    x, _ = images()
    run = zukan.train((x, np.full(len(x), 7)), out=tmp_path / "run", prior=zukan.priors.Mixture(components=2),
                      latent_dim=3, test_fraction=0.2, **TINY)
    metrics = check_finished(run)
    assert metrics["latent"]["kl_per_dimension"] is None
    assert metrics["classes"]["names"] == ["7"]
    assert metrics["classes"]["overlaps"] == []
    assert not figures(run) & {"activity", "between"}
    assert run.recipe.test_fraction == 0.2
    with np.load(run.file("data.npz")) as arrays:
        assert arrays["x"].shape == x.shape


def test_color_images_with_parts_given_as_objects(tmp_path):
    x = np.random.default_rng(0).integers(0, 256, (12, 5, 7, 3), "uint8")
    run = zukan.train({"x_train": x[:8], "x_test": x[8:]}, out=tmp_path / "run", epochs=1, decay="cosine",
                      encoder=zukan.networks.Conv((4,), units=8), objective=zukan.objectives.IWAE(k=2))
    metrics = check_finished(run)
    assert run.model.event_shape == (5, 7, 3)
    assert run.recipe.encoder == {
        "name": "conv", "filters": [4], "units": 8, "kernel_size": 3, "activation": "relu", "spectral_norm": False}
    assert Run.open(run.path).recipe == run.recipe
    assert metrics["formula"] == run.model.objective.formula()


def test_two_items_and_one_epoch(tmp_path):
    lines = []
    run = zukan.train(images(2), out=tmp_path / "run", **{**TINY, "epochs": 1}, log=lines.append)
    check_finished(run)
    assert "Training 1 epoch on 1 item" in lines
    assert "morph" not in figures(run)  # there is only one test item


def test_arrays_are_copied_and_the_run_can_be_resumed_and_moved(tmp_path):
    x, y = images()
    original, names = x.copy(), np.array(["cat", "dog"])[y]
    fields = {**TINY, "epochs": 3}
    whole = zukan.train((x, names), out=tmp_path / "whole", **fields)
    with pytest.raises(KeyboardInterrupt):
        zukan.train((x, names), out=tmp_path / "run", **fields, callbacks=[stop_after(1)])
    assert np.array_equal(x, original)
    x[:] = 0  # the run has its own copy
    run = commands.resume((tmp_path / "run").rename(tmp_path / "elsewhere"))  # no file points to the old place
    assert run.recipe.data == "data.npz"
    metrics = check_finished(run)
    for mine, theirs in zip(run.model.weights, whole.model.weights, strict=True):
        assert np.array_equal(mine, theirs)
    assert metrics == whole.metrics
    assert metrics["classes"]["names"] == ["cat", "dog"]
    with np.load(run.file("data.npz")) as arrays:
        assert np.array_equal(arrays["x"], original)
        assert arrays["y"].tolist() == names.tolist()


# The run folder

@pytest.fixture
def no_atlas(monkeypatch):
    """Skip evaluation and drawing."""
    monkeypatch.setattr(training_runs, "write_atlas", lambda *_: None)


def test_default_folders(no_atlas):
    fields = {**TINY, "epochs": 1}
    np.save("pile.npy", images()[0])
    assert [zukan.train("pile.npy", **fields).path.as_posix() for _ in range(2)] == ["runs/pile", "runs/pile-2"]
    assert zukan.train(images()[0], **fields).path.as_posix() == "runs/arrays"


def test_a_relative_path_can_be_resumed_from_every_folder(no_atlas, tmp_path, monkeypatch):
    np.save("pile.npy", images()[0])
    with pytest.raises(KeyboardInterrupt):
        zukan.train("pile.npy", out="run", **TINY, callbacks=[stop_after(1)])
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert len(commands.resume("../run").history["loss"]) == 2


def test_given_fields_replace_those_of_a_preset(no_atlas):
    run = zukan.train(images()[0], preset="map", **TINY)
    assert (run.recipe.decay, run.recipe.batch_size, run.recipe.epochs) == ("cosine", 8, 2)


def test_the_same_seed_gives_the_same_model(no_atlas):
    def weights(seed):
        return zukan.train(images(), **{**TINY, "epochs": 1}, seed=seed).model.get_weights()

    first, second, third = weights(1), weights(1), weights(2)
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(first, third, strict=True))


def test_force_replaces_a_run(no_atlas, tmp_path):
    out = tmp_path / "run"
    zukan.train(images()[0], out=out, **TINY)
    with pytest.raises(zukan.InputError, match="--force"):
        zukan.train(images()[0], out=out, **TINY)
    run = zukan.train(images()[0], out=out, force=True, **{**TINY, "epochs": 1})
    assert len(run.history["loss"]) == 1
    assert [path.name for path in run.file("checkpoints").iterdir()] == ["epoch-00001.npz"]


@pytest.mark.parametrize("name", commands.__all__)
def test_each_command_is_a_function_of_its_name(name, monkeypatch):
    monkeypatch.delitem(sys.modules, f"zukan.commands.{name}", raising=False)
    importlib.import_module(f"zukan.commands.{name}")  # which must not put the module in the place of the function
    function = getattr(commands, name)
    assert (function.__name__, function.__module__) == (name, f"zukan.commands.{name}")


def test_an_unknown_command():
    with pytest.raises(AttributeError, match="no attribute 'trian'"):
        commands.trian  # noqa: B018
