"""Schedules: weights from a table, their bounds, and their use inside a compiled function."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jax import numpy as jnp

import zukan
from zukan import schedules


@pytest.mark.parametrize(("schedule", "steps", "weights"), [
    (schedules.Constant(0.5), [0, 1, 10**6], [0.5, 0.5, 0.5]),
    (schedules.Constant(0), [0, 5], [0, 0]),
    (schedules.LinearWarmup(4), [0, 1, 2, 4, 5, 10**6], [0, 0.25, 0.5, 1, 1, 1]),
    (schedules.LinearWarmup(1, value=3.0), [0, 1], [0, 3]),
    (schedules.LinearWarmup(10, value=2.0, start=1.0), [0, 5, 10, 11], [1, 1.5, 2, 2]),
    (schedules.LinearWarmup(10, value=0.0, start=4.0), [0, 5, 10, 11], [4, 2, 0, 0]),
    (schedules.Cyclic(8), [0, 2, 4, 7, 8, 10, 12], [0, 0.5, 1, 1, 0, 0.5, 1]),
    (schedules.Cyclic(8, value=4.0, ratio=0.25), [0, 1, 2, 7, 8, 9], [0, 2, 4, 4, 0, 2]),
    (schedules.Cyclic(4, ratio=1.0), [0, 1, 3, 4, 5], [0, 0.25, 0.75, 0, 0.25]),
    (schedules.Cyclic(1), [0, 1, 2], [0, 0, 0]),
    (schedules.Exponential(0.2, start=2.0, rate=0.1), [0, 10, 20, 30], [2.0, 2 / np.e, 2 / np.e**2, 0.2]),
], ids=repr)
def test_weights(schedule, steps, weights):
    for function in (schedule, jax.jit(schedule)):
        np.testing.assert_allclose([float(function(jnp.float32(step))) for step in steps], weights, atol=1e-6)


@given(st.integers(0, 10**6), st.integers(1, 10**5), st.floats(0, 100), st.floats(0, 100), st.floats(0.01, 1))
def test_weights_stay_within_their_bounds(step, length, value, start, ratio):
    step = jnp.float32(step)
    low, high = sorted((start, value))
    assert low - 1e-3 <= float(schedules.LinearWarmup(length, value, start)(step)) <= high + 1e-3
    assert -1e-3 <= float(schedules.Cyclic(length, value, ratio)(step)) <= value + 1e-3


def test_make_takes_a_number_a_name_a_mapping_or_a_schedule():
    assert schedules.make("beta", 2).value == 2.0
    assert schedules.make("beta", 0.0).value == 0.0
    assert schedules.make("beta", np.float32(0.5)).value == 0.5
    assert schedules.make("beta", "constant").value == 1.0
    assert schedules.make("beta", {"name": "cyclic", "period": 3}).period == 3
    schedule = schedules.Constant(2.0)
    assert schedules.make("beta", schedule) is schedule


@pytest.mark.parametrize(("call", "words"), [
    (lambda: schedules.make("beta", -1.0), ["beta", "at least 0", "-1.0"]),
    (lambda: schedules.make("beta", float("nan")), ["beta", "finite", "nan"]),
    (lambda: schedules.make("beta", float("inf")), ["beta", "finite", "inf"]),
    (lambda: schedules.make("beta", True), ["beta", "True"]),
    (lambda: schedules.make("beta", None), ["beta", "None"]),
    (lambda: schedules.make("beta", "warm-up"), ["beta", "did you mean 'warmup'?"]),
    (lambda: schedules.make("beta", {"name": "warmup", "step": 3}), ["beta", "did you mean 'steps'?"]),
    (lambda: schedules.make("beta", {"name": "warmup"}), ["beta", "steps"]),
    (lambda: schedules.LinearWarmup(0), ["steps", "at least 1", "0"]),
    (lambda: schedules.LinearWarmup(2.5), ["steps", "whole number", "2.5"]),
    (lambda: schedules.LinearWarmup(3, start=-1.0), ["start", "-1.0"]),
    (lambda: schedules.Cyclic(0), ["period", "0"]),
    (lambda: schedules.Cyclic(3, ratio=0.0), ["ratio", "above 0"]),
    (lambda: schedules.Cyclic(3, ratio=1.5), ["ratio", "at most 1", "1.5"]),
])
def test_messages_name_the_mistake(call, words):
    with pytest.raises(zukan.InputError) as caught:
        call()
    for word in words:
        assert word in str(caught.value)
