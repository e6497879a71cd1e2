"""Data: arrays in, a checked, scaled and split `Dataset` out. Knows no models."""

from __future__ import annotations

from typing import Any

import numpy as np

from zukan import checks
from zukan.data.arrays import fingerprint, scale, scaling, value_range
from zukan.data.dataset import Dataset, Split
from zukan.data.labels import encode
from zukan.data.layout import assign
from zukan.data.reading import read
from zukan.data.sources import resolved
from zukan.data.splitting import check_fraction, hold_out

__all__ = ["Dataset", "Split", "items", "load"]


def load(source: Any, *, test_fraction: float = 1 / 6, seed: int = 0) -> Dataset:
    """Return ``source`` as float32 items with int64 labels, in a training and a test split.

    uint8 is divided by 255, bool becomes 0 and 1, floats keep their values, other dtypes are refused. Images
    without a channel axis gain one. Text labels are numbered by their sorted names. Items that
    come as float32, already split, are not copied.

    Parameters
    ----------
    source : str, path, array, mapping or tuple
        ``"mnist"``, which ships with zukan; ``"fashion_mnist"``, ``"cifar10"`` or ``"cifar100"``, which Keras
        downloads; the path of a ``.npy`` or ``.npz`` file; an array of shape (n, d), (n, height, width) or
        (n, height, width, channels); ``(x, y)``; ``((x_train, y_train), (x_test, y_test))``. A mapping or an
        ``.npz`` holds ``x_train`` with, where there are any, ``y_train``, ``x_test`` and ``y_test``; or ``x``
        with ``y``; or one array of any name.
    test_fraction : float
        The part of the items that is held out as the test split, where the source has no ``x_test``.
    seed : int
        Draws that split. The same seed and number of items give the same split on every machine.

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
    test_fraction, seed = check_fraction(test_fraction), checks.integer("seed", seed, minimum=0)
    with resolved(source) as origin:
        roles, unused = assign(origin.arrays, origin.where)
        raw = read(origin.arrays, roles, origin.where)
    provenance: dict[str, str | int] = {"source": origin.text, "sha256": fingerprint(raw)}
    split = "as given"
    if "x" in raw:
        rows = hold_out(len(raw["x"]), test_fraction, seed)
        raw = {f"{role}_{part}": array[rows[part]] for role, array in raw.items() for part in rows}
        split = f"test_fraction {test_fraction:g}, seed {seed}"
    provenance |= {"scaling": scaling(raw["x_train"].dtype), "split": split}
    if unused:
        provenance["ignored"] = ", ".join(unused)
    (y_train, y_test), class_names = encode([raw.pop("y_train", None), raw.pop("y_test", None)])
    train, test = Split(scale(raw.pop("x_train")), y_train), Split(scale(raw.pop("x_test")), y_test)
    return Dataset(origin.name, train, test, class_names, value_range(train.x, test.x), provenance)


def items(source: Any) -> tuple[Split, tuple[str, ...] | None]:
    """Return every item of ``source`` in its own order, training items before test items, and the class names.

    For a trained model to be applied to: nothing is split or shuffled. Takes and refuses what `load` does.

    Returns
    -------
    (Split, tuple of str or None)
        ``y`` is None unless every item has a label.
    """
    with resolved(source) as origin:
        roles, _ = assign(origin.arrays, origin.where)
        raw = read(origin.arrays, roles, origin.where)
    parts = [part for part in ("", "_train", "_test") if f"x{part}" in raw]
    labels, class_names = encode([raw.get(f"y{part}") for part in parts])
    x = np.concatenate([scale(raw[f"x{part}"]) for part in parts])
    known = [y for y in labels if y is not None]
    return Split(x, np.concatenate(known) if len(known) == len(parts) else None), class_names
