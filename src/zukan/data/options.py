"""How a source is to be read, where it leaves a choice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from zukan import checks
from zukan.data.memory import available

CHANNELS = (1, 3, 4)
FITS = ("crop", "pad", "resize")


@dataclass(frozen=True)
class Options:
    """What to make of images and tables.

    Parameters
    ----------
    label : str, optional
        The column of a table that holds the labels.
    columns : tuple of str, optional
        The columns of a table that are the features, in this order; every numeric one by default.
    image_size : int, str or pair of int, optional
        ``64``, ``"48x64"`` or ``(48, 64)``: height and width that images are brought to. By default the most common
        size among them, its longer side at most `zukan.data.images.LONGEST`.
    image_fit : {"crop", "pad", "resize"}
        How an image of other proportions is brought to that size: cut at the centre, given borders, or distorted.
    channels : {1, 3, 4}, optional
        Grey, colour, or colour with opacity; by default 3 when an image shows colour, of some 200
        spread over all, else 1.
    memory : float, optional
        GiB that the items may take as float32; where they would take more, they stay on disk (or in memory, as bytes)
        and are read when they are needed. By default half of what is free. The results are the same.
    workers : int
        Processes that read such items during training; 0 for threads.
    """

    label: str | None = None
    columns: tuple[str, ...] | None = None
    image_size: Any = None
    image_fit: str = "crop"
    channels: int | None = None
    memory: float | None = None
    workers: int = 0

    def __post_init__(self) -> None:
        checks.choice("image_fit", self.image_fit, FITS)
        if self.channels is not None and self.channels not in CHANNELS:
            raise checks.InputError(
                f"channels must be 1 (grey), 3 (colour) or 4 (with opacity), got {checks.show(self.channels)}")
        if self.memory is not None:
            checks.number("memory", self.memory, above=0.0)
        checks.integer("workers", self.workers, minimum=0)
        _ = self.size

    @property
    def budget(self) -> int:
        """Bytes that the items may take as float32."""
        return available() // 2 if self.memory is None else int(self.memory * 2**30)

    @property
    def size(self) -> tuple[int, int] | None:
        """Height and width, where they are given."""
        given = self.image_size
        if given is None:
            return None
        if isinstance(given, str) and re.fullmatch(r"\d{1,5}(x\d{1,5})?", given):
            given = [int(side) for side in given.split("x")]
        sides = list(given) if isinstance(given, (list, tuple)) else [given]
        if len(sides) not in {1, 2} or not all(isinstance(side, int) and 1 <= side <= 4096 for side in sides):
            raise checks.InputError(
                "image_size must be one or two whole numbers from 1 to 4096, height x width, got "
                f"{checks.show(self.image_size)}; give 64 or '48x64', for example")
        return sides[0], sides[-1]
