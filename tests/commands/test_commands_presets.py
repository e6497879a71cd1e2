"""The recipe with which a training starts: that of a preset, or the one that the data suggests."""

import numpy as np
import pytest

import zukan
from zukan.commands.training_runs import read

RNG = np.random.default_rng(0)
PHOTOS = RNG.integers(0, 256, (30, 20, 17, 3), dtype=np.uint8)
DIGITS = RNG.integers(0, 256, (30, 28, 28), dtype=np.uint8)
COUNTS = RNG.poisson(3.0, (30, 7)).astype("float32")


def recipe_for(data, preset=None, **fields):
    """Return the recipe, and the lines that name the preset."""
    lines = []
    recipe, _, _ = read(data, preset, fields, lines.append)
    return recipe, [line for line in lines if line.startswith("Preset")]


def test_photos_get_their_preset_and_a_line_says_why():
    recipe, lines = recipe_for(PHOTOS)
    assert (recipe.posterior, recipe.minutes, recipe.augment) == ("spatial", 10.0, "flip")
    assert recipe.latent_dim == 5 * 5 * 4  # 20 × 17 pixels, halved twice and rounded up
    assert lines == ["Preset: photos, because these are color images of 20 × 17; --preset tutorial is the tutorial's model"]


def test_what_the_user_gives_wins():
    recipe, _ = recipe_for(PHOTOS, latent_dim=50, epochs=3, augment="")
    assert (recipe.latent_dim, recipe.epochs, recipe.augment, recipe.posterior) == (50, 3, "", "spatial")


@pytest.mark.parametrize("fields", [{"encoder": "conv"}, {"likelihood": "normal"}, {"preset": "tutorial"}], ids=str)
def test_a_part_of_the_users_choice_or_a_preset_leaves_the_data_no_choice(fields):
    recipe, lines = recipe_for(PHOTOS, **fields)
    assert (recipe.latent_dim, recipe.posterior, recipe.epochs, lines) == (2, "normal", 100, [])


def test_auto_chooses_in_any_case():
    recipe, (line,) = recipe_for(PHOTOS, "auto", encoder={"name": "conv", "filters": [4]})
    assert recipe.latent_dim == 10 * 9 * 4
    assert line.startswith("Preset: photos")
    recipe, (line,) = recipe_for(DIGITS, "auto")
    assert recipe.latent_dim == 2
    assert line.startswith("Preset: tutorial, because gray images of 28 × 28")


def test_the_tutorials_images_get_the_tutorials_recipe_without_a_word():
    recipe, lines = recipe_for(DIGITS)
    assert (recipe.latent_dim, recipe.encoder, recipe.epochs, lines) == (2, "mlp", 100, [])


def test_counts_are_read_again_without_scaling():
    recipe, (line,) = recipe_for(COUNTS)
    assert (recipe.likelihood, recipe.scaling) == ("negative-binomial", "none")
    assert "whole numbers" in line


def test_the_encoder_of_a_map_of_gray_images_sees_noise():
    noise = {"name": "binarize", "share": 0.75}
    for fields in ({}, {"likelihood": {"name": "bernoulli"}}, {"latent_dim": 3}):
        for data in (DIGITS, DIGITS.astype("float32") / 255):
            assert recipe_for(data, "map", **fields)[0].corrupt == noise


@pytest.mark.parametrize(("data", "fields"), [
    (DIGITS, {"corrupt": ""}), (DIGITS, {"binarize": "dynamic"}), (DIGITS, {"likelihood": "normal"}), (DIGITS, {"latent_dim": 4}),
    ((DIGITS > 127).astype("float32"), {}), (PHOTOS, {}), (RNG.random((30, 7), "float32"), {})])
def test_any_other_map_has_no_noise(data, fields):
    assert recipe_for(data, "map", **fields)[0].corrupt == ""


def test_an_unknown_preset_is_refused():
    with pytest.raises(zukan.InputError, match="did you mean 'auto'"):
        recipe_for(DIGITS, "autp")


def test_a_preset_for_images_refuses_vectors():
    with pytest.raises(zukan.InputError, match="'conv'|images"):
        recipe_for(COUNTS, "photos")
