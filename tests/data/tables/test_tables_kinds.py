"""What a column is: by all of its cells, as asked for, or left out."""

import datetime

import numpy as np
import pytest
from small_table import write

from zukan import data
from zukan.checks import InputError

pandas = pytest.importorskip("pandas")
N = 600
RNG = np.random.default_rng(0)
DAY = datetime.date(2024, 2, 28)
COLUMNS = {  # the cells, the kind, what is stored, and the evidence
    "age": (RNG.integers(18, 90, N), "number", "integer", "whole numbers from 18 to 89"),
    "price": (np.append(RNG.integers(1, 10_000, N - 1) / 100, 0.25), "number", "float", "with up to 2 decimals"),
    "size": (RNG.normal(size=N), "number", "float", "numbers from -"),
    "visits": (RNG.poisson(3, N), "count", "integer", "whole numbers from 0 to"),
    "scale": (RNG.choice([1, 2], N), "number", "integer", "whole numbers from 1 to 2"),
    "half": (RNG.choice([0, 5], N), "number", "integer", "whole numbers from 0 to 5"),
    "smokes": (RNG.integers(0, 2, N), "boolean", "integer", "whole numbers, 0 and 1"),
    "member": (RNG.random(N) < 0.5, "boolean", "boolean", "true and false"),
    "sex": (RNG.choice(["F", "M"], N), "category", "text", "text with 2 levels"),
    "day": ([DAY + datetime.timedelta(int(k)) for k in RNG.integers(0, 900, N)], "date", None, "dates from 2024-0"),
}
LEFT_OUT = {  # the cells, the reason, and what is said about the column
    "constant": ([7] * N, "with one value only", "7"),
    "word": (["x"] * N, "with one value only", "x"),
    "flag": ([True] * N, "with one value only", "true"),
    "row": (np.arange(N), "like names or row numbers", "whole numbers that count the rows"),
    "user_id": (RNG.permutation(N) + 5, "like names or row numbers", "whole numbers that all differ"),
    "UserID": (RNG.permutation(N) + 5, "like names or row numbers", "whole numbers that all differ"),
    "name": ([f"n{i}" for i in range(N)], "like names or row numbers", "text with 600 different values in 600 rows"),
    "empty": ([None] * N, "without any value", ""),
    "span": (pandas.to_timedelta(np.arange(N), "s").astype("timedelta64[us]"), "of a type that is not read", "duration[us]"),
}


def through(door, frame, path):
    if door == "csv":
        frame.to_csv(path / "t.csv", index=False)
        return path / "t.csv"
    return frame


