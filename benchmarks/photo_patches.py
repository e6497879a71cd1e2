"""Patches of the color photographs that scikit-image ships; test patches and training patches do not overlap."""

from __future__ import annotations

from importlib import resources
from typing import Any

import numpy as np

SIDE = 64
BLOCK = 2 * SIDE  # pixels of the blocks into which a photograph is divided
TEST = 5  # every fifth block is a test block
# Eight photographs in the wheel of scikit-image, with the step by which their pixels are averaged first.
PHOTOGRAPHS = {"astronaut.png": 1, "chelsea.png": 1, "coffee.png": 1, "hubble_deep_field.jpg": 2, "ihc.png": 1,
               "motorcycle_left.png": 1, "retina.jpg": 2, "rocket.jpg": 1}


def patches(step: int = 12) -> dict[str, np.ndarray]:
    """Return ``x_train``, ``y_train``, ``x_test``, ``y_test``: uint8 patches of 64×64×3, and the photograph of each.

    A photograph is divided into blocks of 128×128 pixels. Patches that lie inside a test block, 32 pixels apart, are
    the test set. Patches that share no pixel with a test block, ``step`` pixels apart, are the training set.
    """
    split: dict[str, list[Any]] = {name: [] for name in ("x_train", "y_train", "x_test", "y_test")}
    for label, (name, size) in enumerate(PHOTOGRAPHS.items()):
        photograph = _read(name, size)
        tested = _test_blocks(photograph.shape[:2], label)
        for part, distance, wanted in (("train", step, 0), ("test", SIDE // 2, SIDE * SIDE)):
            for top in range(0, photograph.shape[0] - SIDE + 1, distance):
                for left in range(0, photograph.shape[1] - SIDE + 1, distance):
                    place = np.s_[top: top + SIDE, left: left + SIDE]
                    if np.count_nonzero(tested[place]) == wanted and not _is_one_color(photograph[place]):
                        split[f"x_{part}"].append(photograph[place])
                        split[f"y_{part}"].append(label)
    return {name: np.array(values, np.uint8 if name.startswith("x") else np.int64) for name, values in split.items()}


def names() -> list[str]:
    """Return the names of the photographs, by label."""
    return [name.partition(".")[0] for name in PHOTOGRAPHS]


def _read(name: str, size: int) -> np.ndarray:
    """Return the photograph, shape (height, width, 3), each ``size`` × ``size`` pixels averaged to one."""
    from PIL import Image

    with resources.files("skimage.data").joinpath(name).open("rb") as file, Image.open(file) as image:
        return np.array(image.convert("RGB").reduce(size))


def _test_blocks(shape: tuple[int, int], first: int) -> np.ndarray:
    """Return a mask of the pixels of the test blocks, every fifth block; each photograph begins with another one."""
    height, width = (-(-side // BLOCK) for side in shape)
    blocks = (np.arange(height * width).reshape(height, width) * 2 + first) % TEST == 0
    return np.kron(blocks, np.ones((BLOCK, BLOCK), bool))[: shape[0], : shape[1]]


def _is_one_color(patch: np.ndarray) -> bool:
    """Return whether nothing is to be seen: the black around a retina, or empty sky."""
    return float(patch.std(axis=(0, 1)).max()) < 4.0
