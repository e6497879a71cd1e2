"""From a source to a checked, scaled and split `Dataset`."""

from __future__ import annotations

from typing import Any

import numpy as np

from zukan import checks
from zukan.data.arrays import Array, fingerprint, value_range
from zukan.data.dataset import Dataset, Split
from zukan.data.labels import encode
from zukan.data.layout import assign
from zukan.data.onfile import large
from zukan.data.options import Options
from zukan.data.reading import read
from zukan.data.rows import Held, Items, Joined, Rows
from zukan.data.scaling import Scaling
from zukan.data.source import Source
from zukan.data.sources import COLUMNS, resolved
from zukan.data.splitting import hold_out


def load(source: Any, *, seed: int = 0, **options: Any) -> Dataset:
    """Return ``source`` as float32 items with int64 labels, in a training and a test split.

    uint8 is divided by 255, bool becomes 0 and 1, floats keep their values, other dtypes are refused; the features of
    a table are standardised. Images without a channel axis gain one. Text labels are numbered by their sorted names.
    Items that come as float32, already split, are not copied. Items that would take more than ``memory`` as float32
    stay where they are, as `zukan.data.rows.Rows`, and are read when needed; everything else is the same.

    Parameters
    ----------
    source : str, path, array, mapping, tuple, frame or data set
        ``"mnist"``, which ships with zukan; ``"fashion_mnist"``, ``"cifar10"`` or ``"cifar100"``, which Keras
        downloads; the path of a folder, zip or tar of images, of a ``.npy``, ``.npz`` or IDX file, or of a table
        (``.csv``, ``.tsv``, ``.parquet``); a table of pandas, polars or pyarrow; a data set of Hugging Face, torch,
        TensorFlow or Keras, or an iterator of items or of (item, label) pairs, all gathered into memory; an array of
        shape (n, d), (n, height, width) or (n, height, width, channels); ``(x, y)``;
        ``((x_train, y_train), (x_test, y_test))``. A mapping or an ``.npz`` holds ``x_train`` with, where there are
        any, ``y_train``, ``x_test`` and ``y_test``; or ``x`` with ``y``; or one array of any name.
    seed : int
        Seed of the split, if ``split_seed`` is not given. The same seed, labels and number of items give the same split
        on every machine.
    **options
        Fields of `zukan.data.Options`: how to read the source, and which items to hold out as the test set.

    Returns
    -------
    Dataset

    Raises
    ------
    zukan.checks.InputError
        When the source is not such data; the message names what is wrong and the fix.

    References
    ----------
    LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition", 1998,
    doi:10.1109/5.726791 (MNIST).
    """
    chosen = Options(**options)
    seed = chosen.split_seed_or(checks.integer("seed", seed, minimum=0))
    with resolved(source, chosen) as origin:
        raw, unused = _read(origin)
    raw = _unread(raw, chosen)
    provenance: dict[str, str | int] = {"source": origin.text, "sha256": fingerprint(raw)}
    split = "as given"
    if "x" in raw:
        rows = hold_out(len(raw["x"]), chosen.test_fraction, seed, raw.get("y") if chosen.stratify else None)
        raw = {f"{role}_{part}": array.take(rows[part]) if isinstance(array, Items) else array[rows[part]]
               for role, array in raw.items() for part in rows}
        split = f"test_fraction {chosen.test_fraction:g}, seed {seed}"
        if chosen.stratify and "y_train" in raw:
            split += ", by class"
    scaled = _scaling(chosen.scaling, raw["x_train"], table=origin.columns is not None)
    provenance |= {"scaling": scaled.text, "split": split}
    if unused:
        provenance["ignored"] = ", ".join(unused)
    (y_train, y_test), class_names = encode([raw.pop("y_train", None), raw.pop("y_test", None)])
    train, test = (Split(_seen(scaled, raw.pop(f"x_{part}"), chosen.workers), y)
                   for part, y in (("train", y_train), ("test", y_test)))
    return Dataset(origin.name, train, test, class_names, value_range(train.x, test.x), provenance, scaled,
                   origin.columns, origin.notes, origin.unreadable)


def items(source: Any, *, scaling: Scaling | None = None, **options: Any) -> tuple[Split, tuple[str, ...] | None]:
    """Return every item of ``source`` in its own order, training items before test items, and the class names.

    For a trained model to be applied to: nothing is split or shuffled. Takes and refuses what `load` does.

    Parameters
    ----------
    scaling : Scaling, optional
        What the model's training items went through; by default what their dtype asks for.

    Returns
    -------
    (Split, tuple of str or None)
        ``y`` is None unless every item has a label.
    """
    chosen = Options(**options)
    with resolved(source, chosen) as origin:
        raw, _ = _read(origin)
    parts = [part for part in ("", "_train", "_test") if f"x{part}" in raw]
    labels, class_names = encode([raw.get(f"y{part}") for part in parts])
    found = [_unread(raw, chosen)[f"x{part}"] for part in parts]
    x = np.concatenate(found) if isinstance(found[0], np.ndarray) else Joined(found) if found[1:] else found[0]
    if scaling is None or not np.ndim(scaling.factor):
        scaling = Scaling.of(x.dtype)
    elif x.shape[1:] != np.shape(scaling.factor):
        raise checks.InputError(
            f"source must have {np.size(scaling.factor)} features, as the data that the scaling was fitted on, "
            f"got items of shape {x.shape[1:]}; give the same features")
    known = [y for y in labels if y is not None]
    y = np.concatenate(known) if len(known) == len(parts) else None
    return Split(_seen(scaling, x, chosen.workers), y), class_names


def gathered(source: Any, **options: Any) -> tuple[dict[str, Array], tuple[str, ...], str]:
    """Return what ``source`` holds as checked arrays by role, not yet split or scaled; notes; and what was ignored.

    Written to an ``.npz``, the arrays load as ``source`` does. A table's names are in ``columns``.
    """
    with resolved(source, Options(**options)) as origin:
        raw, unused = _read(origin)
    if origin.columns is not None:
        raw = {**raw, COLUMNS: np.array(origin.columns, str)}
    return raw, origin.notes, ", ".join(unused)


def _read(origin: Source) -> tuple[dict[str, Array], list[str]]:
    """Return the checked arrays by role, and the names of what plays none."""
    roles, unused = assign(origin.arrays, origin.where)
    return read(origin.arrays, roles, origin.where), [*origin.ignored, *unused]


def _unread(raw: dict[str, Any], options: Options) -> dict[str, Any]:
    """Return ``raw`` with its items as `Items`, all or none: those that would take too much memory as float32."""
    x = {role: array for role, array in raw.items() if role.startswith("x")}
    small = all(isinstance(array, np.ndarray) and array.dtype.itemsize < 4 for array in x.values())
    if not (any(isinstance(array, Items) for array in x.values()) or (small and large(x, options))):
        return raw
    return {**raw, **{role: Held(array, role) if isinstance(array, np.ndarray) else array for role, array in x.items()}}


def _seen(scaling: Scaling, x: Array | Items, workers: int) -> Any:
    """Return what the model sees of ``x``."""
    return Rows(x, scaling, workers) if isinstance(x, Items) else scaling.apply(x)


def _scaling(kind: str, x: Array | Items, *, table: bool) -> Scaling:
    if kind == "none" or (kind == "auto" and not table):
        return Scaling.of(x.dtype)
    return Scaling.fitted("standard" if kind == "auto" else kind, x)
