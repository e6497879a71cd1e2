"""All measures together: copies, new rows of the same kind, and rows without associations."""

import json

import numpy as np
import pytest
from table_of_all_kinds import SCHEMA, rows

from zukan.data.tables.schema import Schema
from zukan.evaluation.tables.quality import MEASURES, quality

TRAIN, TEST = rows(200), rows(150, 1)


def test_the_overall_score_is_the_mean():
    found = quality(SCHEMA, TRAIN, TEST, rows(250, 2), seed=1)
    assert tuple(found["scores"]) == MEASURES
    assert found["overall"] == pytest.approx(np.mean(list(found["scores"].values())))
    assert all(found["scores"][name] == found[name]["score"] for name in MEASURES)
    assert found["rows"] == {"train": 200, "test": 150, "synthetic": 250}
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["overall"] > 0.9
    assert quality(SCHEMA, TRAIN, TEST, rows(250, 2), seed=1) == found


def test_copies_score_full_marks_except_for_privacy():
    found = quality(SCHEMA, TRAIN, TEST, TRAIN)
    assert found["overall"] == pytest.approx(0.8)
    assert found["scores"] == pytest.approx({"marginals": 1, "associations": 1, "utility": 1, "detection": 1, "privacy": 0}, abs=1e-9)


def test_shuffled_columns_keep_only_the_marginals():
    rng = np.random.default_rng(0)
    shuffled = np.stack([rng.permutation(column) for column in TRAIN.T], axis=1)
    found = quality(SCHEMA, TRAIN, TEST, shuffled, target="genre")
    assert found["marginals"]["score"] == 1.0
    assert found["utility"]["target"] == "genre"
    assert found["associations"]["score"] < found["held_out"]["associations"]
    assert found["scores"]["utility"] < 0.8
    assert found["scores"]["detection"] < 0.7


def test_values_are_compared_as_a_table_holds_them():
    blurred = TRAIN + np.array([0.004, 0.4, -0.4, 0.4, 40_000, 0.3])  # rounds to the same cells
    assert quality(SCHEMA, TRAIN, TEST, blurred)["scores"] == quality(SCHEMA, TRAIN, TEST, TRAIN)["scores"]


def test_a_single_column():
    found = quality(Schema(SCHEMA.columns[:1]), TRAIN[:, :1], TEST[:, :1], TRAIN[:, :1])
    assert found["scores"]["utility"] is found["scores"]["associations"] is None
    assert found["overall"] == pytest.approx((found["scores"]["marginals"] + found["scores"]["detection"] + found["scores"]["privacy"]) / 3)


def test_complete_rows_are_measured_by_their_values():
    found = quality(SCHEMA, TRAIN, TEST, rows(200, 2, gaps=0.0))
    assert found["gaps_added"]
    assert found["marginals"]["gaps"] == pytest.approx(np.isnan(TRAIN).mean())
    assert found["scores"]["detection"] > 0.85
    assert not quality(Schema(SCHEMA.columns[:1]), TRAIN[:, :1], TEST[:, :1], TRAIN[:, :1])["gaps_added"]
