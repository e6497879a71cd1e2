"""Results of which each process has a part."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from zukan import checks
from zukan.processes import links
from zukan.processes.group import Group


def of_all(group: Group, what: str, arrays: list[np.ndarray]) -> list[np.ndarray]:
    """Return the arrays of all processes, joined along their first axis in the order of the processes.

    Parameters
    ----------
    group : Group
    what : str
        What the arrays are: the same text in all processes, so that no two different results are joined.
    arrays : list of arrays

    Raises
    ------
    zukan.InputError
        If the processes compute different things.
    """
    heads, parts = [], []
    for content in group.exchange(links.packed([json.dumps([what, *map(_kind, arrays)]).encode(),
                                                *(np.ascontiguousarray(array).tobytes() for array in arrays)])):
        head, *values = links.unpacked(content)
        heads.append(json.loads(head))
        parts.append(values)
    for index, head in enumerate(heads):
        if _without_lengths(head) != _without_lengths(heads[0]):
            raise checks.InputError(
                f"all processes must compute the same, got {checks.show(heads[0][0])} in process 0 and "
                f"{checks.show(head[0])} in process {index}; give all of them the same command, run and data")
    return [np.concatenate([np.frombuffer(part[i], kind).reshape(shape)
                            for part, (_, *kinds) in zip(parts, heads, strict=True) for kind, shape in [kinds[i]]])
            for i in range(len(arrays))]


def _kind(array: np.ndarray) -> tuple[str, tuple[int, ...]]:
    return array.dtype.name, array.shape


def _without_lengths(head: list[Any]) -> list[Any]:
    what, *kinds = head
    return [what, *([kind, shape[1:]] for kind, shape in kinds)]
