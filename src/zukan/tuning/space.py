"""The space that a search draws from: a range or choices for each field of the recipe."""

from __future__ import annotations

import dataclasses
import re
import tomllib
import typing
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from zukan import checks
from zukan.data.options import Options
from zukan.networks import networks
from zukan.registry import parameters
from zukan.training.inline import inline
from zukan.training.recipe import ENDS, Recipe
from zukan.training.variants import PARTS, SWEPT, changed

_RANGE = re.compile(r"(?P<low>[^,{}\[\]]+?)\.\.(?P<high>[^,{}\[\]:]+)(?P<log>:log)?")
_EXAMPLE = "write latent_dim=2..32, learning_rate=1e-4..1e-2:log or prior=normal,vamp, for example"
ALL_PARTS = {"encoder": networks, "decoder": networks, **PARTS}
OF_ELBO = ("beta", "free_bits", "warmup_epochs")  # fields that only the objective "elbo" has
_TYPES = typing.get_type_hints(Recipe)
_READING = {field.name for field in dataclasses.fields(Options)}
FIELDS = [field.name for field in Recipe.fields() if field.name not in {*_READING, *ENDS, "data"}]


@dataclasses.dataclass(frozen=True)
class Range:
    """Numbers from ``low`` to ``high``, whole or not, drawn evenly or evenly in their logarithm."""

    low: float
    high: float
    log: bool
    whole: bool

    def __str__(self) -> str:
        return f"{self.low}..{self.high}{':log' if self.log else ''}"

    def suggest(self, trial: Any, field: str) -> float:
        """Let an Optuna trial draw the value of ``field``."""
        draw = trial.suggest_int if self.whole else trial.suggest_float
        return draw(field, self.low, self.high, log=self.log)

    def examples(self) -> tuple[float, ...]:
        """Return values of which all must be valid."""
        return self.low, self.high


@dataclasses.dataclass(frozen=True)
class Choices:
    """Values as text: a name, a number, or a TOML table."""

    texts: tuple[str, ...]

    def __str__(self) -> str:
        return ",".join(self.texts)

    def suggest(self, trial: Any, field: str) -> str:
        """Let an Optuna trial draw the value of ``field``."""
        return str(trial.suggest_categorical(field, list(self.texts)))

    def examples(self) -> tuple[str, ...]:
        """Return values of which all must be valid."""
        return self.texts


Space = dict[str, Range | Choices]


def parse(search: Mapping[str, Any], recipe: Recipe, fixed: Collection[str] = ()) -> Space:
    """Return the space that ``search`` describes.

    Parameters
    ----------
    search : mapping
        By field of the recipe, or ``part.argument``: text such as ``"2..32"``, ``"1e-4..1e-2:log"`` or
        ``"normal,vamp"``, or a sequence of choices.
    recipe : Recipe
        It has the values of all other fields.
    fixed : collection of str
        Fields that the user set, which cannot be searched too.

    Raises
    ------
    zukan.InputError
        If the space is empty, a field cannot be searched, or a value is invalid.
    """
    if not search:
        raise checks.InputError(f"search must name at least one field, got nothing; {_EXAMPLE}")
    space: Space = {}
    for field in sorted(search, key=lambda field: ("." in field or field in OF_ELBO, list(search).index(field))):
        name = field.partition(".")[0]
        if field in fixed:
            raise checks.InputError(f"search must not name a field that has a value, got {field!r}, which is "
                                    f"{checks.show(getattr(recipe, name))}; leave one of the two out")
        _check_field(field, space, recipe)
        space[field] = _values(field, search[field], space, recipe)
        for example in space[field].examples():
            _check_value(recipe, field, example)
    return space


def suggest(trial: Any, space: Space, recipe: Recipe) -> dict[str, Any]:
    """Let an Optuna trial draw a value of each field that the parts drawn so far have."""
    drawn: dict[str, Any] = {}
    for field, values in space.items():
        name, _, argument = field.partition(".")
        if field in OF_ELBO and _name_of("objective", drawn, recipe) != "elbo":
            continue
        if not argument or argument in parameters(ALL_PARTS[name].members[_name_of(name, drawn, recipe)]):
            drawn[field] = values.suggest(trial, field)
    return drawn


def apply(recipe: Recipe, drawn: Mapping[str, Any]) -> Recipe:
    """Return the recipe of a trial.

    Raises
    ------
    zukan.InputError
        If the values do not go together.
    """
    return changed(recipe, {field: value_of(value) for field, value in drawn.items()})


def numbers(space: Space, recipe: Recipe) -> set[str]:
    """Return the fields in which models that train together may differ."""
    fields = {*SWEPT, "seed"} & set(space)
    for field in space:
        part, _, number = field.partition(".")
        if number and part in PARTS and all(number in member.numbers for member in _members(part, space, recipe)
                                            if number in parameters(member)):
            fields.add(field)
    return fields


