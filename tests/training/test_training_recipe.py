"""The recipe and the presets."""

import dataclasses

import keras
import numpy as np
import pytest

import zukan
from zukan import commands
from zukan.data.conditions import Condition
from zukan.data.fields import Field
from zukan.training import presets
from zukan.training.build import build
from zukan.training.recipe import Recipe


def test_the_defaults_are_the_tutorials():
    recipe = Recipe()
    wanted = {"data": "mnist", "latent_dim": 2, "encoder": "mlp", "decoder": None, "posterior": "normal",
              "prior": "normal", "likelihood": "auto", "objective": "elbo", "beta": 1.0, "warmup_epochs": 0,
              "free_bits": 0.0, "epochs": 100, "batch_size": 64, "optimizer": "adam", "learning_rate": 1e-3,
              "decay": "constant", "precision": "auto", "seed": 0, "split_seed": None, "test_fraction": 1 / 6,
              "stratify": True, "label": None, "scaling": "auto", "image_size": None, "image_fit": "crop", "channels": None,
              "memory": None, "workers": 0, "condition": None, "missing": None, "columns": None, "rare_levels": None,
              "leave_out": None, "missing_marks": None, "separator": None, "decimal": None, "header": None,
              "encoding": None, "signals": None, "binarize": "none", "augment": "", "corrupt": "", "patience": 0, "minutes": None}
    assert {field.name: getattr(recipe, field.name) for field in recipe.fields()} == wanted
    vae = build(recipe, (28, 28, 1), 60_000)
    assert vae.count_params() == 404_244
    assert isinstance(vae.optimizer, keras.optimizers.Adam)
    assert float(vae.optimizer.learning_rate) == pytest.approx(1e-3)


def test_every_field_has_help():
    assert all(field.metadata["help"].endswith(".") for field in Recipe.fields())


@pytest.mark.parametrize(("field", "kind"), [("encoder", "network"), *((kind, kind) for kind in (
    "posterior", "prior", "likelihood", "objective"))])
def test_the_help_names_the_command_that_lists_the_parts(field, kind):
    text = next(item.metadata["help"] for item in Recipe.fields() if item.name == field)
    assert f"zukan parts {kind} lists" in text
    assert {part.kind for part in commands.parts([kind])} == {kind}


def test_the_options_are_those_that_load_takes():
    recipe = Recipe.of(test_fraction=0.95, seed=4, image_size=(8, 6))
    assert recipe.options == dataclasses.asdict(zukan.data.Options(test_fraction=0.95, split_seed=4, image_size=[8, 6]))
    assert Recipe(seed=4, split_seed=2).options["split_seed"] == 2


@pytest.mark.parametrize(("field", "value"), [("test_fraction", 1.0), ("test_fraction", 0.0), ("scaling", "standart"),
                                              ("image_fit", "corp"), ("memory", 0), ("workers", -1), ("split_seed", -1),
                                              ("stratify", 1), ("image_size", "8x"), ("channels", 2), ("label", 3)])
def test_a_field_out_of_range_is_refused(field, value):
    with pytest.raises(zukan.InputError, match=f"^{field} must"):
        Recipe.of(**{field: value})


@pytest.mark.parametrize("columns", ["age=count, zip=category", {"age": "count", "zip": "category"}])
def test_the_kinds_of_columns_are_kept(columns, tmp_path):
    (tmp_path / "recipe.toml").write_text(Recipe.of(columns=columns).to_toml())
    assert Recipe.read(tmp_path / "recipe.toml").kinds == {"age": "count", "zip": "category"}


PARTS = {
    "objects": {"encoder": zukan.networks.MLP([8]), "decoder": zukan.networks.MLP([4, 3], activation="tanh"),
                "prior": zukan.priors.Mixture(components=3), "likelihood": zukan.likelihoods.Normal(scale=0.5)},
    "a schedule inside": {
        "objective": zukan.objectives.ELBO(beta=zukan.schedules.LinearWarmup(20, value=2.0), free_bits=0.1)},
    "a cycle": {"objective": zukan.objectives.ELBO(beta=zukan.schedules.Cyclic(10))},
    "tables": {"encoder": {"name": "conv", "filters": [4]}, "objective": {"name": "iwae", "k": 3}},
    "numbers": {"data": "a \"file\" \\ ünï.npz", "beta": 4, "precision": "bfloat16",
                "warmup_epochs": 3, "free_bits": 0.25, "learning_rate": 1e-5,
                "seed": 2**31 - 1, "decay": "cosine", "test_fraction": 0.1, "image_size": (48, 64), "memory": 2},
    "learned scale": {"likelihood": zukan.likelihoods.Normal()},
    "nothing": {},
}


@pytest.mark.parametrize("case", PARTS)
def test_written_and_read_back(case, tmp_path):
    recipe = Recipe.of(**PARTS[case])
    path = tmp_path / "recipe.toml"
    path.write_text(recipe.to_toml(), encoding="utf-8")
    again = Recipe.read(path)
    assert again == recipe
    assert again.to_toml() == recipe.to_toml()
    shape = (6, 6, 1)
    built, rebuilt = build(recipe, shape, 16), build(again, shape, 16)
    for a, b in zip(built.weights, rebuilt.weights, strict=True):
        assert np.array_equal(a, b)
    assert repr(built.objective.get_config()) == repr(rebuilt.objective.get_config())


