"""Clusters of the items at several scales, and what distinguishes each: its classes, its columns and its center."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import files
from zukan.data import Dataset
from zukan.data.tables.schema import ColumnType
from zukan.evaluation import density_tree
from zukan.evaluation.averages import evenly
from zukan.evaluation.effects import cohens_d, correlation, cramers_v, moments, others
from zukan.explorer import columns
from zukan.explorer.kept import kept, key
from zukan.explorer.labels import labels
from zukan.runs import Run

COMPARED = 50_000  # rows at most, by which the columns are compared
MOST, LEAST_SHARE, LEAST_EFFECT = 3, 0.05, 0.1  # entries of a cluster; smaller ones are left out
Assigned = npt.NDArray[np.int64]


def write(run: Run, dataset: Dataset, means: npt.NDArray[np.floating], folder: Path) -> dict[str, Any] | None:
    """Find the clusters, or take those that the run has kept, and write ``clusters-N.u8``, a column, for each scale N.

    Returns
    -------
    dict or None
        The manifest's entry: ``items`` in the tree, of which the others take their cluster, and the ``scales``, the
        coarsest first. A scale has its ``column`` and its ``clusters`` by size. None if no cluster was found.
    """
    settings = (density_tree.NEIGHBORS, density_tree.SAMPLE, density_tree.SCALES, density_tree.SMALLEST,
                density_tree.MOST)
    scales = kept(run, "clusters", key(means, *settings), lambda: _stacked(density_tree.clusters(means), len(means)))
    entries = []
    for number, assigned in enumerate(scales.astype("int64")):
        described = describe(dataset, means, assigned)
        with files.replacing(folder / f"clusters-{number}.u8") as temporary:
            assigned.astype(columns.TYPES["u8"]).tofile(temporary)
        entries.append({"column": columns.entry(column_of(len(described)), "u8"), "clusters": described})
    return {"items": min(len(means), density_tree.SAMPLE), "scales": entries} if entries else None


def column_of(count: int) -> ColumnType:
    """Return the type of the column whose cells are the clusters of a scale."""
    return ColumnType(f"cluster of {count}", "category", stored="text", levels=tuple(str(k + 1) for k in range(count)))


def describe(dataset: Dataset, means: npt.NDArray[np.floating], assigned: Assigned) -> list[dict[str, Any]]:
    """Return what each cluster of a scale is.

    Returns
    -------
    list of dict
        Of each cluster: its ``count``; ``item``: the one nearest to the mean of its codes; ``classes``: pairs of a
        class and its share, the largest three; ``columns``: the three that differ most from all other items, with the
        ``column``, the ``strength`` from 0 to 1 (the size of the correlation, or Cramér's V of a category), the
        ``value`` (mean, or level whose share differs most) and the value of the ``others``, in the units of the table.
    """
    count = int(assigned.max()) + 1
    classes = labels(dataset)
    differing = _columns(dataset, assigned, count)
    result = []
    for k in range(count):
        members = np.flatnonzero(assigned == k)
        codes = means[members]
        center = members[((codes - codes.mean(axis=0)) ** 2).sum(axis=1).argmin()]
        shares = [] if classes is None else _shares(classes.indices[members])
        result.append({"count": len(members), "item": int(center), "classes": shares, "columns": differing[k]})
    return result


def _stacked(scales: list[Assigned], count: int) -> npt.NDArray[np.uint8]:
    return np.array(scales, "u1").reshape(len(scales), count)


def _shares(classes: npt.NDArray[np.int64]) -> list[list[float]]:
    counts = np.bincount(classes)
    largest = np.argsort(-counts, kind="stable")[:MOST]
    return [[int(k), float(counts[k] / len(classes))] for k in largest if counts[k] >= LEAST_SHARE * len(classes)]


def _columns(dataset: Dataset, assigned: Assigned, count: int) -> list[list[dict[str, Any]]]:
    """Return the columns that differ most, by cluster."""
    result: list[list[dict[str, Any]]] = [[] for _ in range(count)]
    for place, (column, values, groups) in enumerate(_cells(dataset, assigned)):
        compare = _levels if column.kind == "category" else _numbers
        for k, (strength, record) in enumerate(compare(values, groups, count)):
            if strength >= LEAST_EFFECT:
                result[k].append({"column": place, "strength": strength, **record})
    return [sorted(entries, key=lambda entry: -entry["strength"])[:MOST] for entries in result]


def _cells(dataset: Dataset, assigned: Assigned) -> Iterator[tuple[ColumnType, npt.NDArray[np.float64], Assigned]]:
    """Yield each column of a table with its values, of evenly spaced rows, and the clusters of these rows."""
    if dataset.schema is None:
        return
    some = evenly(len(assigned), COMPARED)
    first = len(dataset.train)
    x = np.concatenate([dataset.train.x[some[some < first]], dataset.test.x[some[some >= first] - first]])
    cells = dataset.schema.unscale(x.astype("float64"))
    for column, values in zip(dataset.schema.columns, cells.T, strict=True):
        yield column, values, assigned[some]


def _numbers(values: npt.NDArray[np.float64], groups: Assigned, count: int) -> Iterator[tuple[float, dict[str, Any]]]:
    own = moments(values, groups, count)
    rest = others(own)
    for one, other in zip(zip(*own, strict=True), zip(*rest, strict=True), strict=True):
        d = cohens_d(one, other)
        yield abs(correlation(d, one[0], other[0])), {"value": float(one[1]), "others": float(other[1])}


def _levels(values: npt.NDArray[np.float64], groups: Assigned, count: int) -> Iterator[tuple[float, dict[str, Any]]]:
    known = ~np.isnan(values)
    levels = np.rint(values[known]).astype("int64")
    width = int(levels.max(initial=0)) + 1
    table = np.bincount(groups[known] * width + levels, minlength=count * width).reshape(count, width)
    for own in table:
        rest = table.sum(axis=0) - own
        more = own / max(own.sum(), 1) - rest / max(rest.sum(), 1)
        yield cramers_v(np.stack([own, rest])), {"value": int(more.argmax()), "others": int(rest.argmax())}
