"""Names for parts: ``"mlp"``, a mapping or an object -> part, and a part -> a plain mapping for a recipe.

Registering a class here also registers it with Keras, so that a saved model loads in safe mode.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import keras

from zukan import checks

C = TypeVar("C", bound=type)


class Part:
    """A piece of a model whose configuration is its constructor's arguments, stored unchanged."""

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments by name."""
        return {name: getattr(self, name) for name in _arguments(type(self))}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Build the part again from what `get_config` gave, saved and loaded by Keras."""
        return cls(**{key: revive(value) for key, value in config.items()})

    def get_build_config(self) -> None:
        """Return nothing for Keras to build a loaded part from: the model builds its parts, as it did at first."""

    def __repr__(self) -> str:
        arguments = ", ".join(f"{key}={value!r}" for key, value in self.get_config().items())
        return f"{type(self).__name__}({arguments})"


def _arguments(member: type) -> dict[str, inspect.Parameter]:
    """Return the constructor's named arguments."""
    return {name: p for name, p in inspect.signature(member).parameters.items()
            if p.kind not in {p.VAR_POSITIONAL, p.VAR_KEYWORD}}


def revive(value: Any) -> Any:
    """Undo Keras's serialization of one argument, also inside a plain mapping (``{"name": ...}``)."""
    return keras.saving.deserialize_keras_object(value) if isinstance(value, (dict, list)) else value


class Registry:
    """The known members of one kind of part.

    Parameters
    ----------
    kind : str
        What a member is called in messages, and its prefix in saved files.
    accepts : type or tuple of type
        Objects that are passed through by `make`.
    """

    def __init__(self, kind: str, accepts: type | tuple[type, ...]) -> None:
        self.kind = kind
        self.accepts = accepts
        self.members: dict[str, Any] = {}
        _registries.append(self)

    def register(self, name: str) -> Callable[[C], C]:
        """Return a class decorator that makes the class known as ``name``, here and to Keras."""

        def add(member: C) -> C:
            keras.saving.register_keras_serializable("zukan", f"{self.kind}.{name}")(member)
            self.members[name] = member
            return member

        return add

    def make(self, given: Any, argument: str | None = None) -> Any:
        """Return the part that ``given`` names: a name, ``{"name": ..., **arguments}``, or a part already made."""
        argument = argument or self.kind
        if isinstance(given, self.accepts):
            return given
        if isinstance(given, str):
            given = {"name": given}
        if not isinstance(given, Mapping) or "name" not in given:
            names = ", ".join(map(repr, sorted(self.members)))
            raise checks.InputError(
                f"{argument} must be a name ({names}), a mapping with a 'name', or a {self.kind} object, "
                f"got {checks.show(given)}")
        arguments = dict(given)
        member = self.members[checks.choice(argument, arguments.pop("name"), self.members)]
        parameters = _arguments(member)
        for key in arguments:
            checks.choice(f"an argument of {argument}", key, parameters)
        missing = [key for key, p in parameters.items() if p.default is p.empty and key not in arguments]
        if missing:
            raise checks.InputError(
                f"{argument} needs {', '.join(missing)}, got {checks.show(given)}; give a mapping that has it")
        try:
            return member(**arguments)
        except checks.InputError:
            raise
        except (TypeError, ValueError) as error:
            raise checks.InputError(
                f"{argument} cannot be made from {checks.show(dict(given))}: {error}; correct that argument") from error


_registries: list[Registry] = []


def describe(part: Any, argument: str = "part") -> dict[str, Any]:
    """Return the mapping from which `Registry.make` builds ``part`` again: the form in which a recipe stores it."""
    for registry in _registries:
        for name, member in registry.members.items():
            if type(part) is member:
                config = {key: plain(value, argument) for key, value in part.get_config().items() if value is not None}
                return {"name": name, **config}
    raise checks.InputError(
        f"{argument} {checks.show(part)} is not registered and cannot be written into a recipe; "
        f"register its class under a name, or build zukan.VAE with it and call fit")


def plain(value: Any, argument: str = "part") -> Any:
    """Return ``value`` in a form that TOML and JSON can hold: a part becomes a mapping, a tuple a list."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, Mapping):
        return {key: plain(item, argument) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(item, argument) for item in value]
    return describe(value, argument)
