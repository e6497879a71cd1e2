"""Splits and classes of images, by the folders in which they lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
import numpy.typing as npt

from zukan.data.account import LeftOut

_SPLITS = {"train": "train", "training": "train", "test": "test", "testing": "test",
           "val": "val", "valid": "val", "validation": "val"}


@dataclass(frozen=True, eq=False)
class Layout:
    """Which images belong to which part of a source.

    Parameters
    ----------
    rows : tuple of arrays
        The row numbers of the images: one array if the source is not split, else one for training and one for test.
    classes : array of str, optional
        The class of every image, if the images have classes.
    notes : tuple of str
        What the user should know.
    left_out : tuple of LeftOut
        Images that are in no part.
    """

    rows: tuple[npt.NDArray[np.intp], ...]
    classes: npt.NDArray[np.str_] | None
    notes: tuple[str, ...]
    left_out: tuple[LeftOut, ...] = ()


def find_layout(names: Sequence[str]) -> Layout:
    """Return the layout of images with these paths.

    Each folder is a class. The classes may lie in the folders ``train`` and ``test`` or ``val``. A single outer folder
    is ignored.
    """
    folders = [PurePosixPath(name).parts[:-1] for name in names]
    while all(folders) and len({parts[0] for parts in folders}) == 1 and folders[0][0].lower() not in _SPLITS:
        folders = [parts[1:] for parts in folders]
    splits = [_SPLITS.get(parts[0].lower(), "") if parts else "" for parts in folders]
    rows, notes, left_out = _rows(names, splits)
    if len(rows) > 1 or "" not in splits:  # the first folder is a split, even if there is only one
        folders = [parts[1:] for parts in folders]
    classes = [parts[0] if parts else "" for parts in folders]
    known = [classes[row] for part in rows for row in part]
    if "" in known and len(set(known)) > 2:
        notes.append(f"{known.count(''):,} images are not in a class folder, so no classes are read; "
                     "move them into the folders of their classes")
    has_classes = "" not in known and len(set(known)) > 1
    return Layout(rows, np.array(classes) if has_classes else None, tuple(notes), left_out)


def _rows(names: Sequence[str], splits: list[str]
          ) -> tuple[tuple[npt.NDArray[np.intp], ...], list[str], tuple[LeftOut, ...]]:
    """Return the row numbers of each part, notes, and the images that are in no part."""
    kinds = set(splits) - {""}
    if "train" not in kinds or len(kinds) == 1:
        return (np.arange(len(names)),), [], ()
    held_out = "test" if "test" in kinds else "val"
    train = np.flatnonzero([split not in {held_out, ""} for split in splits])
    test = np.flatnonzero([split == held_out for split in splits])
    notes = []
    if kinds == {"train", "val", "test"}:
        notes.append("the images in the validation folder join the training items; the test folder is held out")
    outside = tuple(name for name, split in zip(names, splits, strict=True) if not split)
    return (train, test), notes, (LeftOut("file", "outside of the split folders", outside),) if outside else ()