def test_an_unregistered_part_cannot_be_written():
    with pytest.raises(zukan.InputError, match=r"encoder .* is not registered"):
        Recipe.of(encoder=keras.layers.Dense(3))


@pytest.mark.parametrize("field", ["epocs", "latentdim"])
def test_an_unknown_field_is_refused_and_the_nearest_suggested(field):
    with pytest.raises(zukan.InputError, match="did you mean"):
        Recipe.of(**{field: 3})


def test_warm_up_lasts_epochs_times_steps():
    vae = build(Recipe(warmup_epochs=3, batch_size=8, beta=2.0), (6,), 33)
    schedule = vae.objective.schedule
    assert schedule.steps == 3 * 5  # the short last batch is a step too
    assert float(schedule(0.0)) == 0.0
    assert float(schedule(7.5)) == pytest.approx(1.0)
    assert float(schedule(15.0)) == float(schedule(500.0)) == pytest.approx(2.0)


def test_warm_up_shows_in_the_history(x):
    vae = build(Recipe(warmup_epochs=2, epochs=3, batch_size=8, encoder={"name": "mlp", "units": [8]}), (6,), len(x))
    beta = vae.fit(x, epochs=3, batch_size=8, verbose=0).history["beta"]
    steps = np.arange(15).reshape(3, 5)
    assert beta == pytest.approx(np.minimum(steps / 10, 1).mean(axis=1), rel=1e-5)


def test_cosine_decay_reaches_zero(x):
    vae = build(Recipe(decay="cosine", epochs=3, batch_size=8, learning_rate=0.01,
                       encoder={"name": "mlp", "units": [8]}), (6,), len(x))
    assert float(vae.optimizer.learning_rate) == pytest.approx(0.01)
    vae.fit(x, epochs=3, batch_size=8, verbose=0)
    assert int(vae.optimizer.iterations) == 15
    assert float(vae.optimizer.learning_rate) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("name", ["adam", "AdamW", "sgd", "rmsprop", "Adamax"])
def test_every_keras_optimizer_can_be_named(name):
    optimizer = build(Recipe(optimizer=name, learning_rate=0.5), (6,), 10).optimizer
    assert type(optimizer).__name__.lower() == name.lower()
    assert float(optimizer.learning_rate) == pytest.approx(0.5)


VECTORS = {"table", "gaps", "counts"}


def built(name):
    """Return the model of a preset, for images of 12 × 9 pixels in a color, or for vectors."""
    fields, shape = presets.preset_fields(name), (6,) if name in VECTORS else (12, 9, 1)
    if width := presets.PRESETS[name].at_each_position:
        places = zukan.networks.networks.make(fields["encoder"], "encoder").positions(shape)
        fields["latent_dim"] = width * int(np.prod(places))
    condition = Condition((Field("label", ("a", "b")),)) if "condition" in fields else None
    return build(Recipe.of(**fields), shape, 10, condition), Recipe.of(**fields)


@pytest.mark.parametrize("name", presets.PRESETS)
def test_every_preset_builds_a_model(name):
    vae, recipe = built(name)
    assert vae.latent_dim == recipe.latent_dim or presets.PRESETS[name].at_each_position
    condition = [0, 1] if vae.shapes.condition_dim else None
    assert vae.sample(2, condition=condition).shape == (2, *vae.event_shape)


@pytest.mark.thorough  # compiles ten trainings; the contracts train every part
@pytest.mark.parametrize("name", presets.PRESETS)
def test_every_preset_trains(name):
    vae, _ = built(name)
    x = np.random.default_rng(0).integers(0, 2, (10, *vae.event_shape)).astype("float32")
    condition = np.arange(10) % 2 if vae.shapes.condition_dim else None
    history = vae.fit(x, condition=condition, epochs=1, batch_size=5, verbose=0).history
    assert np.isfinite(history["loss"]).all()


def test_without_a_preset_no_field_is_set():
    assert presets.preset_fields(None) == presets.preset_fields("tutorial") == {}
    with pytest.raises(zukan.InputError, match="did you mean 'sharp'"):
        presets.preset_fields("shrap")


def test_the_measured_results_are_those_of_presets():
    assert set(presets.measured()) <= set(presets.PRESETS)
    one = {"command": "zukan train mnist --preset map", "data": "MNIST", "seeds": 3, "seconds": 150.0,
           "results": {"test −ELBO": [133.34, 0.26], "15-NN accuracy": [0.8512, 0.004]}}
    assert presets.described("map", one) == ["zukan train mnist --preset map", "2.5 min",
                                             "MNIST: test −ELBO 133.3 ± 0.3, 15-NN accuracy 0.851 ± 0.004"]
    single = {**one, "seeds": 1, "seconds": None, "results": {"test −ELBO": [133.34, 0.0]}}
    assert presets.described("map", single)[1:] == ["–", "MNIST: test −ELBO 133.3 (one seed)"]


def test_changing_the_fields_of_a_preset_does_not_change_the_preset():
    changed = presets.preset_fields("map")
    before = repr(changed)
    changed["epochs"] += 1
    changed["encoder"]["units"].append(1)
    assert repr(presets.preset_fields("map")) == before
