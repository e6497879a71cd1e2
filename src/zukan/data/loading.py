"""Loading: from any source to a `Dataset`, to items in their order, or to plain arrays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from zukan import checks
from zukan.data import binarizing
from zukan.data.account import Account
from zukan.data.checking import check, check_observed, fingerprint
from zukan.data.conditions import Condition, columns_of
from zukan.data.dataset import Dataset, Split
from zukan.data.labels import encode
from zukan.data.lazy.items import Array, ArrayItems, Items, JoinedItems
from zukan.data.options import Options
from zukan.data.scaled import scaled, value_range
from zukan.data.scaling import Scaling, fit_scaling
from zukan.data.seen import Seen
from zukan.data.sources.arrays import named, names_by_name
from zukan.data.sources.base import Source
from zukan.data.sources.dispatch import read
from zukan.data.splitting import hold_out
from zukan.data.spread import narrow_note
from zukan.data.tables.columns import Understood
from zukan.data.tables.needed import Needed
from zukan.data.tables.schema import Schema
from zukan.data.values import count_missing


def load(source: Any, *, seed: int = 0, **options: Any) -> Dataset:
    """Return ``source`` as float32 items with int64 labels, split into training and test items.

    uint8 is divided by 255, bool becomes 0 and 1, and floats keep their values. Other dtypes are refused. In a table,
    numbers and dates are standardized, a boolean is 0 or 1, and a category is the place of its level; see `Schema`.
    Images without a channel axis get one. Text labels are numbered by their sorted names. float32 items of a split
    source are not copied. The empty cells of a table stay in the items as NaN, as does NaN in arrays with
    ``missing=True``, and the notes say how many there are.

    Parameters
    ----------
    source : str, path, array, mapping, tuple, table or data set
        ``"mnist"``, which ships with zukan; ``"fashion_mnist"``, ``"cifar10"`` or ``"cifar100"``, which Keras
        downloads; the path of a folder, zip or tar of images, of a ``.npy``, ``.npz`` or IDX file, or of a table (CSV
        and its kin, JSON lines, Parquet, Excel); a table of pandas, polars or pyarrow, or a mapping of names to
        columns; a data set of Hugging Face, torch,
        TensorFlow or Keras, or an iterator over items or (item, label) pairs, which is read into memory; an array of
        shape (n, d), (n, height, width) or (n, height, width, channels), with ``signals=True`` also (n, length,
        channels); ``(x, y)``;
        ``((x_train, y_train), (x_test, y_test))``; or a mapping. A mapping or an ``.npz`` holds ``x_train`` with any
        of ``y_train``, ``x_test`` and ``y_test``; or ``x`` with or without ``y``; or a single array of any name.
    seed : int
        Seed of the split, unless ``split_seed`` is given. The same seed, labels and number of items give the same
        split on every machine.
    **options
        Fields of `Options`: ``label``, ``condition``, ``leave_out``, ``columns``, ``rare_levels``, ``missing_marks``,
        ``separator``, ``decimal``, ``header``, ``encoding``, ``image_size``, ``image_fit``, ``channels``, ``scaling``,
        ``binarize``, ``missing``, ``signals``, ``test_fraction``, ``stratify``, ``split_seed``, ``memory`` and
        ``workers``.

    Returns
    -------
    Dataset
        Its items are arrays, or `zukan.data.lazy.rows.Rows` if they exceed ``memory``. Everything else is the same.

    Raises
    ------
    zukan.InputError
        If the source or an option is wrong; the message names the problem and the fix.

    References
    ----------
    LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition", 1998,
    doi:10.1109/5.726791 (MNIST).
    """
    chosen = Options(**options)
    split_seed = chosen.split_seed_or(checks.integer("seed", seed, minimum=0))
    raw = _read(source, chosen, Needed.of(None, None, chosen))
    sha256 = fingerprint({**named(raw), **_levels(raw)})
    notes, missing = _notes(raw), bool(chosen.missing) or _missing(raw) > 0
    raw, split = _split(raw, chosen, split_seed)
    if missing:
        check_observed(raw)
    scaling, schema = fit_scaling(chosen.scaling, raw.parts[0].x, raw.schema)
    scaling = replace(scaling, signals=bool(chosen.signals))
    provenance: dict[str, str | int] = {"source": raw.text, "sha256": sha256, "scaling": scaling.text, "split": split,
                                         "dtype": raw.parts[0].x.dtype.name}
    notes = (*notes, *narrow_note([part.x for part in raw.parts], scaling, raw.columns))
    if chosen.binarize != "none":
        provenance["binarize"] = f"{chosen.binarize}: {binarizing.TEXTS[chosen.binarize]}"
        notes = (*notes, f"binarized, {provenance['binarize']}")
    labels, class_names = encode([part.y for part in raw.parts])
    conditions = [columns_of(part, chosen) for part in raw.parts]
    condition = Condition.fitted(conditions) if chosen.conditions else None
    drawn = chosen.binarize == "static", chosen.binarize != "none"
    train, test = (Split(scaled(part.x, scaling, chosen, drawn=of_part), y, part.names, part.rows,
                         condition.encode(columns) if condition else None)
                   for part, y, columns, of_part in zip(raw.parts, labels, conditions, drawn, strict=True))
    return Dataset(raw.name, train, test, class_names, value_range(train.x, test.x), provenance, scaling, condition,
                   schema, notes, raw.account, missing, chosen.binarize)


class AllItems(NamedTuple):
    """All items of a source in their order.

    Parameters
    ----------
    split : Split
        ``y`` is None unless all items have labels, and ``names`` unless all items are files.
    class_names : tuple of str, optional
    notes : tuple of str
        What the user should know about how the source was read.
    raw : float64 array or Items, shape (n, *event)
        The items before they were scaled.
    table : Understood, optional
        The table that was read, with all of its cells.
    schema : Schema, optional
        What its features are; as they were given, or without a scaling.
    condition : Condition, optional
        As it was given, or fitted to these items.
    """

    split: Split
    class_names: tuple[str, ...] | None
    notes: tuple[str, ...]
    raw: Any = None
    table: Understood | None = None
    schema: Schema | None = None
    condition: Condition | None = None


def items(source: Any, *, scaling: Scaling | None = None, schema: Schema | None = None,
          fitted: Condition | None = None, seen: Seen | None = None, partial: bool = False,
          **options: Any) -> AllItems:
    """Return all items of ``source`` in their order, training items before test items.

    Nothing is split or shuffled: this is what a trained model is applied to.

    Parameters
    ----------
    source, **options
        As for `load`. Options of the split have no effect.
    schema : Schema, optional
        The features of the table that a model was trained on: their names, kinds and levels.
    scaling : Scaling, optional
        The scaling of the model's training items; by default the scaling of the dtype.
    fitted : Condition, optional
        The condition of the model, with the classes that it knows; by default it is fitted to all items.
    seen : Seen, optional
        The values of the model's training items, if they were not scaled feature by feature. Values of another range
        are converted, with a note, or refused.
    partial : bool, default False
        Whether features of ``schema`` may lack in the table; their values are then missing.

    Returns
    -------
    AllItems

    Raises
    ------
    zukan.InputError
        If the source or an option is wrong, or the items do not have the features of ``scaling``.
    """
    chosen = Options(**options)
    raw = _read(source, chosen, Needed.of(schema, fitted, chosen, partial=partial))
    labels, class_names = encode([part.y for part in raw.parts])
    x = _join([part.x for part in raw.parts])
    notes: tuple[str, ...] = ()
    if scaling is None or not np.ndim(scaling.factor):
        scaling, notes = (Scaling.of(x.dtype), ()) if seen is None else seen.scaling_of(x)
    elif x.shape[1:] != np.shape(scaling.factor):
        raise checks.InputError(
            f"source must have {np.size(scaling.factor)} features, like the data that the scaling was fitted to, "
            f"got items of shape {x.shape[1:]}; give the same features")
    known = [y for y in labels if y is not None]
    y = np.concatenate(known) if len(known) == len(labels) else None
    names = [name for part in raw.parts for name in part.names or ()]
    condition = None
    if fitted is not None or chosen.conditions:
        parts = [columns_of(part, chosen) for part in raw.parts]
        fitted = fitted or Condition.fitted(parts)
        condition = fitted.encode({name: np.concatenate([part[name] for part in parts]) for name in fitted.names})
    scaling = replace(scaling, signals=bool(chosen.signals))
    split = Split(scaled(x, scaling, chosen, drawn=chosen.binarize != "none"), y,
                  tuple(names) if len(names) == len(x) else None,
                  np.concatenate([part.rows for part in raw.parts]), condition)
    return AllItems(split, class_names, (*_notes(raw), *notes), x, raw.table, raw.schema, fitted)


class Collected(NamedTuple):
    """The checked arrays of a source, not split or scaled.

    Parameters
    ----------
    arrays : dict of str to array
        By name, as in ``.npz`` files: ``x``, or ``x_train`` and ``x_test``; with their labels, the names of the
        items and, for a table, of its ``columns``.
    notes : tuple of str
        What the user should know about how the source was read.
    account : Account
        How much was read, and what was left out.
    """

    arrays: dict[str, Array]
    notes: tuple[str, ...]
    account: Account


def collect(source: Any, **options: Any) -> Collected:
    """Return the arrays of ``source``; written to an ``.npz`` file, they load like it.

    Parameters
    ----------
    source, **options
        As for `load`.
    """
    chosen = Options(**options)
    raw = check(read(source, chosen, Needed()), missing=chosen.missing).numbered()
    arrays: dict[str, Any] = {**named(raw), **names_by_name(raw)}
    return Collected(arrays, (*raw.notes, *raw.account.sentences()), raw.account)


def _read(source: Any, options: Options, needed: Needed) -> Source:
    """Return ``source``, read and checked, with the items of all parts streamed, or of none."""
    raw = check(read(source, options, needed), missing=options.missing)
    if needed.schema is None:
        _check_kinds(raw, options)
    raw = _streamed_if_large(raw.numbered(), options)
    if not raw.may_lack(options.missing):
        return raw
    return raw.with_parts(part.with_x(part.x.with_missing()) if isinstance(part.x, Items) else part
                          for part in raw.parts)


def _check_kinds(source: Source, options: Options) -> None:
    """Raise `checks.InputError` if kinds of columns are asked for that the source does not have."""
    kinds = {} if source.schema is None else dict(zip(source.schema.names, source.schema.kinds, strict=True))
    for name, kind in options.kinds.items():
        if kinds.get(name) != kind:
            got = f"a {kinds[name]}" if name in kinds else "no such column"
            raise checks.InputError(
                f"columns must name columns of a table whose cells are read, and {source.text} holds arrays, got "
                f"{name}={kind} for {got}; give the table itself, or leave columns out")


def _streamed_if_large(source: Source, options: Options) -> Source:
    """Return ``source`` unchanged if its items fit into memory, else with the items of all parts streamed.

    Arrays in memory are streamed if they do not fit as float32 and their own dtype is smaller.
    """
    xs = [part.x for part in source.parts]
    if all(isinstance(x, np.ndarray) for x in xs):
        are_smaller = all(x.dtype.itemsize < 4 for x in xs)
        if not are_smaller or options.fits(sum(x.size for x in xs)):
            return source
    return source.with_parts(part.with_x(part.x if isinstance(part.x, Items) else ArrayItems(part.x, part.x_name))
                             for part in source.parts)


def _notes(source: Source) -> tuple[str, ...]:
    """Return what the user should know, with what was left out and how many values are missing."""
    notes, missing = (*source.notes, *source.account.sentences()), _missing(source)
    size = sum(part.x.size for part in source.parts)
    return (*notes, f"{missing:,} of {size:,} values are missing ({missing / size:.1%})") if missing else notes


def _missing(source: Source) -> int:
    """Return how many values are missing; if values may not be missing, none is."""
    return sum((part.x.missing if part.x.keeps_missing else 0) if isinstance(part.x, Items) else count_missing(part.x)
               for part in source.parts)


def _levels(source: Source) -> dict[str, Array]:
    """Return the levels of each category as arrays, by name."""
    columns = () if source.schema is None else source.schema.columns
    return {f"levels of {column.name}": np.array(column.levels, str) for column in columns if column.levels}


def _split(source: Source, options: Options, seed: int) -> tuple[Source, str]:
    """Return ``source`` with a training and a test part, and a description of the split."""
    if len(source.parts) == 2:
        return source, "as given"
    (part,) = source.parts
    y = part.y if options.stratify else None
    rows = hold_out(len(part.x), options.test_fraction, seed, y)
    by_class = "" if y is None else ", by class"
    return source.with_parts(map(part.take, rows)), f"test_fraction {options.test_fraction:g}, seed {seed}{by_class}"


def _join(xs: list[Any]) -> Any:
    """Return the items of all parts, one after the other."""
    if isinstance(xs[0], np.ndarray):
        return np.concatenate(xs)
    return JoinedItems(xs) if len(xs) > 1 else xs[0]
