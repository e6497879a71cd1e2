"""Registries of parts: a name, a mapping or an object becomes a part, and a part becomes a mapping again.

Registering a class also registers it with Keras, so that a saved model loads in Keras's safe mode.
"""

from __future__ import annotations

import contextlib
import inspect
import numbers
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from typing import Any, ClassVar, TypeVar

import keras
import numpy as np

from zukan import checks, plugins

C = TypeVar("C", bound=type)

_substitutes: ContextVar[Mapping[tuple[int, str], Any]] = ContextVar("substitutes")
_OWN = "name the file of a part of your own with --plugin, or import it first"  # for a name that is unknown


class Part:
    """A piece of a model. Its configuration is the arguments of its constructor, which it stores unchanged.

    Attributes
    ----------
    numbers : tuple of str
        The arguments that may differ between models that train together, or be swept. The part reads them by `number`.
    """

    numbers: ClassVar[tuple[str, ...]] = ()

    def number(self, name: str) -> Any:
        """Return the declared number ``name``: the attribute, or a tensor while several models train together."""
        return _substitutes.get({}).get((id(self), name), getattr(self, name))

    def declared(self) -> Iterator[tuple[Part, str]]:
        """Yield the declared numbers of this part and of the parts inside it, as pairs of part and name."""
        for name in self.numbers:
            yield self, name
        inside = {id(value): value for value in vars(self).values() if isinstance(value, Part)}
        for part in inside.values():
            yield from part.declared()

    def begin(self, x: Any, seed: int, infer: Callable[[Any], dict[str, Any]]) -> None:
        """Set weights that start from the data, once, before the first step.

        Parameters
        ----------
        x : array, shape (n, *event_shape)
            The training items; missing values are NaN.
        seed : int
            The model's.
        infer : callable
            Row numbers of some items, in order -> the parameters of q(z|x) of these items by name, as arrays.
        """

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments by name."""
        return {name: getattr(self, name) for name in parameters(type(self))}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Return the part with the configuration ``config``, as Keras saved and loaded it."""
        return cls(**{key: revive(value) for key, value in config.items()})

    def get_build_config(self) -> None:
        """Return None, so that Keras does not build a loaded part: the model builds its parts itself."""

    def __repr__(self) -> str:
        arguments = ", ".join(f"{key}={value!r}" for key, value in self.get_config().items())
        return f"{type(self).__name__}({arguments})"


def parameters(member: type) -> dict[str, inspect.Parameter]:
    """Return the named parameters of the constructor, without ``*args`` and ``**kwargs``."""
    return {name: p for name, p in inspect.signature(member).parameters.items()
            if p.kind not in {p.VAR_POSITIONAL, p.VAR_KEYWORD}}


def revive(value: Any) -> Any:
    """Return the object that Keras serialized as ``value``, also inside lists and mappings; keep any other value."""
    return keras.saving.deserialize_keras_object(value) if isinstance(value, (dict, list)) else value


class Registry:
    """The registered classes of one kind of part, by name.

    Parameters
    ----------
    kind : str
        Name of such a part in messages, and its prefix in saved files.
    accepts : type or tuple of type
        Classes whose objects `make` returns as they are.
    """

    def __init__(self, kind: str, accepts: type | tuple[type, ...]) -> None:
        self.kind = kind
        self.accepts = accepts
        self.members: dict[str, Any] = {}
        _registries.append(self)

    def register(self, name: str) -> Callable[[C], C]:
        """Return a class decorator that registers the class as ``name``, here and with Keras."""

        def add(member: C) -> C:
            if name in self.members:
                raise checks.InputError(
                    f"a registered name must be new, but {self.kind} {name!r} is {self.members[name].__qualname__}; "
                    f"choose another name for {member.__qualname__}")
            keras.saving.register_keras_serializable("zukan", f"{self.kind}.{name}")(member)
            self.members[name] = member
            return member

        return add

    def make(self, value: Any, argument: str | None = None) -> Any:
        """Return a part.

        Parameters
        ----------
        value : str, mapping or part
            A registered name, a mapping ``{"name": ..., **arguments}``, or a part, which is returned as it is.
        argument : str, default the kind
            The name of the argument in messages.

        Raises
        ------
        zukan.InputError
            If the name or an argument is unknown, missing or invalid.
        """
        argument = argument or self.kind
        if isinstance(value, self.accepts):
            return value
        if isinstance(value, str):
            value = {"name": value}
        if not isinstance(value, Mapping) or "name" not in value:
            names = ", ".join(map(repr, sorted(self.members)))
            raise checks.InputError(
                f"{argument} must be a name ({names}), a mapping with a 'name', or a {self.kind} object, "
                f"got {checks.show(value)}")
        arguments = dict(value)
        if arguments["name"] not in [*self.members]:  # a list, since the value may be unhashable
            plugins.load_installed()
        member = self.members[checks.choice(argument, arguments.pop("name"), self.members, otherwise=_OWN)]
        known = parameters(member)
        for key in arguments:
            checks.choice(f"an argument of {argument}", key, known)
        missing = [key for key, p in known.items() if p.default is p.empty and key not in arguments]
        if missing:
            raise checks.InputError(
                f"{argument} needs {', '.join(missing)}, got {checks.show(value)}; "
                f"give a mapping with {', '.join(map(repr, ['name', *arguments, *missing]))}")
        try:
            return member(**arguments)
        except checks.InputError:
            raise
        except (TypeError, ValueError) as error:
            raise checks.InputError(
                f"{argument} cannot be made from {checks.show(dict(value))}: {error}; correct that argument") from error


_registries: list[Registry] = []


@contextlib.contextmanager
def substituted(values: Mapping[tuple[int, str], Any]) -> Iterator[None]:
    """Let parts read ``values``, by the ``id`` of the part and the name, in place of their declared numbers."""
    token = _substitutes.set(values)
    try:
        yield
    finally:
        _substitutes.reset(token)


def describe(part: Any, argument: str = "part") -> dict[str, Any]:
    """Return the mapping ``{"name": ..., **arguments}`` from which `Registry.make` makes ``part`` again.

    Arguments that are None are omitted.

    Raises
    ------
    zukan.InputError
        If the class of the part, or of a part inside it, is not registered. The message calls it ``argument``.
    """
    for registry in _registries:
        for name, member in registry.members.items():
            if type(part) is member:
                config = {key: plain(value, f"{key} of {argument}") for key, value in part.get_config().items()
                          if value is not None}
                return {"name": name, **config}
    raise checks.InputError(
        f"{argument} {checks.show(part)} is not registered and cannot be written into a recipe; "
        f"register its class under a name, or build zukan.VAE with it and call fit")


def plain(value: Any, argument: str = "part") -> Any:
    """Return ``value`` in the form that a recipe stores.

    None, text and numbers stay as they are. NumPy's scalars become Python's, tuples become lists, and parts become the
    mappings of `describe`, also inside lists and mappings.

    Raises
    ------
    zukan.InputError
        If there is anything else in ``value``. The message calls it ``argument``.
    """
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, (str, numbers.Real)):
        return value
    if isinstance(value, Mapping):
        return {key: plain(item, f"{key} of {argument}") for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item, argument) for item in value]
    return describe(value, argument)
