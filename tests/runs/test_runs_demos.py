"""The trained models that come with zukan."""

import pytest

import zukan
from zukan.cli import options
from zukan.runs import demos


@pytest.mark.parametrize("name", demos.DEMOS)
def test_a_demo_is_a_run_with_a_trained_model_and_its_numbers(name):
    run = zukan.demo(name)
    assert run.recipe.data == "mnist"
    assert run.model.sample(2).shape == (2, 28, 28, 1)
    assert run.model.latent_dim == run.recipe.latent_dim
    assert not run.model.compiled  # the state of an optimizer would triple the size
    assert run.metrics["classes"]["knn_accuracy"] > 0.7
    assert len(run.history["loss"]) == run.recipe.epochs


def test_they_are_small_and_hold_no_path_of_the_machine():
    files = [path for path in demos.FOLDER.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 5e6
    for path in files:
        assert b"/tmp/" not in path.read_bytes()
        assert b"/home/" not in path.read_bytes()


def test_the_command_takes_a_run_or_the_name_of_a_demo(tmp_path):
    assert options.chosen_run(tmp_path, demo=False) == tmp_path
    assert options.chosen_run(None, demo=True) == demos.FOLDER / "map"
    assert options.chosen_run("sharp", demo=True) == demos.FOLDER / "sharp"
    with pytest.raises(zukan.InputError, match="RUN must be given"):
        options.chosen_run(None, demo=False)
    with pytest.raises(zukan.InputError, match="did you mean 'sharp'"):
        zukan.demo("sharpe")
