"""The options of tables in a run: in its recipe, and for other data that its model reads."""

from shlex import split

import numpy as np
import pytest

import zukan
from zukan import cli
from zukan.runs.data import read_items
from zukan.training.recipe import Recipe

TEXT = "id;height;weight;kind\n" + "".join(f"{i};{i},5;{'late' if i % 7 == 0 else i * i};{'ab'[i % 2]}\n" for i in range(40))
OPTIONS = {"label": "kind", "leave_out": ["id"], "missing_marks": ["late"], "missing": True, "separator": ";", "header": True}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("table")
    (folder / "t.csv").write_text(TEXT)
    return zukan.train(folder / "t.csv", out=folder / "run", epochs=1, encoder={"name": "mlp", "units": [3]}, **OPTIONS)


def test_the_recipe_keeps_them(run):
    recipe = Recipe.read(run.path / "recipe.toml")
    assert {name: getattr(recipe, name) for name in OPTIONS} == OPTIONS
    assert [column["name"] for column in run.environment["columns"]] == ["height", "weight"]
    assert [group["why"] for group in run.environment["read"]["left_out"]] == ["named by leave_out"]


def test_other_data_is_read_with_them(run, tmp_path):
    (tmp_path / "new.csv").write_text("weight;height;more\n9;2,5;x\nlate;3,5;y\n")
    notes = []
    items = read_items(run, tmp_path / "new.csv", notes.append)
    np.testing.assert_allclose(run_scaled(run, items.x), [[2.5, 9], [3.5, np.nan]], rtol=1e-5)
    assert "left out 1 column that the run does not use: 'more'" in notes


def run_scaled(run, x):
    return zukan.data.Scaling.from_json(run.environment["scaling"]).undo(x)


def test_constant_columns_are_named(tmp_path):
    (tmp_path / "t.csv").write_text("a,b,c\n1,7,2\n2,7,3\n4,7,2\n")
    assert ("constant", "1 of 3 values are the same in every training item: 'b'") in zukan.commands.data(tmp_path / "t.csv")


def test_they_are_typed_as_they_are_read(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text("a,b\n1,-999\n2,3\n3,4\n5,0\n")
    assert cli.run(["data", "t.csv", "--missing-marks=-999,x y", "--missing", "--no-header"]) == 2
    assert "column 'c0' of t.csv must hold only numbers, got 4 numbers and 1 text, 'a' in row 1" in capsys.readouterr().err
    assert cli.run(["data", "t.csv", "--missing-marks=-999,x y", "--missing", "--header"]) == 0
    printed = capsys.readouterr().out
    assert "1 of 8 values are missing" in printed
    hint = next(line for line in printed.splitlines() if "zukan train t.csv" in line)
    assert "--missing-marks=-999,x y" in split(hint)
