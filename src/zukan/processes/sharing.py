"""Results of which each process has a part."""

from __future__ import annotations

import json

import numpy as np

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
    head = json.dumps([(array.dtype.name, array.shape) for array in arrays]).encode()
    contents = group.exchange(what, links.packed([head, *(np.ascontiguousarray(array).tobytes() for array in arrays)]))
    return [np.concatenate(pieces) for pieces in zip(*map(_arrays, contents), strict=True)]


def _arrays(content: bytes) -> list[np.ndarray]:
    """Return the arrays of one process."""
    head, *values = links.unpacked(content)
    return [np.frombuffer(value, kind).reshape(shape)
            for value, (kind, shape) in zip(values, json.loads(head), strict=True)]
