"""The run folder: made whole, opened with care."""

import json
import os
import stat

import numpy as np
import pytest

import zukan
from zukan import Run
from zukan.training.recipe import Recipe


def made(path, **options):
    return Run.create(path, Recipe(epochs=3), {"backend": "jax"}, **options)


def test_created_and_opened(tmp_path):
    run = made(tmp_path / "deep" / "run", arrays={"x_train": np.ones((2, 3), "float32")})
    assert {path.name for path in run.path.iterdir()} == {"recipe.toml", "environment.json", "data.npz"}
    again = Run.open(str(run.path))
    assert again.recipe == Recipe(epochs=3)
    assert again.environment == {"backend": "jax"}
    assert again.history == {}
    assert repr(again) == f"Run({str(run.path)!r})"
    with np.load(run.file("data.npz")) as arrays:
        assert np.array_equal(arrays["x_train"], np.ones((2, 3)))
    assert list((tmp_path / "deep").iterdir()) == [run.path]


def test_the_folder_has_the_permissions_of_any_new_folder(tmp_path):
    (tmp_path / "plain").mkdir()
    assert stat.S_IMODE(made(tmp_path / "run").path.stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)


def test_the_mask_is_left_as_it_was(tmp_path):
    before = os.umask(0o027)
    try:
        made(tmp_path / "run")
        now = os.umask(0o027)
    finally:
        os.umask(before)
    assert now == 0o027


def test_an_empty_folder_is_free(tmp_path):
    (tmp_path / "run").mkdir()
    assert made(tmp_path / "run").file("recipe.toml").exists()


def test_a_run_is_replaced_by_force_alone(tmp_path):
    run = made(tmp_path / "run")
    run.file("model.keras").write_bytes(b"old")
    with pytest.raises(zukan.InputError, match="--force"):
        made(run.path)
    assert run.file("model.keras").read_bytes() == b"old"
    made(run.path, force=True)
    assert not run.file("model.keras").exists()


@pytest.mark.parametrize("force", [False, True])
def test_what_is_no_run_is_never_replaced(force, tmp_path):
    (tmp_path / "photo.png").touch()
    with pytest.raises(zukan.InputError, match="neither"):
        made(tmp_path, force=force)
    assert [path.name for path in tmp_path.iterdir()] == ["photo.png"]


def test_a_failure_leaves_the_earlier_run(tmp_path):
    run = made(tmp_path / "run")
    with pytest.raises(TypeError):
        Run.create(run.path, Recipe(), {"not JSON": object()}, force=True)
    assert Run.open(run.path).recipe == Recipe(epochs=3)
    assert list(tmp_path.iterdir()) == [run.path]


@pytest.mark.parametrize("name", ["metrics.json", "model.keras"])
def test_what_an_unfinished_run_lacks(name, tmp_path):
    run = made(tmp_path / "run")
    with pytest.raises(zukan.InputError, match=rf"no {name}.*zukan resume"):
        run.metrics if name == "metrics.json" else run.model  # noqa: B018


def test_the_source_of_the_data(tmp_path):
    assert made(tmp_path / "a").source == "mnist"
    run = Run.create(tmp_path / "b", Recipe(data="data.npz"), {}, arrays={"x": np.ones(2)})
    assert run.source == str(run.path / "data.npz")


def test_environment():
    from zukan.runs.environment import environment

    found = environment()
    assert json.loads(json.dumps(found)) == found
    assert found["backend"] == "jax"
    assert found["packages"]["numpy"] == np.__version__
    assert found["devices"]
