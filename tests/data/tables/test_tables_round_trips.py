"""From cells to numbers and back: bit for bit, for every type of column, from memory, from disk and from a run's copy."""

import datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import csv, parquet

from zukan import data
from zukan.checks import InputError

MOMENT = datetime.datetime(2024, 2, 29, 23, 59, 59, 123456)
WORDS = ["a", "ß, \"q\"", "東京", "=1+1", "(rare)", "1e5x"]
CASES = {  # the cells, and the kind if it is asked for
    "decimals": ([0.1, 0.25, -3.07, 1e6 + 0.01], None), "floats": ([1 / 3, -2.5e-300, 1e30, np.pi], None),
    "whole": ([3, -5, 2**31 + 7, 2**52 + 1], None), "counts": ([0, 1, 2, 7], None), "zeros and ones": ([0, 1, 1, 0], None),
    "booleans": ([True, False, False, True], None), "words": (WORDS, None), "whole levels": ([10115, 7, 80331, 7], "category"),
    "levels of floats": ([0.1, 2.5, 0.1, -4.0], "category"), "levels of booleans": ([True, False, True, False], "category"),
    "days": ([datetime.date(1899, 12, 31), datetime.date(2024, 2, 29), datetime.date(9999, 1, 1)], None),
    "moments": ([MOMENT, datetime.datetime(1890, 5, 1), datetime.datetime(2242, 1, 1, 0, 0, 0, 1)], None),
    "nanoseconds": (pa.array([MOMENT, MOMENT.replace(year=1972), MOMENT.replace(hour=3)], pa.timestamp("ns")), None),
    "zones": (pa.array([MOMENT, MOMENT.replace(year=1972), MOMENT.replace(hour=3)], pa.timestamp("ms", "Europe/Berlin"), safe=False), None),
    "small floats": (pa.array([1.5, 2.0, 0.25], pa.float64()), None), "whole floats": (pa.array([1.0, 170.0, 3.0]), None),
    **{f"text {text}": ([text, text.replace("2024", "1999"), text.replace("02-28", "12-29").replace("02/28", "12/29")], None) for text in (
        "2024-02-28", "2024/02/28", "2024-02-28 12:30", "2024-02-28T12:30:01", "2024-02-28T12:30:01Z",
        "2024-02-28 12:30:01.5", "2024-02-28T12:30:01.1234Z", "2024-02-28 12:30:01.123456", "2024/02/28 00:00:00.000001")},
}


def as_table(cells):
    array = cells if isinstance(cells, pa.Array) else pa.array(cells)
    return pa.table({"c": pa.concat_arrays([array, pa.array([None], array.type), array[::-1], pa.array([None], array.type)])})


def decoded(source, columns):
    collected = data.collect(source, columns=columns)
    again = data.load(collected.arrays, columns=columns)
    schema = data.load(source, columns=columns).schema
    assert again.schema == schema
    wide = data.Schema(tuple(data.ColumnType.from_json({**column, "low": -np.inf, "high": np.inf}) for column in schema.to_json()))
    return wide.decode(collected.arrays["x"])["c"]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("door", ["memory", "parquet", "npz"])
def test_the_cells_come_back(case, door, tmp_path):
    cells, kind = CASES[case]
    table, columns = as_table(cells), kind and f"c={kind}"
    source = table
    if door == "parquet":
        parquet.write_table(table, tmp_path / "t.parquet")
        source = tmp_path / "t.parquet"
    if door == "npz":
        np.savez(tmp_path / "t.npz", **data.collect(table, columns=columns).arrays)
        source = tmp_path / "t.npz"
    back = decoded(source, columns)
    assert back.type == (table["c"].type if door != "parquet" or case != "zones" else back.type)
    assert back.to_pylist() == table["c"].to_pylist()


