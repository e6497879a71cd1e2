"""Distances to the nearest training row against brute force."""

import numpy as np
import pytest
from table_of_all_kinds import NAN, SCHEMA, rows

from zukan.data.tables.schema import ColumnType, Schema
from zukan.evaluation.tables.privacy import copies, nearer, privacy


def distance(train, one, other):
    """The distance of two rows as its definition says."""
    total = 0.0
    for place, kind in enumerate(SCHEMA.kinds):
        a, b = one[place], other[place]
        observed = train[~np.isnan(train[:, place]), place]
        if kind in {"boolean", "category"}:
            total += not (a == b or (np.isnan(a) and np.isnan(b)))
        else:
            x, y = ((observed.mean() if np.isnan(v) else v) for v in (a, b))
            total += ((x - y) / observed.std()) ** 2 + (np.isnan(a) != np.isnan(b))
    return np.sqrt(total)


def test_distances_by_brute_force():
    train, test, synthetic = rows(40, 0), rows(30, 1), np.concatenate([rows(20, 2), rows(40, 0)[:10] + 1e-3 * np.eye(6)[0]])
    found = privacy(SCHEMA, train, test, synthetic)
    nearest = [np.array([min(distance(train, row, other) for other in train) for row in raw]) for raw in (synthetic, test)]
    assert found["median_synthetic"] == pytest.approx(np.median(nearest[0]), abs=1e-6)
    assert found["median_held_out"] == pytest.approx(np.median(nearest[1]), abs=1e-6)
    assert found["ratio"] == pytest.approx(np.median(nearest[0]) / np.median(nearest[1]), abs=1e-5)
    near = (nearest[0] < np.sort(nearest[1])[1]).mean()  # 5 % of 30 rows end at the second
    assert found["near"] == pytest.approx(near)
    assert near >= 1 / 3
    assert found["score"] == pytest.approx(1 - (near - 0.05) / 0.95)
    assert found["rows"] == [40, 30, 30]


def test_copies_and_new_rows():
    train, test = rows(400), rows(400, 1)
    repeated = privacy(SCHEMA, train, test, train[::-1])
    assert (repeated["copies"], repeated["near"], repeated["ratio"], repeated["median_synthetic"]) == (1.0, 1.0, 0.0, 0.0)
    assert repeated["score"] == pytest.approx(0.0)
    new = privacy(SCHEMA, train, test, rows(400, 2))
    assert new["score"] > 0.95
    assert new["ratio"] == pytest.approx(1.0, abs=0.1)
    assert new["copies"] == 0.0


def test_rows_are_equal_after_rounding_to_the_precision_of_each_column():
    schema = Schema((ColumnType("a", decimals=1), ColumnType("b"), ColumnType("c", "boolean"), ColumnType("d", "category", levels=("x", "y"))))
    train = np.array([[1.5, 1e6, 1, 0], [0.0, NAN, NAN, 1], [2.0, 3e6, 0, 0]])
    same = np.array([[1.52, float(np.float32(1e6 + 0.01)), 0.9, 0.2], [-0.01, NAN, NAN, 1], [2.0, 3e6, 0, NAN], [1.5, 1.1e6, 1, 0], [NAN, NAN, NAN, 1]])
    assert copies(schema, train, same) == 2 / 5
    assert copies(schema, train, train) == 1.0


def test_a_table_of_few_different_rows():
    schema = Schema((ColumnType("sold", "boolean"),))
    raw = np.array([[0.0], [1.0]] * 10)
    found = privacy(schema, raw, raw, raw)  # held-out rows are copies too, so copies tell nothing
    assert (found["ratio"], found["near"], found["copies_held_out"], found["score"]) == (None, 0.05, 1.0, 1.0)


def test_the_nearest_by_hand():
    held_out = np.repeat([0.0, 1.0, 2.0], [2, 18, 80])  # 5 % are both zeros and 3 of 18 ones
    assert nearer(held_out, held_out) == pytest.approx(0.05)
    assert nearer(np.array([0.0, 1.0, 1.5, 9.0]), held_out) == pytest.approx((1 + 3 / 18) / 4)
    assert nearer(np.zeros(5), held_out) == 1.0
