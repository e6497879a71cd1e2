"""From what the caller names or hands over to arrays by name."""

from __future__ import annotations

import dataclasses
import difflib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from zukan import checks
from zukan.data import frames, objects, paths
from zukan.data.files import opened
from zukan.data.options import Options
from zukan.data.remote import KERAS_SETS, download
from zukan.data.source import Source

COLUMNS = "columns"  # of a mapping or archive: the names of the features of its table
NAMES = ("mnist", *KERAS_SETS)


@contextmanager
def resolved(source: Any, options: Options) -> Iterator[Source]:
    """Yield the `Source` that a name, a path, an array, a mapping or a tuple of arrays stands for."""
    if isinstance(source, str) and (source in NAMES or not paths.named(source)):
        with _named(source) as arrays:
            yield Source(source, source, source, arrays)
    elif isinstance(source, (str, os.PathLike)):
        with paths.at(Path(source), options) as found:
            yield _table(found)
    elif frames.is_frame(source):
        yield frames.frame(source, options)
    elif objects.kind(source) is not None:
        yield objects.gathered(source, options)
    else:
        yield _table(Source("arrays", "arrays in memory", "", _given(source)))


def _table(source: Source) -> Source:
    """Return ``source`` as a table where its arrays say that they are one, as `zukan.data.gathered` writes it."""
    if COLUMNS not in source.arrays:
        return source
    names = np.asarray(source.arrays[COLUMNS])
    rest = {name: source.arrays[name] for name in source.arrays if name != COLUMNS}
    if names.ndim != 1 or names.dtype.kind != "U" or any(
            len(names) not in np.shape(x)[1:] for name, x in rest.items() if name.startswith("x")):
        raise checks.InputError(
            f"{COLUMNS} in {source.where or 'source'} must be text, a name for each feature of x, "
            f"got {checks.show(names)}; name every feature, or drop it")
    return dataclasses.replace(source, arrays=rest, columns=tuple(names.tolist()))


@contextmanager
def _named(name: str) -> Iterator[Mapping[str, Any]]:
    if name == "mnist":
        with opened(resources.files("zukan.data").joinpath("mnist.npz"), "mnist.npz") as arrays:
            yield arrays
    elif name in KERAS_SETS:
        yield download(name)
    else:
        near = difflib.get_close_matches(name.lower(), NAMES, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else "give one of these"
        raise checks.InputError(
            f"source must be {', '.join(map(repr, NAMES))} or the path of a file or folder, "
            f"got {checks.show(name)}; {hint}")


def _given(source: Any) -> Mapping[str, Any]:
    if isinstance(source, np.lib.npyio.NpzFile):  # reads an array when asked for it
        return source
    if isinstance(source, Mapping):
        return {str(name): array for name, array in source.items() if array is not None}
    if isinstance(source, tuple) and len(source) == 2:
        if all(isinstance(half, tuple) and len(half) == 2 for half in source):
            (x_train, y_train), (x_test, y_test) = source
            return _given({"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test})
        return _given({"x": source[0], "y": source[1]})
    if hasattr(source, "__array__") or isinstance(source, list):
        return {"source": source}
    got = f"a tuple of {len(source)}" if isinstance(source, tuple) else checks.show(source)
    raise checks.InputError(
        "source must be a name, a path, an array, a mapping of arrays, (x, y), ((x_train, y_train), "
        "(x_test, y_test)), a data frame, or a data set of torch, TensorFlow or Hugging Face, "
        f"got {got}; give one of these")
