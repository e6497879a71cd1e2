"""Registries: names, mappings and objects become parts, and parts become mappings again."""

import keras
import numpy as np
import pytest

import zukan
from zukan import registry
from zukan.likelihoods import Likelihood
from zukan.networks import MLP, Network, networks
from zukan.objectives import ELBO, Objective, objectives
from zukan.posteriors import Posterior
from zukan.priors import Prior
from zukan.registry import Part, Registry
from zukan.schedules import LinearWarmup, Schedule


@pytest.fixture
def shapes(monkeypatch):
    """A registry for one test; the parts of zukan are not registered while the test runs."""
    monkeypatch.setattr(registry, "_registries", [])
    shapes = Registry("shape_in_a_test", Part)

    @shapes.register("square")
    class Square(Part):
        def __init__(self, side, colors=("red", "blue"), note=None):
            self.side = side
            self.colors = colors
            self.note = note

    shapes.Square = Square
    return shapes


def test_make_accepts_a_name_a_mapping_or_a_part():
    assert networks.make("mlp").units == (256,)
    assert networks.make({"name": "mlp", "units": [3]}).units == [3]
    part = MLP([4])
    assert networks.make(part) is part


def test_make_does_not_change_the_mapping():
    mapping = {"name": "mlp", "units": [3]}
    networks.make(mapping)
    assert mapping == {"name": "mlp", "units": [3]}


@pytest.mark.parametrize(("value", "words"), [
    ("mpl", ["encoder", "'conv', 'conv1d', 'gated', 'mlp'", "did you mean 'mlp'?"]),
    ({"name": "cnov"}, ["encoder", "did you mean 'conv'?"]),
    ({"name": "conv", "filtres": [3]}, ["encoder", "'filtres'", "did you mean 'filters'?"]),
    ({"units": [3]}, ["encoder", "'name'"]),
    ({}, ["encoder", "'name'"]),
    ("gaussian", ["encoder", "got 'gaussian'; name the file of a part of your own with --plugin, or import it"]),
    ({"name": None}, ["encoder", "None"]),
    ({"name": ["mlp"]}, ["encoder", "['mlp']"]),
    (3, ["encoder", "network object", "got 3"]),
    (None, ["encoder", "None"]),
    (MLP, ["encoder", "MLP"]),
    (ELBO(), ["encoder", "network object", "ELBO"]),
])
def test_make_names_the_mistake(value, words):
    with pytest.raises(zukan.InputError) as caught:
        networks.make(value, "encoder")
    for word in words:
        assert word in str(caught.value)


def test_make_says_which_argument_is_missing(shapes):
    with pytest.raises(zukan.InputError, match=r"^shape_in_a_test needs side, got .*; give a mapping with 'name', 'note', 'side'$"):
        shapes.make({"name": "square", "note": "n"})


def test_make_calls_the_argument_by_the_kind_of_part_by_default():
    with pytest.raises(zukan.InputError, match=r"^network must be one of"):
        networks.make("nope")


def test_describe_omits_none_and_turns_tuples_into_lists(shapes):
    assert registry.describe(shapes.Square(3)) == {"name": "square", "side": 3, "colors": ["red", "blue"]}
    assert registry.describe(shapes.Square(3, note="n"))["note"] == "n"


def test_describe_describes_the_parts_of_a_part():
    description = registry.describe(ELBO(beta=LinearWarmup(5), free_bits=0.5))
    assert description == {"name": "elbo", "beta": {"name": "warmup", "steps": 5, "value": 1.0, "start": 0.0},
                           "free_bits": 0.5, "samples": 1}
    assert registry.describe(objectives.make(description)) == description


def test_a_subclass_is_not_described_as_its_parent(shapes):
    class Bigger(shapes.Square):
        pass

    for unregistered in (Bigger(2), keras.layers.Dense(3)):
        with pytest.raises(zukan.InputError, match="encoder .* is not registered .* register its class"):
            registry.describe(unregistered, "encoder")


@pytest.mark.parametrize("value", [None, "mlp", 3, 0.5, True, [3, 4], {"name": "mlp", "units": [3]}, float("inf")])
def test_plain_keeps_values_that_a_recipe_can_store(value):
    result = registry.plain(value)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(("value", "expected"), [
    ((3, 4), [3, 4]),
    (np.float32(0.5), 0.5),
    (np.int64(7), 7),
    (np.bool_(True), True),
    (np.str_("mlp"), "mlp"),
    ({"name": "mlp", "units": (np.int64(3), 4)}, {"name": "mlp", "units": [3, 4]}),
])
def test_plain_converts_tuples_and_numpy_scalars(value, expected):
    result = registry.plain(value)
    assert result == expected
    assert type(result) is type(expected)


def test_plain_describes_parts_also_inside_lists_and_mappings(shapes):
    square = {"name": "square", "side": 1, "colors": ["red", "blue"]}
    assert registry.plain(shapes.Square(1)) == square
    assert registry.plain([(shapes.Square(1), 2)]) == [[square, 2]]
    assert registry.plain({"name": "frame", "inside": shapes.Square(1)}) == {"name": "frame", "inside": square}
    assert registry.plain(shapes.Square(shapes.Square(1))) == {**square, "side": square}


@pytest.mark.parametrize(("wrap", "name"), [
    (lambda shapes, value: value, "encoder"),
    (lambda shapes, value: [value], "encoder"),
    (lambda shapes, value: {"name": "x", "inner": value}, "inner of encoder"),
    (lambda shapes, value: shapes.Square(value), "side of encoder"),
])
@pytest.mark.parametrize("value", [keras.layers.Dense(3), abs, {1, 2}, np.zeros(3)], ids=repr)
def test_plain_names_the_argument_that_a_recipe_cannot_store(wrap, name, value, shapes):
    with pytest.raises(zukan.InputError, match=f"^{name} .* is not registered and cannot be written into a recipe; "):
        registry.plain(wrap(shapes, value), "encoder")


def test_keras_saves_and_loads_a_registered_class(shapes):
    part = shapes.Square(2, note="x")
    loaded = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(part), safe_mode=True)
    assert type(loaded) is shapes.Square
    assert (loaded.side, loaded.colors, loaded.note) == (2, ("red", "blue"), "x")


def test_every_name_of_a_registry_has_its_own_class():
    assert len({networks.members[name] for name in networks.members}) == len(networks.members)


def test_repr_is_the_call_that_makes_the_part(shapes):
    assert repr(shapes.Square(2)) == "Square(side=2, colors=('red', 'blue'), note=None)"
    assert repr(MLP([3])) == "MLP(units=[3], activation='relu', spectral_norm=False)"


@pytest.mark.parametrize("base", [Network, Posterior, Prior, Likelihood, Objective, Schedule])
def test_base_classes_are_abstract(base):
    class Incomplete(base):
        pass

    for cls in (base, Incomplete):
        with pytest.raises(TypeError, match="abstract"):
            cls()
