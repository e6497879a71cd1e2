"""From one recipe to several that differ in seed or in a number."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from zukan import checks
from zukan.likelihoods import likelihoods
from zukan.objectives import objectives
from zukan.posteriors import posteriors
from zukan.priors import priors
from zukan.training.recipe import Recipe

# Inputs of the compiled program that trains all models together; so are the numbers that a part declares.
SWEPT = ("beta", "free_bits", "learning_rate")
PARTS = {"posterior": posteriors, "prior": priors, "likelihood": likelihoods, "objective": objectives}


def variants(recipe: Recipe, seeds: int | Sequence[int] | None,
             sweep: Mapping[str, Sequence[float]] | None) -> dict[str, Recipe]:
    """Return a recipe for each combination of seeds and swept values, by a name that lists them (``beta=2,seed=1``).

    All recipes hold out the same items.

    Raises
    ------
    zukan.InputError
        If nothing varies, a field cannot be swept, or a value occurs twice.
    """
    values: dict[str, Sequence[Any]] = {}
    for field, numbers in (sweep or {}).items():
        values[_swept(recipe, field)] = numbers
    if isinstance(seeds, int):
        seeds = [recipe.seed + i for i in range(checks.integer("seeds", seeds))]
    if seeds is not None:
        values["seed"] = seeds
    for field, numbers in values.items():
        distinct = isinstance(numbers, Sequence) and not isinstance(numbers, str) and len(set(numbers)) == len(numbers)
        if not distinct or not numbers:
            raise checks.InputError(
                f"{field} must be swept over different values, got {checks.show(numbers)}; "
                "give [0.5, 1, 2], for example")
    if not values:
        raise checks.InputError(
            "seeds or sweep must be given, got neither; pass seeds=8 or sweep={'beta': [0.5, 1, 2]}, or use train")
    recipe = dataclasses.replace(recipe, split_seed=recipe.split_seed_or(recipe.seed))
    combinations = [dict(zip(values, numbers, strict=True)) for numbers in itertools.product(*values.values())]
    return {",".join(f"{field}={value:g}" for field, value in combination.items()):
            changed(recipe, combination) for combination in combinations}


def _swept(recipe: Recipe, field: str) -> str:
    """Return ``field`` if it can be swept: one of `SWEPT`, or ``part.number`` if the part declares the number."""
    part, _, number = field.partition(".")
    if part not in PARTS or not number:
        return checks.choice("a field of sweep", field, SWEPT)
    member = PARTS[part].make(getattr(recipe, part), part)
    return f"{part}.{checks.choice(f'a number of {part} to sweep', number, member.numbers)}"


def changed(recipe: Recipe, values: Mapping[str, Any]) -> Recipe:
    """Return ``recipe`` with these values by field; ``part.argument`` is set inside its part."""
    fields: dict[str, Any] = {}
    for field, value in values.items():
        part, _, argument = field.partition(".")
        if not argument:
            fields[field] = value
            continue
        mapping = fields.get(part, getattr(recipe, part))
        fields[part] = {**({"name": mapping} if isinstance(mapping, str) else mapping), argument: value}
    return dataclasses.replace(recipe, **fields)
