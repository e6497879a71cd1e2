"""The run folder: created as a whole, checked when it is opened."""

import json
import os
import stat

import numpy as np
import pytest

import zukan
from zukan import Run
from zukan.runs import environment
from zukan.training.recipe import Recipe


def create(path, **options):
    return Run.create(path, Recipe(epochs=3), {"backend": "jax"}, **options)


def test_create_and_open(tmp_path):
    run = create(tmp_path / "deep" / "run", arrays={"x_train": np.ones((2, 3), "float32")})
    assert {path.name for path in run.path.iterdir()} == {"recipe.toml", "environment.json", "data.npz"}
    again = Run.open(str(run.path))
    assert again.recipe == Recipe(epochs=3)
    assert again.environment == {"backend": "jax"}
    assert again.history == {}
    assert not again.is_finished
    assert repr(again) == f"Run({str(run.path)!r})"
    with np.load(run.file(Run.DATA)) as arrays:
        assert np.array_equal(arrays["x_train"], np.ones((2, 3)))
    assert list((tmp_path / "deep").iterdir()) == [run.path]


def test_the_folder_has_the_permissions_of_any_new_folder(tmp_path):
    (tmp_path / "plain").mkdir()
    run = create(tmp_path / "run")
    assert stat.S_IMODE(run.path.stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)


def test_the_umask_stays_as_it_was(tmp_path):
    before = os.umask(0o027)
    try:
        create(tmp_path / "run")
        now = os.umask(0o027)
    finally:
        os.umask(before)
    assert now == 0o027


def test_an_empty_folder_is_free(tmp_path):
    (tmp_path / "run").mkdir()
    assert create(tmp_path / "run").file("recipe.toml").exists()


def test_only_force_replaces_a_run(tmp_path):
    run = create(tmp_path / "run")
    run.file("model.keras").write_bytes(b"old")
    with pytest.raises(zukan.InputError, match="--force"):
        create(run.path)
    assert run.file("model.keras").read_bytes() == b"old"
    create(run.path, force=True)
    assert not run.file("model.keras").exists()


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_that_is_not_a_run_is_never_replaced(force, tmp_path):
    (tmp_path / "photo.png").touch()
    with pytest.raises(zukan.InputError, match="neither"):
        create(tmp_path, force=force)
    assert [path.name for path in tmp_path.iterdir()] == ["photo.png"]


def test_a_failure_keeps_the_earlier_run(tmp_path):
    run = create(tmp_path / "run")
    with pytest.raises(TypeError):
        Run.create(run.path, Recipe(), {"not JSON": object()}, force=True)
    assert Run.open(run.path).recipe == Recipe(epochs=3)
    assert list(tmp_path.iterdir()) == [run.path]


@pytest.mark.parametrize("name", ["metrics.json", "model.keras"])
def test_an_unfinished_run_has_no_results(name, tmp_path):
    run = create(tmp_path / "run")
    with pytest.raises(zukan.InputError, match=rf"no {name}.*zukan resume"):
        run.metrics if name == "metrics.json" else run.model  # noqa: B018


def test_the_source_of_the_data(tmp_path):
    assert create(tmp_path / "a").source == "mnist"
    run = Run.create(tmp_path / "b", Recipe(data="data.npz"), {}, arrays={"x": np.ones(2)})
    assert run.source == str(run.path / "data.npz")


def test_the_default_folder_is_the_first_that_does_not_exist(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    paths = []
    for data in ("mnist", "data/pile.npy", tmp_path / "pile.csv", "pile", np.ones(3)):
        paths.append(Run.default_path(data))
        paths[-1].mkdir(parents=True)
    assert [path.as_posix() for path in paths] == ["runs/mnist", "runs/pile", "runs/pile-2", "runs/pile-3", "runs/arrays"]


def test_the_summary_of_a_run(tmp_path):
    run = create(tmp_path / "run")
    classes = {"names": ["cat", "dog", "cow"], "neighbors": 15, "knn_accuracy": 0.75,
               "overlaps": [{"a": 0, "b": 2, "share": 0.25}, {"a": 0, "b": 1, "share": 0.0}]}
    metrics = {"test": {"elbo": -150.26, "reconstruction": 144.0, "kl": 6.26},
               "latent": {"active_units": 1, "variables": ["z0", "z1"], "variance": [0.9, 0.0]}, "classes": classes}
    run.file(Run.METRICS).write_text(json.dumps(metrics))
    assert run.summary() == [
        ("test −ELBO", "150.3 nats per item (reconstruction 144.0, KL 6.3)"), ("active units", "1 of 2"),
        ("15-NN accuracy", "0.750"), ("largest overlaps", "cat–cow")]


def test_the_environment_is_recorded():
    dataset = zukan.data.load(np.arange(20, dtype="uint8").reshape(10, 2))
    record = environment.record(dataset)
    assert json.loads(json.dumps(record)) == record
    assert record["format_version"] == 3
    assert record["backend"] == "jax"
    assert record["packages"]["numpy"] == np.__version__
    assert record["devices"]
    assert record["data"]["sha256"] == dataset.provenance["sha256"]
    assert record["scaling"]["factor"] == 255
    assert record["columns"] is None