@pytest.mark.parametrize("case", [case for case in CASES if "zone" not in case and "nano" not in case])
def test_the_text_of_a_csv_file_comes_back(case, tmp_path):
    cells, kind = CASES[case]
    table = as_table(cells)
    csv.write_csv(table.append_column("d", pa.array(range(len(table)))), tmp_path / "t.csv")  # no empty line
    text = csv.read_csv(tmp_path / "t.csv", convert_options=csv.ConvertOptions(
        column_types={"c": pa.string()}, strings_can_be_null=True, quoted_strings_can_be_null=False, null_values=[""]),
        parse_options=csv.ParseOptions(newlines_in_values=True))["c"].to_pylist()
    back = decoded(tmp_path / "t.csv", kind and f"c={kind}").to_pylist()
    for was, now in zip(text, back, strict=True):
        if was is None or isinstance(now, str):
            assert now == was
        else:
            assert now == {"true": True, "false": False}.get(was, was) or float(now) == float(was)


@settings(max_examples=60, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.one_of(
    st.lists(st.one_of(st.none(), st.floats(-1e38, 1e38)), min_size=2), st.lists(st.one_of(st.none(), st.integers(-(2**53), 2**53)), min_size=2),
    st.lists(st.one_of(st.none(), st.decimals(-10**6, 10**6, places=3).map(float)), min_size=2),
    st.lists(st.one_of(st.none(), st.text("aAß ,;\"'東\n0", min_size=1, max_size=4).map(lambda text: f"x{text}x")), min_size=2, max_size=9),
    st.lists(st.one_of(st.none(), st.dates()), min_size=2), st.lists(st.one_of(
        st.none(), st.datetimes(datetime.datetime(1700, 1, 1), datetime.datetime(2242, 1, 1))), min_size=2)))
def test_any_cells_come_back(cells):
    if len({cell for cell in cells if cell is not None}) < 2:
        return
    table = pa.table({"c": pa.array(cells), "d": [i % 3 * 0.5 for i in range(len(cells))]})
    try:
        schema, x = data.load(table, test_fraction=0.5).schema, data.collect(table).arrays["x"]
    except InputError as error:  # nothing but gaps among the training items
        assert "must hold a value of every feature" in str(error)  # noqa: PT017
        return
    if "c" not in schema.names:  # all values differ
        return
    wide = data.Schema(tuple(data.ColumnType.from_json({**column, "low": -np.inf, "high": np.inf}) for column in schema.to_json()))
    assert wide.decode(x)["c"].to_pylist() == cells


def test_dates_that_do_not_exist_or_differ_in_form_are_text():
    for last in ("2024-02-30", "29.02.2024", "2024-2-9", "2024-02-29 10:00"):
        assert data.load({"c": ["2024-02-28", "2024-02-29", last] * 2, "d": [1, 2, 3] * 2}).schema.kinds[0] == "category"


def test_sampled_values_are_rounded_into_the_form_and_the_range():
    table = {"c": ["2024-02-28", "2024-03-01", "2024-02-29"], "n": [0, 3, 5], "p": [0.25, 0.5, 1.75], "b": [0, 1, 1]}
    schema = data.load({name: cells * 20 for name, cells in table.items()}, test_fraction=0.2).schema
    day = schema.columns[0].low
    raw = np.array([[day + 86400 * 0.6, 2.6, 0.377, 0.7], [day - 1e9, -4, 9.0, 0.2], [np.nan] * 4])
    rows = schema.decode(schema.tidy(raw)).to_pylist()
    assert rows == [{"c": "2024-02-29", "n": 3, "p": 0.38, "b": 1}, {"c": "2024-02-28", "n": 0, "p": 1.75, "b": 0},
                    dict.fromkeys("cnpb")]


def test_a_damaged_schema_is_refused(refused):
    arrays = data.collect({"a": [1, 2, 3, 4], "b": list("xyxy")}).arrays
    for broken in ("[", "{}", str(arrays["schema"]).replace('"a"', '"c"'), str(arrays["schema"]).replace("category", "kind")):
        refused({**arrays, "schema": np.array(broken)}, "schema in source must hold the JSON that zukan wrote")
    assert data.load({name: value for name, value in arrays.items() if name != "schema"}).schema.kinds == ("number", "number")
    refused(arrays, "columns must name columns of a table whose cells are read", columns="b=count")
