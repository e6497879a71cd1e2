"""Names, mappings and objects become parts, and parts become mappings again."""

import keras
import pytest

import zukan
from zukan import registry
from zukan.networks import MLP, networks
from zukan.objectives import ELBO, objectives
from zukan.registry import Part, Registry
from zukan.schedules import LinearWarmup


@pytest.fixture
def shapes(monkeypatch):
    """A registry of its own, so that no test leaves a member behind."""
    monkeypatch.setattr(registry, "_registries", [])
    mine = Registry("shape_in_a_test", Part)

    @mine.register("square")
    class Square(Part):
        def __init__(self, side, colours=("red", "blue"), note=None):
            self.side = side
            self.colours = colours
            self.note = note

    mine.Square = Square
    return mine


def test_make_takes_a_name_a_mapping_or_a_part():
    assert networks.make("mlp").units == (256,)
    assert networks.make({"name": "mlp", "units": [3]}).units == [3]
    part = MLP([4])
    assert networks.make(part) is part


def test_make_does_not_change_the_mapping():
    given = {"name": "mlp", "units": [3]}
    networks.make(given)
    assert given == {"name": "mlp", "units": [3]}


@pytest.mark.parametrize(("given", "words"), [
    ("mpl", ["encoder", "'conv', 'mlp'", "did you mean 'mlp'?"]),
    ({"name": "cnov"}, ["encoder", "did you mean 'conv'?"]),
    ({"name": "conv", "filtres": [3]}, ["encoder", "'filtres'", "did you mean 'filters'?"]),
    ({"units": [3]}, ["encoder", "'name'"]),
    ({}, ["encoder", "'name'"]),
    ({"name": None}, ["encoder", "None"]),
    ({"name": ["mlp"]}, ["encoder", "['mlp']"]),
    (3, ["encoder", "network object", "got 3"]),
    (None, ["encoder", "None"]),
    (MLP, ["encoder", "MLP"]),
    (ELBO(), ["encoder", "network object", "ELBO"]),
])
def test_make_names_the_mistake(given, words):
    with pytest.raises(zukan.InputError) as caught:
        networks.make(given, "encoder")
    for word in words:
        assert word in str(caught.value)


def test_make_says_which_argument_is_missing(shapes):
    with pytest.raises(zukan.InputError, match="side"):
        shapes.make("square")


def test_make_names_the_kind_where_no_argument_is_named():
    with pytest.raises(zukan.InputError, match=r"^network must be one of"):
        networks.make("nope")


def test_describe_leaves_none_out_and_writes_lists(shapes):
    assert registry.describe(shapes.Square(3)) == {"name": "square", "side": 3, "colours": ["red", "blue"]}
    assert registry.describe(shapes.Square(3, note="n"))["note"] == "n"


def test_describe_goes_into_parts():
    description = registry.describe(ELBO(beta=LinearWarmup(5), free_bits=0.5))
    assert description == {"name": "elbo", "beta": {"name": "warmup", "steps": 5, "value": 1.0, "start": 0.0},
                           "free_bits": 0.5, "samples": 1}
    assert registry.describe(objectives.make(description)) == description


def test_a_subclass_is_not_described_as_its_parent(shapes):
    class Bigger(shapes.Square):
        pass

    for stranger in (Bigger(2), keras.layers.Dense(3)):
        with pytest.raises(zukan.InputError, match="encoder .* is not registered .* register its class"):
            registry.describe(stranger, "encoder")


def test_registering_makes_a_class_known_to_keras(shapes):
    part = shapes.Square(2, note="x")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(part), safe_mode=True)
    assert type(again) is shapes.Square
    assert (again.side, again.colours, again.note) == (2, ("red", "blue"), "x")


def test_a_name_belongs_to_one_class_within_a_kind():
    assert len({networks.members[name] for name in networks.members}) == len(networks.members)


def test_repr_is_the_call_that_makes_the_part(shapes):
    assert repr(shapes.Square(2)) == "Square(side=2, colours=('red', 'blue'), note=None)"
    assert repr(MLP([3])) == "MLP(units=[3], activation='relu')"
