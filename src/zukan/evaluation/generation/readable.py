"""The distances of generated images as rows of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zukan.evaluation.readable import Row

NAMES = {"samples": "samples", "reconstructions": "reconstructions", "training": "training images"}


def generation(numbers: Mapping[str, Any]) -> list[Row]:
    """Return a row for each set of images that was compared with the test images."""
    rows = [(f"Fréchet distance, {name}", f"{numbers[part]['frechet']:.2f}", _rest(numbers[part]))
            for part, name in NAMES.items()]
    accuracy = numbers["classifier"]["accuracy"]
    known = "" if accuracy is None else f"; it knows {accuracy:.1%} of the test images"
    return [*rows, ("images of each kind", f"{numbers['items']:,}",
                    f"in the features of a classifier that zukan trained on the labels{known}")]


def _rest(part: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {part[name]:.3f}" for name in ("precision", "recall", "density", "coverage"))
