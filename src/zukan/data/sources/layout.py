"""Splits and classes of images, by the folders in which they lie."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
import numpy.typing as npt

from zukan import checks
from zukan.data.account import LeftOut
from zukan.data.sources.roles import find_roles

JOINED = "the images in the validation folder join the training items; the test folder is held out"
_Folders = list[tuple[str, ...]]


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

    Each folder is a class. The classes may lie in folders like ``train`` and ``test`` or ``val`` (see `find_roles`), or
    each class may hold such folders. A single outer folder is ignored.
    """
    folders: _Folders = [tuple(map(_normal, PurePosixPath(name).parts[:-1])) for name in names]
    while all(folders) and len({parts[0] for parts in folders}) == 1 and not find_roles({folders[0][0]}):
        folders = [parts[1:] for parts in folders]
    folders, splits, is_inside = _take_splits(folders)
    rows, notes, left_out = _rows(names, splits, is_told=is_inside)
    classes = [parts[0] if parts else "" for parts in folders]
    known = [row for part in rows for row in part.tolist()]
    notes += _class_notes([classes[row] for row in known], [folders[row] for row in known])
    found = {classes[row] for row in known}
    return Layout(rows, np.array(classes) if "" not in found and len(found) > 1 else None, tuple(notes), left_out)


def shown(name: str) -> str:
    r"""Return a name with ``\xff`` for each byte that is not UTF-8."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _normal(name: str) -> str:
    """Return the name of a folder in the composed form, so that names from macOS equal those from elsewhere."""
    return unicodedata.normalize("NFC", shown(name))


def _take_splits(folders: _Folders) -> tuple[_Folders, list[tuple[str, str]], bool]:
    """Return the folders without the split folders, the role and the name of each image's split folder.

    The split folders are the outermost ones or, if every image has one there, those inside the classes; the last result
    tells whether they are inside.
    """
    for depth in (0, 1):
        names = [parts[depth] if len(parts) > depth else "" for parts in folders]
        roles = find_roles(set(names) - {""})
        splits = [(roles.get(name, ""), name) for name in names]
        kinds, is_whole = set(roles.values()), all(role for role, _ in splits)
        is_split = is_whole and "train" in kinds and len(kinds) > 1
        if is_split or (depth == 0 and kinds and (len(kinds) > 1 or is_whole)):  # one train among others is a class
            rest = [parts[:depth] + parts[depth + 1 :] if role else parts
                    for parts, (role, _) in zip(folders, splits, strict=True)]
            return _without_repeated(rest, splits), splits, depth == 1
    return folders, [("", "")] * len(folders), False


def _without_repeated(folders: _Folders, splits: list[tuple[str, str]]) -> _Folders:
    """Return the folders without one that only repeats its split, as in ``training_set/training_set/cats``."""
    repeats = {name for role, name in splits if role}
    for parts, (_, name) in zip(folders, splits, strict=True):
        if not parts or parts[0] != name:
            repeats.discard(name)
    return [parts[1:] if name in repeats else parts for parts, (_, name) in zip(folders, splits, strict=True)]


def _rows(names: Sequence[str], splits: list[tuple[str, str]], *, is_told: bool
          ) -> tuple[tuple[npt.NDArray[np.intp], ...], list[str], tuple[LeftOut, ...]]:
    """Return the row numbers of each part, notes, and the images that are in no part."""
    roles = [role for role, _ in splits]
    kinds = set(roles) - {""}
    folders = sorted({name for role, name in splits if role})
    quoted = checks.listed(map(repr, folders))
    if "train" not in kinds or len(kinds) == 1:
        together = len(kinds) > 1 or bool(kinds and "train" not in kinds)
        notes = [f"no folder holds training items, so the images in {quoted} are put together and split anew"]
        return (np.arange(len(names)),), notes if together else [], ()
    held_out = "test" if "test" in kinds else "val"
    train = np.flatnonzero([role not in {held_out, ""} for role in roles])
    test = np.flatnonzero([role == held_out for role in roles])
    notes = [JOINED] if kinds == {"train", "val", "test"} else []
    if is_told or any(name.lower() not in {"train", "test", "val"} for name in folders):
        told = [f"{name!r} as {'test' if role == held_out else 'training'} items"
                for role, name in sorted({split for split in splits if split[0]})]
        notes.insert(0, f"folders that are read as splits: {checks.listed(told)}")
    outside = tuple(shown(name) for name, role in zip(names, roles, strict=True) if not role)
    return (train, test), notes, (LeftOut("file", "outside of the split folders", outside),) if outside else ()


def _class_notes(classes: list[str], folders: _Folders) -> list[str]:
    """Return what the user should know about the classes of the images that are read."""
    notes = []
    found = sorted(set(classes) - {""})
    if "" in classes and len(found) > 1:
        notes.append(f"{checks.plural(classes.count(''), 'image')} not in a class folder, so no classes are read; "
                     "move all images into the folders of their classes")
    by_case: dict[str, list[str]] = {}
    for name in found:
        by_case.setdefault(name.casefold(), []).append(name)
    notes += [f"the classes {' and '.join(map(repr, alike))} differ by case alone; rename one if they are the same"
              for alike in by_case.values() if len(alike) > 1]
    deeper = sorted({"/".join(parts[:2]) for parts in folders if len(parts) > 1})
    if len(found) > 1 and len(deeper) > len({place.split("/")[0] for place in deeper}):
        notes.append(f"classes are the outer folders; the folders inside them are not used: {checks.listed(deeper, 3)}")
    return notes
