"""What the commands do, called from Python."""

import json

import keras
import numpy as np
import pytest

import zukan
from zukan import workflows

TINY = {"epochs": 2, "batch_size": 8, "encoder": {"name": "mlp", "units": [8]}}


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def grey(n=20, seed=0):
    """Small images in two classes."""
    rng, y = np.random.default_rng(seed), np.arange(n) % 2
    return rng.normal(np.where(y, 0.8, 0.2)[:, None, None], 0.1, (n, 5, 4)).clip(0, 1).astype("float32"), y


def stop_after(epochs):
    def stop(epoch, logs):
        if epoch + 1 == epochs:
            raise KeyboardInterrupt

    return keras.callbacks.LambdaCallback(on_epoch_end=stop)


def figures(run):
    return {path.stem for path in run.file("figures").iterdir()}


def finished(run):
    assert workflows.is_finished(run)
    metrics = run.metrics
    assert metrics["test"]["elbo"] == pytest.approx(-(metrics["test"]["reconstruction"] + metrics["test"]["kl"]))
    assert len(run.history["loss"]) == run.recipe.epochs
    for name, value in workflows.summary(run):
        assert name
        assert value
    assert figures(run) >= {"loss", "reconstructions", "map", "grid", "samples"}
    return metrics


def test_arrays_are_copied_and_resumable(tmp_path):
    x, y = grey()
    before = x.copy()
    names = np.array(["cat", "dog"])[y]
    arguments = {"out": tmp_path / "run", **TINY, "epochs": 3}
    whole = zukan.train((x, names), **{**arguments, "out": tmp_path / "whole"})
    with pytest.raises(KeyboardInterrupt):
        zukan.train((x, names), **arguments, callbacks=[stop_after(1)])
    assert np.array_equal(x, before)
    x[:] = 0  # the run has its own copy
    run = workflows.resume(tmp_path / "run")
    assert run.recipe.data == "data.npz"
    finished(run)
    for mine, theirs in zip(run.model.weights, whole.model.weights, strict=True):
        assert np.array_equal(mine, theirs)
    assert run.metrics == whole.metrics
    assert run.metrics["classes"]["names"] == ["cat", "dog"]
    with np.load(run.file("data.npz")) as arrays:
        assert np.array_equal(arrays["x"], before)
        assert arrays["y"].tolist() == names.tolist()
    moved = tmp_path / "elsewhere"
    run.path.rename(moved)  # nothing in it points to where it was
    (moved / "index.html").unlink()
    workflows.resume(moved)


def test_an_object_part_is_written_down(tmp_path):
    run = zukan.train(grey()[0], out=tmp_path / "run", epochs=1, encoder=zukan.networks.MLP([8]),
                      objective=zukan.objectives.IWAE(k=2), decay="cosine")
    assert run.recipe.encoder == {"name": "mlp", "units": [8], "activation": "relu"}
    assert zukan.Run.open(run.path).recipe == run.recipe
    assert "classes" not in finished(run)
    assert "confusion" not in figures(run)
    assert run.metrics["formula"] == run.model.objective.formula()


@pytest.mark.parametrize("latent_dim", [1, 3])
def test_latent_dim(latent_dim, tmp_path):
    run = zukan.train(grey(), out=tmp_path / "run", latent_dim=latent_dim, **TINY)
    metrics = finished(run)
    assert len(metrics["latent"]["variance"]) == latent_dim
    assert {"pca", "traversals", "activity"} <= figures(run) if latent_dim == 3 else "pca" not in figures(run)


def test_vectors_with_a_normal_likelihood(tmp_path):
    x = np.random.default_rng(0).normal(3, 5, (30, 7))
    run = zukan.train(x, out=tmp_path / "run", likelihood="normal", test_fraction=0.2, **TINY)
    metrics = finished(run)
    assert not any("Bernoulli" in warning for warning in metrics["warnings"])
    with np.load(run.file("data.npz")) as arrays:
        assert arrays["x"].shape == (30, 7)
    assert run.recipe.test_fraction == 0.2


