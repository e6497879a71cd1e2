"""The figures of a table and their captions."""

import numpy as np
import pytest

from zukan.data.tables.schema import ColumnType, Schema
from zukan.evaluation.tables.association_matrix import association_matrix
from zukan.evaluation.tables.imputation import imputation
from zukan.report.tables import CAPTIONS, table_figures

SCHEMA = Schema((ColumnType("length", decimals=1), ColumnType("sold", "boolean"), ColumnType("genre", "category", stored="text", levels=("a", "b"))))


def rows(n, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    return np.column_stack([np.round(x, 1), x + rng.normal(size=n) > 0, rng.random(n) < 0.3]).astype(float)


def test_figures_and_captions_of_a_table():
    train, test, synthetic = rows(300, 0), rows(100, 1), rows(300, 2)
    errors = imputation(SCHEMA, train, test, {"this model": np.nan_to_num}, shares=(0.1, 0.5))
    figures = table_figures(SCHEMA, train, test, synthetic + 0.01 * np.eye(3)[0], np.array([[0.5, 1, 0]]), errors)
    assert set(figures) == set(CAPTIONS)
    real, other, drawn = (association_matrix(SCHEMA, raw) for raw in (train, test, synthetic))
    numbers = figures["associations"].numbers
    assert numbers["held_out_difference"] == pytest.approx(np.abs(other - real).sum() / 6)
    assert numbers["mean_difference"] == pytest.approx(np.abs(drawn - real).sum() / 6)
    captions = {name: caption(figures[name], None) for name, (_, caption) in CAPTIONS.items()}
    assert f"differ by {numbers['mean_difference']:.3f} from those of the training rows" in captions["associations"]
    assert f"the lowest {figures['columns'].numbers['scores'].min():.2f}" in captions["columns"]
    assert captions["imputation"].startswith("10.0% and 50.0% of the known cells")
    assert not captions["effects"].endswith("are shown.")
    assert all(figure.png() for figure in figures.values())


def test_captions_say_what_is_left_out():
    wide = Schema(tuple(ColumnType(f"column {i}") for i in range(50)))
    raw = np.random.default_rng(0).normal(size=(60, 50))
    figures = table_figures(wide, raw, raw, raw, np.random.default_rng(1).normal(size=(30, 50)))
    assert set(figures) == {"columns", "associations", "effects"}
    assert CAPTIONS["associations"][1](figures["associations"], None).endswith("40 of 50 columns are shown, evenly spaced.")
    assert CAPTIONS["effects"][1](figures["effects"], None).endswith("Of 30 dimensions and 50 columns, those with the largest changes are shown.")
    assert set(table_figures(Schema(wide.columns[:1]), raw[:, :1], raw[:, :1], raw[:, :1])) == {"columns"}
