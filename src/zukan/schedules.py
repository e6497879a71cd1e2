"""A weight as a function of the training step: constant, linear warm-up, cyclic."""

from __future__ import annotations

import numbers
from abc import ABC, abstractmethod
from typing import Any

from keras import ops

from zukan import checks
from zukan.registry import Part, Registry


class Schedule(Part, ABC):
    """A function of the step."""

    @abstractmethod
    def __call__(self, step: Any) -> Any:
        """Return the weight at ``step``, a float tensor that counts the updates already made."""


schedules = Registry("schedule", Schedule)


def make(argument: str, given: Any) -> Schedule:
    """Return a schedule: a number of at least 0 stands for a constant one."""
    if isinstance(given, numbers.Real) and not isinstance(given, bool):
        return Constant(checks.number(argument, given, minimum=0.0))
    return schedules.make(given, argument)


@schedules.register("constant")
class Constant(Schedule):
    """The same weight at every step."""

    def __init__(self, value: float = 1.0) -> None:
        self.value = checks.number("value", value, minimum=0.0)

    def __call__(self, step: Any) -> Any:
        """Return ``value``."""
        return ops.full_like(step, self.value)


@schedules.register("warmup")
class LinearWarmup(Schedule):
    """From ``start`` to ``value`` along a line over the first ``steps`` steps, then ``value`` (arXiv:1602.02282)."""

    def __init__(self, steps: int, value: float = 1.0, start: float = 0.0) -> None:
        self.steps = checks.integer("steps", steps)
        self.value = checks.number("value", value, minimum=0.0)
        self.start = checks.number("start", start, minimum=0.0)

    def __call__(self, step: Any) -> Any:
        """Return the weight at ``step``."""
        return self.start + (self.value - self.start) * ops.minimum(step / self.steps, 1.0)


@schedules.register("cyclic")
class Cyclic(Schedule):
    """Warm-ups in a row (arXiv:1903.10145).

    Every ``period`` steps the weight climbs from 0 to ``value`` over the first ``ratio`` of the period and stays there
    for the rest.
    """

    def __init__(self, period: int, value: float = 1.0, ratio: float = 0.5) -> None:
        self.period = checks.integer("period", period)
        self.value = checks.number("value", value, minimum=0.0)
        self.ratio = checks.number("ratio", ratio, above=0.0, maximum=1.0)

    def __call__(self, step: Any) -> Any:
        """Return the weight at ``step``."""
        return self.value * ops.minimum(ops.mod(step, self.period) / (self.ratio * self.period), 1.0)
