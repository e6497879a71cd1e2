"""The sentences that answer a wrong argument."""

import numpy as np
import pytest

from zukan import checks
from zukan.checks import InputError


@pytest.mark.parametrize(("value", "found"), [(1, 1), (7, 7), (np.int64(3), 3), (np.uint8(200), 200)])
def test_integer_returns_an_int(value, found):
    assert checks.integer("n", value) == found
    assert type(checks.integer("n", value)) is int


@pytest.mark.parametrize("value", [0, -1, 1.0, 2.5, "3", None, True, [1], np.float32(2), float("nan")])
def test_integer_refuses(value):
    with pytest.raises(InputError) as caught:
        checks.integer("latent_dim", value)
    assert str(caught.value) == f"latent_dim must be a whole number of at least 1, got {value!r}"


def test_integer_has_a_minimum():
    assert checks.integer("seed", 0, minimum=0) == 0
    with pytest.raises(InputError, match="steps must be a whole number of at least 2, got 1"):
        checks.integer("steps", 1, minimum=2)


@pytest.mark.parametrize("value", [1, 0.5, np.float64(0.5), np.float32(0.5), np.int64(1)])
def test_number_returns_a_float(value):
    assert checks.number("n", value) == float(value)
    assert type(checks.number("n", value)) is float


@pytest.mark.parametrize(("value", "bounds", "rule"), [
    (float("nan"), {}, "must be a finite number, got nan"),
    (float("inf"), {}, "must be a finite number, got inf"),
    ("1", {}, "must be a finite number, got '1'"),
    (True, {}, "must be a finite number, got True"),
    (-0.1, {"minimum": 0.0}, "must be a finite number at least 0, got -0.1"),
    (0, {"above": 0.0}, "must be a finite number above 0, got 0"),
    (1.5, {"above": 0.0, "maximum": 1.0}, "must be a finite number above 0 and at most 1, got 1.5"),
])
def test_number_refuses(value, bounds, rule):
    with pytest.raises(InputError) as caught:
        checks.number("ratio", value, **bounds)
    assert str(caught.value) == f"ratio {rule}"


def test_bounds_are_met_exactly():
    assert checks.number("n", 0.0, minimum=0.0, maximum=0.0) == 0.0


@pytest.mark.parametrize(("value", "hint"), [
    ("beurnoulli", "; did you mean 'bernoulli'?"), ("Normal", "; did you mean 'normal'?"), ("zzz", ""), (None, ""), ("", ""),
])
def test_choice_suggests_the_nearest(value, hint):
    with pytest.raises(InputError) as caught:
        checks.choice("likelihood", value, {"normal", "bernoulli"})
    assert str(caught.value) == f"likelihood must be one of 'bernoulli', 'normal', got {value!r}{hint}"


def test_choice_returns_the_name():
    assert checks.choice("prior", "normal", ["normal", "mixture"]) == "normal"


@pytest.mark.parametrize(("value", "text"), [
    (np.zeros((2, 3), "int8"), "an array of shape (2, 3) and dtype int8"),
    (np.float32(1.5), "np.float32(1.5)"),
    ("a", "'a'"),
])
def test_show(value, text):
    assert checks.show(value) == text


@pytest.mark.parametrize("value", ["a" * 5000, list(range(5000)), {i: i for i in range(5000)}, object()])
def test_show_is_short(value):
    assert len(checks.show(value)) < 200
    assert "\n" not in checks.show(value)


def test_an_input_error_is_a_value_error():
    assert issubclass(InputError, ValueError)