def value_of(text: Any) -> Any:
    """Return what the text of a choice stands for: a number, a mapping, or the text itself."""
    if not isinstance(text, str):
        return text
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _name_of(part: str, drawn: Mapping[str, Any], recipe: Recipe) -> str:
    value = value_of(drawn.get(part, getattr(recipe, part)))
    return str(value["name"] if isinstance(value, Mapping) else value)


def _members(part: str, space: Space, recipe: Recipe) -> Iterator[Any]:
    """Yield the classes that ``part`` may have."""
    texts = space[part].examples() if part in space else (getattr(recipe, part),)
    for text in texts:
        yield type(ALL_PARTS[part].make(value_of(text), part))


def _check_field(field: str, space: Space, recipe: Recipe) -> None:
    name, _, argument = field.partition(".")
    if not argument:
        if field in _READING:
            raise checks.InputError(f"search must not change how the data is read, since results would not be "
                                    f"comparable, got {field!r}; make a study for each of its values")
        checks.choice("a field of search", field, FIELDS)
        return
    checks.choice("a part in search", name, ALL_PARTS)
    if name not in space and getattr(recipe, name) in (None, "auto"):
        raise checks.InputError(f"search needs the {name} whose {argument} it varies, got none; add --{name}, too")
    known = {key for member in _members(name, space, recipe) for key in parameters(member)}
    checks.choice(f"an argument of {name} in search", argument, known)


def _values(field: str, values: Any, space: Space, recipe: Recipe) -> Range | Choices:
    """Return a range or choices from what the user wrote."""
    if isinstance(values, str) and (match := _RANGE.fullmatch(values.strip())):
        return _range(field, values, match, whole=_is_whole(field, space, recipe))
    items = _split(values) if isinstance(values, str) else values
    if not isinstance(items, Sequence) or isinstance(items, bytes):
        raise checks.InputError(f"search must give {field} a range or choices, got {checks.show(values)}; {_EXAMPLE}")
    texts = tuple(item.strip() if isinstance(item, str) else inline(item) for item in items)
    if not texts or "" in texts or len(set(texts)) < len(texts):
        raise checks.InputError(f"search must give {field} different choices, got {checks.show(values)}; {_EXAMPLE}")
    return Choices(texts)


def _range(field: str, text: str, match: re.Match[str], *, whole: bool) -> Range:
    try:
        low, high = (int(match[end]) if whole else float(match[end]) for end in ("low", "high"))
    except ValueError as error:
        kind = "whole numbers" if whole else "numbers"
        raise checks.InputError(f"search must give {field} a range of {kind}, got {text!r}; {_EXAMPLE}") from error
    if not low < high or (match["log"] and low <= 0):
        rule = "a low end above 0, and a higher end," if match["log"] else "a low end and a higher end"
        raise checks.InputError(f"search must give {field} {rule}, got {text!r}; {_EXAMPLE}")
    return Range(low, high, bool(match["log"]), whole)


def _is_whole(field: str, space: Space, recipe: Recipe) -> bool:
    """Return whether the numbers of ``field`` are whole ones: as in the recipe, or as the default of the argument."""
    name, _, argument = field.partition(".")
    if not argument:
        return _TYPES[field] is int
    defaults = [parameters(member)[argument].default for member in _members(name, space, recipe)
                if argument in parameters(member)]
    return all(isinstance(default, int) and not isinstance(default, bool) for default in defaults)


def _split(text: str) -> list[str]:
    """Return the choices in ``text``: commas inside brackets and quotation marks do not separate."""
    parts, depth, quoted = [""], 0, False
    for mark in text:
        quoted ^= mark == '"'
        depth += 0 if quoted else (mark in "{[") - (mark in "}]")
        if mark == "," and not depth and not quoted:
            parts.append("")
        else:
            parts[-1] += mark
    return parts


def _check_value(recipe: Recipe, field: str, example: Any) -> None:
    """Raise `InputError` if the recipe, or the registry of the part, refuses a value."""
    value, (name, _, argument) = value_of(example), field.partition(".")
    if argument:
        return  # which values a part takes may depend on its other arguments
    if field in OF_ELBO:
        recipe = dataclasses.replace(recipe, objective="elbo")
    if field == "objective":
        recipe = dataclasses.replace(recipe, beta=1.0, free_bits=0.0, warmup_epochs=0)
    changed(recipe, {field: value})
    if name in ALL_PARTS and not (value is None or (name, value) == ("likelihood", "auto")):
        ALL_PARTS[name].make(value, name)
