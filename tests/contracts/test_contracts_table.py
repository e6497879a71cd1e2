"""Every registered part has a line in the contract table, and its configuration survives every conversion."""

import inspect

import contract_members
import keras
import pytest
from contract_members import MEMBERS, name_of

import zukan.model
from zukan import registry

each_member = pytest.mark.parametrize("member", MEMBERS, ids=name_of)


def test_every_registered_member_has_a_line():
    registered = {(kind.kind, name) for kind in registry._registries for name, member in kind.members.items()
                  if member.__module__.startswith("zukan.")}  # other tests register parts of a user
    listed = {(member.registry.kind, member.name) for member in MEMBERS}
    assert listed == registered, "add a line to tests/contracts/contract_members.py"


def test_a_member_without_a_line_fails(monkeypatch):
    networks = contract_members.networks
    monkeypatch.setitem(networks.members, "dropped_in", networks.members["mlp"])
    with pytest.raises(AssertionError, match="add a line"):
        test_every_registered_member_has_a_line()


@each_member
def test_the_line_differs_from_the_defaults(member):
    defaults = {name: p.default for name, p in inspect.signature(type(member.make())).parameters.items()}
    for name, value in member.arguments.items():
        assert defaults[name] != value


@each_member
def test_arguments_are_stored_unchanged(member):
    part = member.make()
    for name, value in member.arguments.items():
        for stored in (getattr(part, name), part.get_config()[name]):
            # Keras wraps the lists and mappings in a layer's attributes to find layers in them.
            wrapped = isinstance(part, keras.Layer) and isinstance(value, (list, dict))
            assert stored == value if wrapped else stored is value


@each_member
def test_config_has_the_arguments_of_the_constructor(member):
    part = member.make()
    owner = next(base for base in type(part).__mro__ if "__init__" in vars(base))
    parameters = inspect.signature(owner.__init__).parameters if owner.__module__.startswith("zukan") else {}
    expected = {name for name, p in parameters.items() if name != "self" and p.kind is not p.VAR_KEYWORD}
    assert set(part.get_config()) == expected  # without the arguments of keras.Layer, such as the layer's name


@each_member
def test_config_round_trip(member):
    part = member.make()
    copy = type(part).from_config(part.get_config())
    assert type(copy) is type(part)
    assert {name: copy.get_config()[name] for name in member.arguments} == member.arguments


@each_member
def test_keras_round_trip(member):
    part = member.make()
    loaded = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(part), safe_mode=True)
    assert type(loaded) is type(part)
    assert {name: loaded.get_config()[name] for name in member.arguments} == member.arguments


@each_member
def test_description_round_trip(member):
    description = registry.describe(member.make())
    assert description == {"name": member.name, **member.arguments}
    assert registry.describe(member.registry.make(description)) == description


@each_member
def test_the_name_alone_makes_the_part_or_says_what_is_missing(member):
    required = [name for name, p in inspect.signature(type(member.make())).parameters.items()
                if p.default is p.empty and p.kind not in {p.VAR_POSITIONAL, p.VAR_KEYWORD}]
    if required:
        with pytest.raises(zukan.InputError, match=required[0]):
            member.registry.make(member.name)
    else:
        part = member.registry.make(member.name)
        assert type(member.registry.make(registry.describe(part))) is type(part)


@each_member
def test_repr_names_the_class_and_its_arguments(member):
    text = repr(member.make())
    assert text.startswith(type(member.make()).__name__ + "(")
    for name in member.arguments:
        assert f"{name}=" in text
