"""Roles of folders and splits: which hold training items and which are held out, judged by their names."""

from __future__ import annotations

import re
from collections.abc import Collection

_WORDS = {"train": "train", "training": "train", "test": "test", "testing": "test", "val": "val", "valid": "val",
          "validation": "val", "dev": "val"}
_FILLERS = {"set", "sets", "data", "dataset", "images", "imgs", "img", "image", "split", "folder"}
_LONG = re.compile(r"(training|train|testing|test|validation|valid|val)(set|data|images|imgs)?")


def find_roles(names: Collection[str]) -> dict[str, str]:
    """Return "train", "val" or "test" for each name that has such a role.

    A name has a role if it is or contains a word like ``train``: ``Train``, ``training_set``, ``seg_train``,
    ``train2017``. Since classes may have such names too (``train_station``, ``test_tube``), a name that is more than
    the word counts only if what remains of it, without words like ``set`` and ``images``, also remains of a name with
    another role.

    Parameters
    ----------
    names : collection of str
        The names of folders or splits that lie beside each other.
    """
    found = {name: role_and_rest(name) for name in names}
    roles_of: dict[str, set[str]] = {}
    for role, rest in found.values():
        roles_of.setdefault(rest, set()).add(role)
    return {name: role for name, (role, rest) in found.items()
            if role and (not rest or len(roles_of[rest] - {""}) > 1)}


def role_and_rest(name: str) -> tuple[str, str]:
    """Return the role that a name tells, "" if it tells none or several, and what else the name holds."""
    words = [part for word in re.findall(r"[^\W\d_]+|\d+", name.lower()) for part in _parts(word)]
    roles = {_WORDS[word] for word in words if word in _WORDS}
    rest = " ".join(word for word in words if word not in _WORDS and word not in _FILLERS)
    return (roles.pop() if len(roles) == 1 else ""), rest


def _parts(word: str) -> list[str]:
    """Return a word like ``trainset`` as its parts."""
    match = _LONG.fullmatch(word)
    return [part for part in match.groups() if part] if match else [word]
