"""Conditions: from columns to what a model takes, and back."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_table import numbers

from zukan import InputError
from zukan.data import conditions, items, load
from zukan.data.conditions import Condition

PEOPLE = {"sex": np.array(["F", "M", "F", "F"]), "age": np.array([20.0, 40.0, 30.0, 30.0]),
          "smokes": np.array([True, False, False, False])}


def test_classes_become_places_and_numbers_are_scaled_on_the_training_items():
    condition = Condition.fitted([{name: values[:2] for name, values in PEOPLE.items()},
                                  {name: values[2:] for name, values in PEOPLE.items()}])
    assert condition.names == ["sex", "age", "smokes"]
    assert condition.width == 5
    np.testing.assert_allclose(condition.encode(PEOPLE), [[1, 0, -1, 0, 1], [0, 1, 1, 1, 0], [1, 0, 0, 1, 0],
                                                          [1, 0, 0, 1, 0]])


def test_whole_numbers_as_labels_are_the_numbers_of_their_classes(monkeypatch):
    x, y = np.random.default_rng(0).random((20, 3), np.float32), np.arange(20) % 2 * 5 + 3
    data = load((x, y), condition="label")
    assert data.condition.fields[0].classes == (3, 8)
    assert data.condition.width == 9
    np.testing.assert_array_equal(data.train.condition, data.train.y)
    assert data.condition.rows(data.train.condition).shape == (len(data.train), 9)
    monkeypatch.setattr(conditions, "MOST", 8)
    with pytest.raises(InputError, match="numbered from 0 to 7 at most, got labels from 3 to 8"):
        load((x, y), condition="label")


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c, d", "e=f"]), st.floats(-1e6, 1e6)), min_size=1, max_size=20))
def test_decode_undoes_encode(rows):
    columns = {"k": np.array([k for k, _ in rows]), "v": np.array([v for _, v in rows])}
    for chosen in ({"k"}, {"v"}, {"k", "v"}):
        part = {name: columns[name] for name in columns if name in chosen}
        condition = Condition.from_json(json.loads(json.dumps(Condition.fitted([part]).to_json())))
        back = condition.decode(condition.encode(part))
        if "k" in part:
            np.testing.assert_array_equal(back["k"], part["k"])
        if "v" in part:
            np.testing.assert_allclose(back["v"], part["v"], rtol=1e-9, atol=1e-9)


def test_settings_are_the_most_frequent_combinations():
    condition = Condition.fitted([PEOPLE])
    settings = condition.settings(condition.encode(PEOPLE), 2)
    assert list(settings) == ["sex = F, smokes = False", "sex = F, smokes = True"]
    np.testing.assert_allclose(settings["sex = F, smokes = True"],
                               condition.encode({"sex": np.array(["F"]), "age": np.array([30.0]),
                                                 "smokes": np.array([True])}))
    ages = Condition.fitted([{"age": np.arange(11.0)}])
    assert list(ages.settings(ages.encode({"age": np.arange(11.0)}), 9)) == ["age = 1", "age = 5", "age = 9"]
    assert list(ages.settings(ages.encode({"age": np.arange(11.0)}), 1)) == ["age = 5"]


@pytest.mark.parametrize("record", [None, 3, [{}], [{"name": "a", "classes": [], "offset": 0, "factor": 1}],
                                    [{"name": "a", "classes": None, "offset": 0, "factor": 0}]])
def test_a_damaged_record(record):
    with pytest.raises((KeyError, TypeError, ValueError)):
        Condition.from_json(record)


@pytest.mark.parametrize("condition", ["", [], ["a", "a"], 3, ["a", 1], "a,,b"])
def test_bad_options(condition):
    with pytest.raises(InputError, match="condition must be (text or a list of text|'label' or different names of columns)"):
        load(np.ones((9, 2)), condition=condition)


def test_columns_of_tables(tmp_path):
    (tmp_path / "t.csv").write_text("a,b,kind\n1,2,x\n3,4,\n5,6,y\n7,8,y\n")
    with pytest.raises(InputError, match=r"condition 'kind' of .* must hold a value in every row, got nothing in row 3"):
        load(tmp_path / "t.csv", condition="kind")
    with pytest.raises(InputError, match="'label' or a column of .* got 'kinds'; did you mean 'kind'"):
        load(tmp_path / "t.csv", condition="kinds")
    with pytest.raises(InputError, match="got 'kind'; choose 'label'"):
        load(tmp_path / "t.csv", label="kind", condition="kind")
    with pytest.raises(InputError, match="condition 'a' must be a column of a table"):
        load(np.ones((9, 2)), condition="a")


NEW = {  # values in the data of the run, in new data, and the classes that these are
    "grades of which some are numbers": (["1", "2", "3a", "4b"], ["1", "2", "2"], ["1", "2", "2"]),
    "grades that are numbers of another type": (["1", "2", "3a", "4b"], [1.0, 2.0, 2.0], ["1", "2", "2"]),
    "one letter among numbers": (["1", "2", "3a", "4b"], ["1", "2", "1", "2", "1", "3a"], ["1", "2", "1", "2", "1", "3a"]),
    "numbers with zeros": (["01", "02", "3a", "4b"], ["01", "02"], ["01", "02"]),
    "true and false without the third": (["true", "false", "unsure", "unsure"], ["true", "false"], ["true", "false"]),
    "true and false of another type": (["true", "false", "unsure", "unsure"], [True, False], ["true", "false"]),
    "decimal commas": (["1", "2", "3,5", "x"], ["1", "2", "3,5", "1"], ["1", "2", "3,5", "1"]),
    "flags as numbers": (["True", "False", "False", "True"], ["0", "1", "1"], ["False", "True", "True"]),
    "flags in lower case": ([True, False, False, True], ["true", "false"], ["True", "False"]),
}


@pytest.mark.parametrize("role", ["column", "label"])
@pytest.mark.parametrize("case", NEW)
def test_new_data_is_read_as_the_classes_of_the_run(case, role):
    old, new, expected = NEW[case]
    if role == "label" and case.startswith("flags"):
        expected = [str(int(value == "True")) for value in expected]  # as labels always are
    options = {"condition": "k"} if role == "column" else {"condition": "label", "label": "k"}
    fitted = load({"a": np.arange(len(old) * 3) * 0.5, "k": old * 3}, **options).condition
    read = items({"a": np.arange(len(new)) * 0.5, "k": new}, fitted=fitted, schema=numbers("a"), **options)
    (found,) = fitted.decode(read.split.condition).values()
    assert found.tolist() == expected
    with pytest.raises(InputError, match="trained with"):
        items({"a": [1.5, 2.5], "k": ["9", "z"]}, fitted=fitted, schema=numbers("a"), **options)


def test_a_class_may_be_given_in_another_spelling():
    (field,) = Condition.fitted([{"smokes": np.array([True, False])}]).fields
    for value in ("true", "TRUE", True, 1, "1", 1.0):
        assert field.read(value, 2).tolist() == ["True", "True"]
    assert field.read("yes", 1).tolist() == ["yes"]
