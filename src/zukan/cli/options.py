"""Options made from the fields of the recipe, so that names, defaults and help stand in one place."""

from __future__ import annotations

import dataclasses
import shlex
import tomllib
from collections.abc import Sequence
from typing import Annotated, Any, TypedDict

from cyclopts import Parameter

from zukan import checks
from zukan.training.recipe import Recipe


def whole(_: Any, tokens: Any) -> int:
    """Read a whole number; cyclopts itself would round 1.5 to 2."""
    try:
        return int(tokens[0].value)
    except ValueError:
        raise ValueError(f"must be a whole number, got {tokens[0].value!r}") from None


Whole = Annotated[int, Parameter(converter=whole)]
_TYPES: dict[str, Any] = {"str": str, "int": Whole, "int | None": Whole, "float": float, "float | None": float,
                          "Any": str, "str | None": str, "bool": bool}


def _option(field: dataclasses.Field[Any]) -> Any:
    default = f"{field.default:.4g}" if isinstance(field.default, float) else field.default
    text = field.metadata["help"] if field.default is None else f"{field.metadata['help']} [default: {default}]"
    return Annotated[_TYPES[str(field.type)], Parameter(help=text)]


_OPTIONS = {field.name: _option(field) for field in dataclasses.fields(Recipe) if field.name != "data"}
Overrides = TypedDict("Overrides", _OPTIONS, total=False)  # type: ignore[misc]  # made at run time on purpose

_READING = ["test_fraction", "stratify", "seed", "split_seed", "label", "scaling", "image_size", "image_fit",
            "channels"]
Reading = TypedDict("Reading", {name: kind for name, kind in _OPTIONS.items() if name in _READING},  # type: ignore[misc]
                    total=False)


def values(given: Overrides) -> dict[str, Any]:
    """Return the fields given; a part written as a TOML table, ``{name="mlp", units=[512]}``, becomes a mapping."""
    return {name: _table(name, value) for name, value in given.items()}


def flags(given: Reading) -> str:
    """Return the options as one would type them again, each after a space."""
    words = [f"--{name.replace('_', '-')} {shlex.quote(str(value))}" if not isinstance(value, bool) else
             f"--{'' if value else 'no-'}{name.replace('_', '-')}" for name, value in given.items()]
    return "".join(f" {word}" for word in words)


def sweep(given: Sequence[str]) -> dict[str, list[float]]:
    """Return the values by field of words such as ``beta=0.5,1,2``."""
    found: dict[str, list[float]] = {}
    for word in given:
        field, _, numbers = word.partition("=")
        try:
            if field in found:
                raise ValueError("the field was given before")
            found[field] = [float(number) for number in numbers.split(",")]
        except ValueError as error:
            raise checks.InputError(
                f"sweep must be a field and its values, such as beta=0.5,1,2, got {word!r} ({error})") from error
    return found


def _table(name: str, value: Any) -> Any:
    if not isinstance(value, str) or not value.startswith("{"):
        return value
    try:
        return tomllib.loads(f"part = {value}")["part"]
    except tomllib.TOMLDecodeError as error:
        raise checks.InputError(
            f"{name} must be a name or a TOML table such as {{name=\"mlp\", units=[512]}}, got {value!r} ({error})"
        ) from error
