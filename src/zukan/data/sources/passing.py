"""Files that are not data: those that zukan wrote, hidden ones, and those that other programs keep."""

from __future__ import annotations

from collections.abc import Sequence
from zipfile import ZipFile, ZipInfo

from zukan.data.account import Tally

OWN = "that zukan wrote"
_FOREIGN = "hidden or kept by other programs"
_MARKS = (("recipe.toml", "environment.json"), ("atlas.json", "index.html"))  # of a run, and of an exported page
# Folders and files of macOS, Windows, Synology, QNAP, Linux and Python, in lower case.
_PROGRAMS = {"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin", "system volume information",
             "@eadir", "#recycle", "#snapshot", "@tmp", "@recycle", "@recently-snapshot", "lost+found", "lost.dir",
             "__pycache__"}


def is_foreign(part: str) -> bool:
    """Return whether a file or folder of that name is hidden, or is kept by another program."""
    return part.startswith(".") or part.lower() in _PROGRAMS


def members(archive: ZipFile) -> list[ZipInfo]:
    """Return the files of a zip, without those that are hidden or that other programs keep."""
    return [info for info in archive.infolist()
            if not info.is_dir() and not any(map(is_foreign, info.filename.split("/")))]


def is_own(names: Sequence[str]) -> bool:
    """Return whether files of those names lie in a folder that zukan wrote: a run, or an exported page."""
    return "" in _own_folders(names)


def data_only(names: Sequence[str], tally: Tally) -> list[str]:
    """Return the names of data; the others are added to ``tally``.

    Parameters
    ----------
    names : sequence of str
        Paths with ``/``, relative to the folder or archive.
    tally : Tally
    """
    own = _own_folders(names)
    kept = []
    tops: dict[tuple[str, str], int] = {}
    for name in names:
        top = _top(name.split("/"), own)
        if top is None:
            kept.append(name)
        else:
            tops[top] = tops.get(top, 0) + 1
    for (why, path), count in tops.items():
        tally.add(why, path, count=count)
    return kept


def _own_folders(names: Sequence[str]) -> set[str]:
    """Return the paths of the folders that zukan wrote; "" for the outermost."""
    marks = {mark for group in _MARKS for mark in group}
    found: dict[str, set[str]] = {}
    for name in names:
        folder, _, file = name.rpartition("/")
        if file in marks:
            found.setdefault(folder, set()).add(file)
    return {folder for folder, files in found.items() if any(files.issuperset(group) for group in _MARKS)}


def _top(parts: Sequence[str], own: set[str]) -> tuple[str, str] | None:
    """Return why a file is not data, and the outermost folder or the file to which this applies; None if it is data."""
    for depth, part in enumerate(parts, start=1):
        path = "/".join(parts[:depth])
        if is_foreign(part):
            return _FOREIGN, path + "/" * (depth < len(parts))
        if path in own:
            return OWN, path + "/"
    return None
