"""Distances of columns against scipy and tables by hand, and values as a table holds them."""

import numpy as np
import pytest
import scipy.stats
from table_of_all_kinds import NAN, SCHEMA, rows

import zukan
from zukan.data.tables.schema import ColumnType, Schema
from zukan.evaluation.tables.marginals import marginals
from zukan.evaluation.tables.values import sample, spread, with_gaps, written


def test_distances_of_numbers_are_those_of_scipy():
    one, other = rows(200, 1), rows(150, 2) * 1.1
    other[:, [2, 3, 5]] /= 1.1
    found = marginals(SCHEMA, one, other)["columns"]
    for place, name in ((0, "length"), (1, "pages"), (4, "printed")):
        a, b = (raw[:, place][~np.isnan(raw[:, place])] for raw in (one, other))
        assert found[name]["measure"] == "ks"
        assert found[name]["distance"] == pytest.approx(scipy.stats.ks_2samp(a, b).statistic, abs=1e-12)


def test_distances_of_levels_by_hand():
    schema = Schema((ColumnType("genre", "category", levels=("a", "b", "c")), ColumnType("sold", "boolean")))
    real = np.array([[0, 0], [0, 1], [1, 1], [2, NAN]])
    synthetic = np.array([[0, 0], [1, 0], [1, 1], [1, 1], [NAN, 1]])
    found = marginals(schema, real, synthetic)
    # genre 2/4 1/4 1/4 against 1/4 3/4 0: half of 1/4 + 1/2 + 1/4. sold 1/3 2/3 against 2/5 3/5: half of 1/15 + 1/15
    assert found["columns"]["genre"] == {"measure": "tv", "distance": 0.5, "gaps_real": 0.0, "gaps_synthetic": 0.2}
    assert found["columns"]["sold"]["distance"] == pytest.approx(1 / 15)
    assert found["score"] == pytest.approx(1 - (0.5 + 1 / 15) / 2)
    assert found["gaps"] == pytest.approx((0.2 + 0.25) / 2)


def test_a_copy_is_perfect_and_an_empty_column_is_like_nothing_else():
    raw = rows(50)
    assert marginals(SCHEMA, raw, raw[::-1])["score"] == 1.0
    empty = raw.copy()
    empty[:, [0, 3]] = NAN
    found = marginals(SCHEMA, raw, empty)["columns"]
    assert found["length"]["distance"] == found["genre"]["distance"] == 1.0
    assert marginals(SCHEMA, empty, empty)["score"] == 1.0


def test_values_as_a_table_holds_them():
    schema = Schema((ColumnType("a", decimals=1, low=-1.0, high=2.0), ColumnType("b", "count", low=0.0), ColumnType("c", "boolean"),
                     ColumnType("d", "category", stored="text", levels=("x", "y")), ColumnType("e", "date", stored="date"),
                     ColumnType("f", "date", stored="text", form="%d.%m.%Y"), ColumnType("g", "date", stored="text", form="%Y-%m-%d %H:%M", decimals=0)))
    raw = np.array([[1.26, -0.7, 0.4, 3.2, 86400 * 2.6, 86400 * 2.6, 95.4], [9.0, 2.6, 0.5, 0.4, -3.0, -3.0, -33.6], [NAN] * 7])
    rounded = written(schema, raw)
    np.testing.assert_array_equal(rounded, [[1.3, 0, 0, 1, 86400 * 3, 86400 * 3, 120], [2.0, 3, 1, 0, 0, 0, -60], [NAN] * 7])
    assert schema.decode(rounded) == schema.decode(schema.tidy(raw))
    kept = Schema((ColumnType("h", "date", stored="text", form="%Y-%m-%d %H:%M:%S", decimals=1), ColumnType("i", "date", stored="timestamp")))
    np.testing.assert_array_equal(written(kept, np.array([[1.26, 1.26]])), [[1.3, 1.26]])


def test_spread_and_sample():
    raw = np.array([[1.0, 5.0, NAN], [3.0, 5.0, NAN], [NAN, 5.0, NAN]])
    np.testing.assert_array_equal(spread(raw), [1.0, 1.0, 1.0])
    many = np.arange(100.0)[:, None]
    few = sample(many, 10, 3)
    assert len(np.unique(few)) == 10
    assert (np.diff(few[:, 0]) > 0).all()
    np.testing.assert_array_equal(few, sample(many, 10, 3))
    assert sample(many, 100, 3) is many


def test_gaps_of_training_rows_are_put_into_complete_rows():
    train, complete = rows(3000, gaps=0.2), rows(2000, 1, gaps=0.0)
    train[:, 1] = np.where(np.isnan(train[:, 0]), NAN, 5.0)  # gaps that go together
    gappy = with_gaps(train, complete, 0)
    gaps = np.isnan(gappy)
    np.testing.assert_array_equal(gappy[~gaps], complete[~gaps])
    np.testing.assert_allclose(gaps.mean(axis=0), np.isnan(train).mean(axis=0), atol=0.03)
    np.testing.assert_array_equal(gaps[:, 0], gaps[:, 1])
    assert with_gaps(train, train, 0) is train
    assert with_gaps(complete, complete, 0) is complete


@pytest.mark.parametrize(("real", "words"), [(np.zeros((3, 2)), r"real must have shape \(n, 6\)"), (np.zeros((0, 6)), "real must have at least one row")])
def test_matrices_that_do_not_fit(real, words):
    with pytest.raises(zukan.InputError, match=words):
        marginals(SCHEMA, real, rows(5))
