"""One recipe into many that differ in seed or in a number."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from zukan import checks
from zukan.training.recipe import Recipe

SWEPT = ("beta", "free_bits", "learning_rate")  # numbers that one compiled program takes as inputs


def variants(recipe: Recipe, seeds: int | Sequence[int] | None, sweep: Mapping[str, Sequence[float]] | None,
             ) -> dict[str, Recipe]:
    """Return every combination of seeds and swept values, by a name that says in what it differs (``beta=2,seed=1``).

    Raises
    ------
    zukan.InputError
        When nothing varies, a field cannot be swept, or a value is given twice.
    """
    values: dict[str, Sequence[Any]] = {}
    for field, given in (sweep or {}).items():
        values[checks.choice("a field of sweep", field, SWEPT)] = given
    if seeds is not None:
        values["seed"] = [recipe.seed + i for i in range(checks.integer("seeds", seeds))] if isinstance(
            seeds, int) else seeds
    for field, given in values.items():
        if isinstance(given, str) or not isinstance(given, Sequence) or not given or len(set(given)) < len(given):
            raise checks.InputError(
                f"{field} must be swept over values that differ, such as [0.5, 1, 2], got {checks.show(given)}")
    if not values:
        raise checks.InputError(
            "seeds or sweep must be given, got neither; pass seeds=8 or sweep={'beta': [0.5, 1, 2]}, or use train")
    recipe = dataclasses.replace(recipe, split_seed=recipe.held_out_by)
    made = [dict(zip(values, each, strict=True)) for each in itertools.product(*values.values())]
    return {",".join(f"{field}={value:g}" for field, value in own.items()): dataclasses.replace(recipe, **own)
            for own in made}
