"""What a search draws from: how it is written, what is refused, and which recipes it gives."""

import optuna
import pytest

import zukan
from zukan.cli.tuning import parse_search
from zukan.training.recipe import Recipe
from zukan.tuning.defaults import default_search
from zukan.tuning.space import Choices, Range, apply, numbers, parse, suggest

RECIPE = Recipe()


def test_ranges_and_choices():
    space = parse({"latent_dim": "2..32", "learning_rate": "1e-4..1e-2:log", "beta": "1..4", "prior": ["normal", {"name": "mixture", "components": 3}],
                   "encoder": 'mlp,{name="mlp", units=[8, 4]}', "batch_size": "16, 32", "objective": 'elbo,{name="iwae", k=3}', "objective.k": "2..9"},
                  RECIPE)
    assert space["latent_dim"] == Range(2, 32, log=False, whole=True)
    assert space["learning_rate"] == Range(1e-4, 1e-2, log=True, whole=False)
    assert space["beta"] == Range(1.0, 4.0, log=False, whole=False)
    assert space["objective.k"] == Range(2, 9, log=False, whole=True)
    assert space["prior"] == Choices(("normal", '{name = "mixture", components = 3}'))
    assert space["encoder"] == Choices(("mlp", '{name="mlp", units=[8, 4]}'))
    assert space["batch_size"] == Choices(("16", "32"))
    assert parse({field: str(values) for field, values in space.items()}, RECIPE) == space


def test_a_recipe_has_what_was_drawn_and_only_what_its_parts_have():
    space = parse({"beta": "2..3", "encoder": 'mlp,{name="mlp", units=[8, 4]}', "objective": 'elbo,{name="iwae", m=2}', "objective.k": "2..9"}, RECIPE)
    drawn = {"encoder": '{name="mlp", units=[8, 4]}', "beta": 2.5, "objective.k": 4}
    elbo = suggest(optuna.trial.FixedTrial({**drawn, "objective": "elbo"}), space, RECIPE)
    iwae = suggest(optuna.trial.FixedTrial({**drawn, "objective": '{name="iwae", m=2}'}), space, RECIPE)
    assert "objective.k" not in elbo
    assert "beta" not in iwae
    assert apply(RECIPE, elbo).changes == {"encoder": {"name": "mlp", "units": [8, 4]}, "beta": 2.5}
    assert apply(RECIPE, iwae).changes == {"encoder": {"name": "mlp", "units": [8, 4]}, "objective": {"name": "iwae", "m": 2, "k": 4}}


def test_the_numbers_in_which_models_of_one_program_differ():
    space = parse({"beta": "1..2", "learning_rate": "1e-4..1e-2", "latent_dim": "2..4", "seed": "0,1", "objective": "elbo,factor",
                   "objective.gamma": "1..9", "objective.units": "4..8"}, RECIPE)
    assert numbers(space, RECIPE) == {"beta", "learning_rate", "seed", "objective.gamma"}


@pytest.mark.parametrize(("search", "says"), [
    ({}, "at least one field"), ({"latent_dims": "2..4"}, "did you mean 'latent_dim'"), ({"latent_dim": "4..2"}, "a low end and a higher end"),
    ({"latent_dim": "0..4"}, "latent_dim must be a whole number of at least 1"), ({"latent_dim": "2.5..4"}, "range of whole numbers"),
    ({"beta": "0..2:log"}, "a low end above 0"), ({"beta": "a..b"}, "range of numbers"), ({"prior": "normal,normal"}, "different choices"),
    ({"prior": "normal,"}, "different choices"), ({"prior": "normal,vampp"}, "did you mean 'vamp'"), ({"prior": 3}, "a range or choices"),
    ({"scaling": "none,standard"}, "would not be comparable"), ({"data": "a,b"}, "a field of search"), ({"epochs": "2..4"}, "which is 7"),
    ({"objective.gama": "1..2"}, "an argument of objective"), ({"decoder.units": "[4],[8]"}, "add --decoder"), ({"priors.k": "1..2"}, "a part in search")])
def test_a_search_that_is_refused(search, says):
    with pytest.raises(zukan.InputError, match=says):
        parse(search, Recipe(epochs=7), {"epochs"})


@pytest.mark.parametrize(("shape", "recipe"), [((28, 28, 1), RECIPE), ((8, 8, 3), RECIPE), ((6,), RECIPE), ((20, 2), RECIPE),
                                               ((6,), Recipe(posterior="vq")), ((6,), Recipe(objective="factor")), ((6,), Recipe(beta=0.5))])
def test_the_default_search_is_valid(shape, recipe):
    search = default_search(recipe, shape, {"learning_rate"})
    space = parse(search, recipe, {"learning_rate"})
    assert {"encoder", "latent_dim"} <= space.keys()
    assert ("objective" in space) == (recipe == RECIPE)
    assert ("conv" in search["encoder"]) == (shape in {(28, 28, 1), (20, 2)})


def test_a_search_in_a_file_and_in_words(tmp_path):
    (tmp_path / "s.toml").write_text('latent_dim = "2..4"\nprior = ["normal", "vamp"]\n[objective]\nk = "2..5"\n')
    assert parse_search([str(tmp_path / "s.toml"), "beta=1..2"]) == {"latent_dim": "2..4", "prior": ["normal", "vamp"], "objective.k": "2..5",
                                                                   "beta": "1..2"}
    assert parse_search([]) is None
    with pytest.raises(zukan.InputError, match="'beta' twice"):
        parse_search(["beta=1..2", "beta=1..3"])
    with pytest.raises(zukan.InputError, match="a TOML file"):
        parse_search(["latent_dim"])
