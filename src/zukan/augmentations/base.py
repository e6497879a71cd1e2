"""The base class of augmentations, and their registry."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from zukan import checks
from zukan.context import Draws, Shapes
from zukan.registry import Part, Registry


class Augmentation(Part, ABC):
    """A random change of the items of a batch, in passes of the training only.

    Encoder and likelihood both see the result. Validation and every other method see the items as they are.
    """

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

    def check(self, shapes: Shapes) -> None:
        """Raise `checks.InputError` if the augmentation is not made for items of this shape."""

    def _check_image(self, name: str, shapes: Shapes) -> None:
        if len(shapes.event_shape) != 3:
            raise checks.InputError(f"augment {name!r} needs images, shape (height, width, channels), got items of "
                                    f"shape {shapes.event_shape}; leave it out")


augmentations = Registry("augmentation", Augmentation)


def make_all(value: Any, shapes: Shapes | None = None) -> tuple[Augmentation, ...]:
    """Return augmentations in the order in which they are applied.

    Parameters
    ----------
    value : str, mapping, Augmentation or sequence of them
        In text, commas separate names: ``"flip,shift"``. An empty text means none.
    shapes : Shapes, optional
        Of the items that they must be made for.

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
        raise checks.InputError(f"augment must be names, got {checks.show(value)}; write 'flip,shift', or leave it out")
    parts = tuple(augmentations.make(part, "augment") for part in value)
    for part in parts if shapes else ():
        part.check(shapes)
    return parts
