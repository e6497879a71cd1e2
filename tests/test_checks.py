"""Checks of arguments: the values they return and the messages they raise."""

import numpy as np
import pytest

from zukan import checks
from zukan.checks import InputError


@pytest.mark.parametrize(("value", "expected"), [(1, 1), (7, 7), (np.int64(3), 3), (np.uint8(200), 200)])
def test_integer_returns_an_int(value, expected):
    assert checks.integer("n", value) == expected
    assert type(checks.integer("n", value)) is int


@pytest.mark.parametrize("value", [0, -1, 1.0, 2.5, "3", None, True, [1], np.float32(2), float("nan")])
def test_integer_rejects_other_values(value):
    with pytest.raises(InputError) as caught:
        checks.integer("latent_dim", value)
    assert str(caught.value) == f"latent_dim must be a whole number of at least 1, got {value!r}"


def test_integer_checks_minimum_and_maximum():
    assert checks.integer("seed", 0, minimum=0) == 0
    assert checks.integer("seed", 2**31 - 1) == 2**31 - 1
    with pytest.raises(InputError, match="^steps must be a whole number of at least 2, got 1$"):
        checks.integer("steps", 1, minimum=2)
    with pytest.raises(InputError, match="^port must be a whole number of at most 9, got 10$"):
        checks.integer("port", 10, maximum=9)


@pytest.mark.parametrize("value", [1, 0.5, np.float64(0.5), np.float32(0.5), np.int64(1)])
def test_number_returns_a_float(value):
    assert checks.number("n", value) == float(value)
    assert type(checks.number("n", value)) is float


@pytest.mark.parametrize(("value", "bounds", "expected"), [
    (float("nan"), {}, "must be a finite number, got nan"),
    (float("inf"), {}, "must be a finite number, got inf"),
    ("1", {}, "must be a finite number, got '1'"),
    (True, {}, "must be a finite number, got True"),
    (-0.1, {"minimum": 0.0}, "must be a finite number at least 0, got -0.1"),
    (0, {"above": 0.0}, "must be a finite number above 0, got 0"),
    (1.5, {"above": 0.0, "maximum": 1.0}, "must be a finite number above 0 and at most 1, got 1.5"),
])
def test_number_rejects_other_values(value, bounds, expected):
    with pytest.raises(InputError) as caught:
        checks.number("ratio", value, **bounds)
    assert str(caught.value) == f"ratio {expected}"


def test_number_accepts_its_bounds():
    assert checks.number("n", 0.0, minimum=0.0, maximum=0.0) == 0.0


@pytest.mark.parametrize(("value", "hint"), [
    ("beurnoulli", "; did you mean 'bernoulli'?"), ("Normal", "; did you mean 'normal'?"), ("zzz", ""), (None, ""), ("", ""),
])
def test_choice_suggests_the_nearest_option(value, hint):
    with pytest.raises(InputError) as caught:
        checks.choice("likelihood", value, {"normal", "bernoulli"})
    assert str(caught.value) == f"likelihood must be one of 'bernoulli', 'normal', got {value!r}{hint}"


def test_choice_returns_the_value():
    assert checks.choice("prior", "normal", ["normal", "mixture"]) == "normal"


@pytest.mark.parametrize(("value", "text"), [
    (np.zeros((2, 3), "int8"), "an array of shape (2, 3) and dtype int8"),
    (np.float32(1.5), "np.float32(1.5)"),
    ("a", "'a'"),
])
def test_show_describes_a_value(value, text):
    assert checks.show(value) == text


@pytest.mark.parametrize("value", ["a" * 5000, list(range(5000)), {i: i for i in range(5000)}, object()])
def test_show_is_one_short_line(value):
    assert len(checks.show(value)) < 200
    assert "\n" not in checks.show(value)


def test_an_input_error_is_a_value_error():
    assert issubclass(InputError, ValueError)
