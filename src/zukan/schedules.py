"""Schedules: a weight as a function of the training step."""

from __future__ import annotations

import math
import numbers
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from keras import ops

from zukan import checks
from zukan.registry import Part, Registry


class Schedule(Part, ABC):
    """A weight as a function of the training step."""

    @abstractmethod
    def __call__(self, step: Any) -> Any:
        """Return the weight at ``step``, a float tensor with the number of updates made so far."""

    def settles(self) -> float:
        """Return the step from which on the weight stays the same; infinity if it never does."""
        return math.inf


schedules = Registry("schedule", Schedule)


def make(argument: str, value: Any) -> Schedule:
    """Return the schedule ``value``: a number of at least 0 (constant), a name, a mapping or a `Schedule`.

    Messages call it ``argument``.
    """
    if isinstance(value, numbers.Real) and not isinstance(value, bool):
        return Constant(checks.number(argument, value, minimum=0.0))
    return schedules.make(value, argument)


@schedules.register("constant")
class Constant(Schedule):
    """The same weight at every step.

    Parameters
    ----------
    value : float, default 1.0
    """

    numbers: ClassVar[tuple[str, ...]] = ("value",)

    def __init__(self, value: float = 1.0) -> None:
        self.value = checks.number("value", value, minimum=0.0)

    def __call__(self, step: Any) -> Any:
        """Return ``value``."""
        return ops.full_like(step, self.number("value"))

    def settles(self) -> float:
        """Return 0."""
        return 0.0


@schedules.register("warmup")
class LinearWarmup(Schedule):
    """A linear change from ``start`` to ``value``: start + (value - start) * min(step / steps, 1) (arXiv:1602.02282).

    Parameters
    ----------
    steps : int
        Number of steps after which the weight is ``value``.
    value : float, default 1.0
        The final weight.
    start : float, default 0.0
        The weight at step 0.
    """

    numbers: ClassVar[tuple[str, ...]] = ("value",)

    def __init__(self, steps: int, value: float = 1.0, start: float = 0.0) -> None:
        self.steps = checks.integer("steps", steps)
        self.value = checks.number("value", value, minimum=0.0)
        self.start = checks.number("start", start, minimum=0.0)

    def __call__(self, step: Any) -> Any:
        """Return the weight at ``step``."""
        return self.start + (self.number("value") - self.start) * ops.minimum(step / self.steps, 1.0)

    def settles(self) -> float:
        """Return ``steps``."""
        return float(self.steps)


@schedules.register("cyclic")
class Cyclic(Schedule):
    """Repeated linear warm-up: value * min((step mod period) / (ratio * period), 1) (arXiv:1903.10145).

    Parameters
    ----------
    period : int
        Number of steps in one cycle. Each cycle starts at weight 0.
    value : float, default 1.0
        The largest weight.
    ratio : float, default 0.5
        Share of the cycle in which the weight rises from 0 to ``value``; it stays there until the cycle ends.
    """

    numbers: ClassVar[tuple[str, ...]] = ("value",)

    def __init__(self, period: int, value: float = 1.0, ratio: float = 0.5) -> None:
        self.period = checks.integer("period", period)
        self.value = checks.number("value", value, minimum=0.0)
        self.ratio = checks.number("ratio", ratio, above=0.0, maximum=1.0)

    def __call__(self, step: Any) -> Any:
        """Return the weight at ``step``."""
        return self.number("value") * ops.minimum(ops.mod(step, self.period) / (self.ratio * self.period), 1.0)


@schedules.register("exponential")
class Exponential(Schedule):
    """An exponential decay down to ``value``: max(start * exp(-rate * step), value), as arXiv:1611.01144 anneals.

    Parameters
    ----------
    value : float, default 0.5
        The final weight.
    start : float, default 1.0
        The weight at step 0.
    rate : float, default 1e-4
    """

    numbers: ClassVar[tuple[str, ...]] = ("value",)

    def __init__(self, value: float = 0.5, start: float = 1.0, rate: float = 1e-4) -> None:
        self.value = checks.number("value", value, minimum=0.0)
        self.start = checks.number("start", start, minimum=0.0)
        self.rate = checks.number("rate", rate, minimum=0.0)

    def __call__(self, step: Any) -> Any:
        """Return the weight at ``step``."""
        return ops.maximum(self.start * ops.exp(-self.rate * step), self.number("value"))

    def settles(self) -> float:
        """Return the step at which the decay reaches ``value``."""
        if self.start <= self.value or not self.rate:
            return 0.0
        return math.log(self.start / self.value) / self.rate if self.value else math.inf
