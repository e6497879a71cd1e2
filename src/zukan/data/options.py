"""Every choice about how a data set is read, scaled and split: declared here and nowhere else.

`zukan.data.load` takes these fields as keywords, the recipe inherits them, and the command line shows their help texts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from zukan import checks
from zukan.data.memory import available

CHANNELS = (1, 3, 4)
FITS = ("crop", "pad", "resize")
SCALINGS = ("auto", "none", "standard", "minmax")


def option(default: Any, text: str) -> Any:
    """Return a dataclass field with a help text."""
    return field(default=default, metadata={"help": text})


@dataclass(frozen=True)
class Options:
    """How to read, scale and split a data set.

    Parameters
    ----------
    label : str, optional
        Column of a table that holds the labels.
    columns : tuple of str, optional
        Columns of a table to use as features, in this order; by default every numeric column.
    image_size : int, str or pair of int, optional
        Height and width of the images: ``64``, ``"48x64"`` or ``(48, 64)``. By default the most common size, with the
        longer side at most `zukan.data.images.LONGEST`.
    image_fit : {"crop", "pad", "resize"}
        How an image with other proportions gets this size: cut at the center, padded, or distorted.
    channels : {1, 3, 4}, optional
        Gray, color, or color with opacity. By default 3 if a sample of about 200 images shows color, else 1.
    memory : float, optional
        GiB that the items may take as float32; larger data is read when needed. By default half of the free memory.
        The results are the same.
    workers : int
        Worker processes that read such data during training; 0 for threads.
    test_fraction : float
        Share of the items to hold out, above 0 and below 1, if the data has no test set.
    stratify : bool
        Hold out the same share of each class, if there are labels.
    split_seed : int, optional
        Seed of the split; by default ``seed``.
    scaling : {"auto", "none", "standard", "minmax"}
        Scaling of the features, fitted on the training items: to mean 0 and standard deviation 1, or to [0, 1]. "auto"
        is "standard" for tables and "none" for arrays and images.
    """

    label: str | None = option(None, "Column of a table that holds the labels.")
    columns: tuple[str, ...] | None = None
    image_size: Any = option(None, "Size of the images, 64 or HEIGHTxWIDTH; by default the most common size.")
    image_fit: str = option("crop", "How images with other proportions get this size: crop, pad or resize.")
    channels: int | None = option(None, "Channels of the images: 1, 3 or 4; by default 3 if any is in color, else 1.")
    scaling: str = option("auto", "Scaling of the features, fitted on the training items: standard, minmax or none; "
                                  "auto is standard for tables and none for arrays.")
    test_fraction: float = option(1 / 6, "Share of the items to hold out, if the data has no test set.")
    stratify: bool = option(True, "Hold out the same share of each class.")  # noqa: FBT003
    split_seed: int | None = option(None, "Seed of the split, if the data has no test set; by default the seed.")
    memory: float | None = option(None, "GiB that the items may take as float32; larger data is read from disk when "
                                        "needed, with the same results. By default half of the free memory.")
    workers: int = option(0, "Worker processes that read such data; 0 for threads.")

    def __post_init__(self) -> None:
        if self.label is not None and not isinstance(self.label, str):
            raise checks.InputError(f"label must be text, got {checks.show(self.label)}; put it in quotes")
        checks.choice("image_fit", self.image_fit, FITS)
        if self.channels is not None and self.channels not in CHANNELS:
            raise checks.InputError(
                f"channels must be 1 (gray), 3 (color) or 4 (color with opacity), got {checks.show(self.channels)}")
        if self.memory is not None:
            checks.number("memory", self.memory, above=0.0)
        checks.integer("workers", self.workers, minimum=0)
        if not 0.0 < checks.number("test_fraction", self.test_fraction) < 1.0:
            raise checks.InputError(
                f"test_fraction must be above 0 and below 1, got {self.test_fraction:g}; "
                "0.2 holds out a fifth of the items")
        if not isinstance(self.stratify, bool):
            raise checks.InputError(f"stratify must be true or false, got {checks.show(self.stratify)}")
        if self.split_seed is not None:
            checks.integer("split_seed", self.split_seed, minimum=0)
        checks.choice("scaling", self.scaling, SCALINGS)
        _ = self.size

    def split_seed_or(self, seed: int) -> int:
        """Return ``split_seed``, or ``seed`` if it is not given."""
        return seed if self.split_seed is None else self.split_seed

    @property
    def budget(self) -> int:
        """Bytes that the items may take as float32."""
        return available() // 2 if self.memory is None else int(self.memory * 2**30)

    @property
    def size(self) -> tuple[int, int] | None:
        """Height and width of the images, if they are given."""
        size = self.image_size
        if size is None:
            return None
        if isinstance(size, str) and re.fullmatch(r"\d{1,5}(x\d{1,5})?", size):
            size = [int(side) for side in size.split("x")]
        sides = list(size) if isinstance(size, (list, tuple)) else [size]
        if len(sides) not in {1, 2} or not all(isinstance(side, int) and 1 <= side <= 4096 for side in sides):
            raise checks.InputError(
                "image_size must be one or two whole numbers from 1 to 4096, height x width, got "
                f"{checks.show(self.image_size)}; give 64 or '48x64', for example")
        return sides[0], sides[-1]
