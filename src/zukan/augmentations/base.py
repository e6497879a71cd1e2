"""The base class of augmentations, and their registry."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from zukan import checks
from zukan.context import Draws, Shapes
from zukan.registry import Part, Registry


class Augmentation(Part, ABC):
    """A random change of the items of a batch, in passes of the training only.

    Encoder and likelihood both see the result, or, as a corruption, the encoder alone. Validation and every other
    method see the items as they are.

    Attributes
    ----------
    support : (float, float)
        The range in which the items must lie.
    images : bool
        Whether the items must be images.
    """

    support: ClassVar[tuple[float, float]] = (-math.inf, math.inf)
    images: ClassVar[bool] = False

    @abstractmethod
    def __call__(self, x: Any, draws: Draws) -> Any:
        """Return a batch of changed items.

        Parameters
        ----------
        x : tensor, shape (batch, *event_shape)
            A missing value is NaN.
        draws : Draws
            The ``seed`` of every random draw.
        """

    def check(self, argument: str, shapes: Shapes, support: tuple[float, float]) -> None:
        """Raise `checks.InputError` if the augmentation is not made for items of this shape and range."""
        name = type(self).__name__
        if self.images and len(shapes.event_shape) != 3:
            raise checks.InputError(f"{argument}: {name} needs images, shape (height, width, channels), got items of "
                                    f"shape {shapes.event_shape}; leave it out")
        if support[0] < self.support[0] or support[1] > self.support[1]:
            raise checks.InputError(
                f"{argument}: {name} needs a likelihood of values from {self.support[0]:g} to {self.support[1]:g}, "
                f"such as 'bernoulli', got one of values from {support[0]:g} to {support[1]:g}; leave it out")


augmentations = Registry("augmentation", Augmentation)


def make_all(value: Any, argument: str = "augment", shapes: Shapes | None = None,
             support: tuple[float, float] = (0.0, 1.0)) -> tuple[Augmentation, ...]:
    """Return augmentations in the order in which they are applied.

    Parameters
    ----------
    value : str, mapping, Augmentation or sequence of them
        In text, commas separate names: ``"flip,shift"``. An empty text means none.
    argument : str
        What messages call ``value``.
    shapes : Shapes, optional
        Of the items that they must be made for.
    support : (float, float)
        The range of these items.

    Raises
    ------
    zukan.InputError
        If a name or an argument is unknown, or an augmentation is not made for such items.
    """
    if isinstance(value, str):
        value = [name.strip() for name in value.split(",")] if value.strip() else []
    if isinstance(value, (Mapping, Augmentation)):
        value = [value]
    if not isinstance(value, (list, tuple)):
        raise checks.InputError(
            f"{argument} must be names, got {checks.show(value)}; write 'flip,shift', or leave it out")
    parts = tuple(augmentations.make(part, argument) for part in value)
    for part in parts if shapes else ():
        part.check(argument, shapes, support)
    return parts
