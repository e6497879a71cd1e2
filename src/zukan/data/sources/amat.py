"""Larochelle's binarized MNIST: text files of zeros and ones, one image a line."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import checks
from zukan.data.sources.base import Part, Source

ENDING = ".amat"
_NAME = "binarized_mnist_{}.amat"
_JOINED = "the {:,} validation items of Larochelle's files join the training items; the test file is held out"
_SPACES = b" \t\r\n"
_IMAGE = 784  # values of an image of 28 × 28


def is_folder(path: Path) -> bool:
    """Return whether a folder holds Larochelle's training file."""
    return (path / _NAME.format("train")).is_file()


def read(path: Path) -> Source:
    """Return the items of one ``.amat`` file, or of a folder with the files for training, validation and test.

    Larochelle and Murray drew these files for "The neural autoregressive distribution estimator" (AISTATS 2011). The
    validation items join the training items here, which are then 60,000 as in MNIST itself. Lines of 784 values are
    images of 28 × 28.

    Raises
    ------
    zukan.InputError
        If a file holds anything but lines of equally many zeros and ones.
    """
    if not path.is_dir():
        return Source(path.stem, str(path), (_part(path, [_read(path)]),))
    train, valid, test = (path / _NAME.format(name) for name in ("train", "valid", "test"))
    joined = [_read(file) for file in (train, valid) if file.is_file()]
    parts = [_part(train, joined), *([_part(test, [_read(test)])] if test.is_file() else [])]
    notes = (_JOINED.format(len(joined[1])),) if len(joined) > 1 else ()
    return Source(path.name, str(path), tuple(parts), notes=notes)


def _part(path: Path, arrays: list[npt.NDArray[Any]]) -> Part:
    if len({array.shape[1:] for array in arrays}) > 1:
        raise checks.InputError(f"the files beside {str(path)!r} must have lines of one length, got "
                                f"{checks.listed(array.shape[1:] for array in arrays)}; download them again")
    return Part(np.concatenate(arrays), x_name=str(path))


def _read(path: Path) -> npt.NDArray[np.bool_]:
    """Return the lines of a file as items."""
    content = np.fromfile(path, np.uint8)
    is_digit = (content == ord("0")) | (content == ord("1"))
    if not (is_digit | np.isin(content, np.frombuffer(_SPACES, np.uint8))).all():
        raise _wrong(path, "other characters")
    lines = np.split(is_digit, np.flatnonzero(content == ord("\n")))
    counts = np.array([np.count_nonzero(line) for line in lines])
    counts = counts[counts > 0]
    width = int(counts[0]) if counts.size else 0
    if not width or (counts != width).any():
        raise _wrong(path, "lines of different lengths" if width else "none")
    side = math.isqrt(width)
    shape = (side, side) if width == _IMAGE else (width,)
    return (content[is_digit] == ord("1")).reshape(-1, *shape)


def _wrong(path: Path, got: str) -> checks.InputError:
    return checks.InputError(f"source {str(path)!r} must hold lines of equally many zeros and ones, separated by "
                             f"spaces, got {got}; download it again, or rename it if it is a table")