def test_a_mixture_prior(tmp_path):
    run = zukan.train(grey(), out=tmp_path / "run", prior=zukan.priors.Mixture(components=2), latent_dim=3, **TINY)
    assert finished(run)["latent"]["kl_per_dimension"] is None
    assert "activity" not in figures(run)


def test_one_class(tmp_path):
    x, _ = grey()
    run = zukan.train((x, np.full(len(x), 7)), out=tmp_path / "run", **TINY)
    assert finished(run)["classes"]["names"] == ["7"]
    assert run.metrics["classes"]["overlaps"] == []
    assert "between" not in figures(run)


def test_two_items_and_one_epoch(tmp_path):
    x, y = grey(2)
    run = zukan.train((x, y), out=tmp_path / "run", **{**TINY, "epochs": 1})
    finished(run)
    assert "morph" not in figures(run)  # one test item


def test_colour_images_with_convolutions(tmp_path):
    x = np.random.default_rng(0).integers(0, 256, (12, 5, 7, 3), "uint8")
    run = zukan.train({"x_train": x[:8], "x_test": x[8:]}, out=tmp_path / "run", epochs=1,
                      encoder=zukan.networks.Conv([4], units=8))
    finished(run)
    assert run.model.event_shape == (5, 7, 3)


@pytest.fixture
def undrawn(monkeypatch):
    """Leave the measuring and drawing out."""
    monkeypatch.setattr(workflows, "_atlas", lambda *_: None)


def test_names_of_runs(undrawn, tmp_path):
    np.save("pile.npy", grey()[0])
    assert [str(zukan.train("pile.npy", **TINY).path) for _ in range(3)] == ["runs/pile", "runs/pile-2", "runs/pile-3"]
    assert str(zukan.train(grey()[0], **TINY).path) == "runs/arrays"
    assert [path.name for path in sorted((tmp_path / "runs").iterdir())] == ["arrays", "pile", "pile-2", "pile-3"]
    assert workflows.fresh("mnist").as_posix() == "runs/mnist"


def test_a_path_is_kept_so_that_it_holds_from_every_folder(undrawn, tmp_path, monkeypatch):
    np.save("pile.npy", grey()[0])
    with pytest.raises(KeyboardInterrupt):
        zukan.train("pile.npy", out="run", **TINY, callbacks=[stop_after(1)])
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert len(workflows.resume("../run").history["loss"]) == 2


def test_a_preset_and_what_overrides_it(undrawn):
    run = zukan.train(grey()[0], preset="wide", **TINY)
    assert (run.recipe.latent_dim, run.recipe.batch_size, run.recipe.epochs) == (20, 8, 2)


def test_the_same_seed_gives_the_same_model(undrawn):
    def weights(seed):
        return zukan.train(grey(), **TINY, seed=seed).model.get_weights()

    first, second, third = weights(1), weights(1), weights(2)
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(first, third, strict=True))


def test_stages_are_told(tmp_path):
    told = []
    run = zukan.train(grey(), out=tmp_path / "run", **TINY, tell=told.append)
    assert told.pop(1).startswith("Likelihood: bernoulli, since all values lie in [0, 1]")
    assert told == ["Reading arrays", "Training 2 epochs on 17 items", "Measuring", "Drawing"]
    del told[:]
    workflows.redraw(run.path, tell=told.append)
    assert told == [f"Reading {run.file('data.npz')}", "Measuring", "Drawing"]


def test_provenance_is_recorded(undrawn):
    x, y = grey()
    run = zukan.train((x, y), **TINY)
    environment = json.loads(run.file("environment.json").read_text())
    assert environment["format_version"] == 2
    assert len(environment["data"]["sha256"]) == 64


def test_force_replaces_a_run(undrawn, tmp_path):
    out = tmp_path / "run"
    zukan.train(grey()[0], out=out, **TINY)
    with pytest.raises(zukan.InputError, match="--force"):
        zukan.train(grey()[0], out=out, **TINY)
    run = zukan.train(grey()[0], out=out, force=True, **{**TINY, "epochs": 1})
    assert len(run.history["loss"]) == 1
    assert [path.name for path in run.file("checkpoints").iterdir()] == ["epoch-00001.npz"]
