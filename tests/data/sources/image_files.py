"""Small images to write into files, and what is read of them."""

import numpy as np
from PIL import Image

from zukan import data

GRAY = np.arange(48, dtype=np.uint8).reshape(6, 8) * 5
COLOR = np.stack([GRAY, GRAY[::-1], 255 - GRAY], axis=-1)


def write(path, pixels=GRAY, mode=None, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(pixels)
    (image.convert(mode) if mode else image).save(path, **options)
    return path


def read_all(source, **options):
    """Return all items as float32."""
    return data.items(source, **options)[0].x


def read_first(path, **options):
    """Return the first item as numbers from 0 to 255."""
    return np.rint(read_all(path, **options)[0] * 255)


def write_folder(path):
    """Write six images of two classes."""
    for name, shift in (("cat", 0), ("dog", 60)):
        for i in range(3):
            write(path / name / f"{i}.png", GRAY // 2 + np.uint8(shift + i))
    return path