@pytest.mark.parametrize("door", ["csv", "frame"])
@pytest.mark.parametrize("gaps", [False, True])
def test_every_kind_is_found_with_its_evidence(door, gaps, tmp_path):
    frame = pandas.DataFrame({name: cells for name, (cells, *_) in COLUMNS.items()}).convert_dtypes()
    if gaps:
        frame = frame.mask(RNG.random(frame.shape) < 0.1)
    dataset = data.load(through(door, frame, tmp_path), scaling="standard")
    assert dataset.missing == gaps
    assert dataset.columns == tuple(COLUMNS)
    for column, (_, kind, stored, why) in zip(dataset.schema.columns, COLUMNS.values(), strict=True):
        assert (column.name, column.kind) == (column.name, kind)
        assert column.stored == (stored or {"csv": "text", "frame": "date"}[door])
        assert why in column.why
    scaled = np.array([kind in {"number", "date"} for _, kind, *_ in COLUMNS.values()])
    np.testing.assert_array_equal(dataset.schema.offset[~scaled], 0)
    np.testing.assert_array_equal(dataset.schema.factor[~scaled], 1)
    np.testing.assert_allclose(np.nanmean(dataset.train.x[:, scaled], axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(np.nanstd(dataset.train.x[:, scaled], axis=0), 1, rtol=1e-4)


@pytest.mark.parametrize(("name", "door"), [  # a span of time is text in a CSV file
    (name, door) for name in LEFT_OUT for door in ("csv", "frame") if (name, door) != ("span", "csv")])
def test_columns_that_are_left_out_are_told_and_can_be_kept(name, door, tmp_path):
    cells, why, detail = LEFT_OUT[name]
    source = through(door, pandas.DataFrame({"a": RNG.normal(size=N), name: cells}), tmp_path)
    (group,) = data.load(source).account.left_out
    assert (group.names, group.why, group.details) == ((name,), why, (detail,) if detail else ())
    if group.advice:
        kept = data.load(source, columns=group.advice.split()[0].removeprefix("--columns="))
        assert kept.columns == ("a", name)


def test_small_tables_keep_everything():
    dataset = data.load({"id": [1, 2, 3, 4], "name": list("wxyz"), "one": [1.5] * 4})
    assert dataset.schema.kinds == ("number", "category", "number")
    assert dataset.notes == ()


ZIP = np.tile([1067, 10115, 80331], N // 3)


@pytest.mark.parametrize(("cells", "stored", "levels"), [
    (ZIP, "integer", ("1067", "10115", "80331")), ([f"{code:05d}" for code in ZIP], "text", ("01067", "10115", "80331")),
    (ZIP / 2, "float", ("533.5", "5057.5", "40165.5")), (np.tile([True, False], N // 2), "boolean", ("false", "true"))])
def test_a_category_is_made_when_asked(cells, stored, levels):
    (column,) = data.load({"zip": cells}, columns="zip=category").schema.columns
    assert (column.kind, column.stored, column.levels) == ("category", stored, levels)
    assert "as asked with columns" in column.why
    again = data.items({"zip": cells}, schema=data.Schema((column,))).split.x[:, 0]
    assert [levels[int(place)].lstrip("0") for place in again[:3]] == [str(cell).lower().lstrip("0") for cell in cells[:3]]


@pytest.mark.parametrize("columns", ["visits=number, sex=category", {"visits": "number", "sex": "category"}])
def test_kinds_are_asked_for_as_text_or_as_a_mapping(columns):
    frame = pandas.DataFrame({name: COLUMNS[name][0] for name in ("visits", "sex")})
    assert data.load(frame, columns=columns).schema.kinds == ("number", "category")
    assert data.load(frame).schema.kinds == ("count", "category")


@pytest.mark.parametrize(("asked", "words"), [
    ("age=numbr", "did you mean 'number'"), ("agee=count", "did you mean 'age'"), ("age", "write 'age=count, zip=category'"),
    ("age=count, age=number", "each column once"), ({"age": 3}, "write 'age=count"), (3, "text or a list of text"),
    ("sex=number", "must hold numbers, as columns says, got 'F' in row 0"), ("age=boolean", "got '30' in row 0"),
    ("age=date", "must hold dates, all in one form such as 2024-05-31 or 2024-05-31 12:30:00, as columns says, got 12 numbers"),
    ("sex=date", "got 'F' in row 0"), ("t=count", "whole numbers of at least 0, as columns says, got '0.5' in row 0"),
    ("debt=count", "got '-1' in row 1"), ("none=number", "must hold values"), ("sex=category, kind=category", "which label names"),
    ("gone=number", "leave_out must name columns"),
])
def test_what_cannot_be_asked_for(asked, words, refused):
    table = {"age": [30, 41] * 6, "sex": ["F", "M"] * 6, "t": [0.5, 1] * 6, "debt": [1, -1] * 6, "none": [None] * 12,
             "kind": ["x", "y"] * 6, "gone": [1, 2] * 6}
    refused(table, words, columns=asked, label="kind", leave_out="gone")


def test_an_odd_column_may_be_a_category(tmp_path, refused):
    path = write(tmp_path, "a,b\n" + "1,2\n2,3\n" * 9 + "late,4\n")
    refused(path, "18 numbers and 1 text, 'late' in row 20")
    assert data.load(path, columns="a=category").schema.columns[0].levels == ("1", "2", "late")


RARE = ["Rome"] * 300 + ["Oslo"] * 290 + ["Bonn"] * 4 + ["Kiel"] * 3 + ["Lund"] * 3


@pytest.mark.parametrize(("rare_levels", "levels", "rare"), [
    (None, ("Oslo", "Rome", "(rare)"), 3), (4, ("Bonn", "Oslo", "Rome", "(rare)"), 2), (2, ("Bonn", "Kiel", "Lund", "Oslo", "Rome"), 0),
    (1, ("Bonn", "Kiel", "Lund", "Oslo", "Rome"), 0)])
def test_rare_levels_share_one(rare_levels, levels, rare):
    dataset = data.load({"city": RARE}, rare_levels=rare_levels)
    (column,) = dataset.schema.columns
    assert (column.levels, column.rare) == (levels, rare)
    assert (f"of which {rare} occur fewer than {rare_levels or 5} times and share one" in column.why) == bool(rare)
    x = data.items({"city": ["Rome", "Bonn", "Paris", None]}, schema=dataset.schema) if rare else None
    if rare:
        place = len(levels) - 1
        np.testing.assert_array_equal(x.split.x[:, 0], [levels.index("Rome"), levels.index("Bonn") if "Bonn" in levels else place, place, np.nan])
        assert any("column 'city' holds" in note and "of rare or unknown levels" in note for note in x.notes)


def test_one_rare_level_is_kept():
    assert data.load({"city": ["a"] * 300 + ["b"] * 299 + ["c"]}).schema.columns[0].levels == ("a", "b", "c")


def test_an_unknown_level_is_refused_if_none_was_rare():
    schema = data.load({"sex": ["Female", "Male"] * 30}).schema
    with pytest.raises(InputError, match=r"trained with \('Female', 'Male'\), got 'Femle' in row 1 .*did you mean 'Female'"):
        data.items({"sex": ["Male", "Femle"]}, schema=schema)


def test_new_rows_must_have_the_kinds_of_the_run():
    schema = data.load(pandas.DataFrame({name: COLUMNS[name][0] for name in ("visits", "smokes", "day", "sex", "age")})).schema
    good = {"visits": [1], "smokes": [1], "day": ["2024-05-01"], "sex": ["F"], "age": [1.5]}
    assert data.items(good, schema=schema).split.x.shape == (1, 5)
    for name, cell, words in (("visits", 0.5, "whole numbers"), ("visits", -1, "whole numbers"), ("smokes", 2, "true and false"),
                              ("day", "yesterday", "dates"), ("day", 3, "dates"), ("age", "old", "numbers")):
        with pytest.raises(InputError, match=f"column '{name}' .* must hold .*{words}.*, as in the data of the run, got"):
            data.items({**good, name: [cell]}, schema=schema)
    with pytest.raises(InputError, match="got no value in row 0 .* train the run with --missing"):
        data.items({**good, "age": [None]}, schema=schema, missing=False)


def test_numbers_with_a_zero_in_front_are_told(tmp_path):
    (tmp_path / "t.csv").write_text("zip,n\n" + "\n".join(f"0{i * 37 % 9000 + 1000},{i % 7 + 0.5}" for i in range(40)) + "\n")
    (note,) = [note for note in data.load(tmp_path / "t.csv").notes if "zero in front" in note]
    assert note.startswith("column 'zip' holds numbers with a zero in front ('01000' in row 2), which numbers lose")
    assert note.endswith("--columns=zip=category")
    kept = data.load(tmp_path / "t.csv", columns="zip=category", rare_levels=1)
    assert kept.schema.columns[0].levels[0] == "01000"
    assert not any("zero in front" in note for note in kept.notes)
