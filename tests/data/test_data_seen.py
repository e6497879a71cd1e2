"""Other data has the values that a run saw, is converted to them with a note, or is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zukan import data
from zukan.checks import InputError
from zukan.data.seen import Seen

LEVELS = np.random.default_rng(0).integers(0, 256, (20, 4, 5), dtype=np.uint8)
UNIT = (LEVELS / 255).astype(np.float32)
FORMS = {  # the same pictures in several forms
    "uint8": LEVELS, "levels": LEVELS.astype(np.float32), "units": UNIT, "double levels": LEVELS.astype(np.float64),
}


def read(run, new, **options):
    """Return the items of ``new`` as a run on ``run`` reads them, and the notes."""
    seen = data.load(run).seen
    split, _, notes, *_ = data.items(new, seen=Seen.from_json(seen.to_json()), **options)
    return np.asarray(split.x), notes


@pytest.mark.parametrize("memory", [None, 1e-9])
@pytest.mark.parametrize("run", FORMS)
@pytest.mark.parametrize("new", FORMS)
def test_the_same_pictures_in_another_form_give_the_same_items_or_are_refused(run, new, memory):
    expected = data.items(FORMS[run])[0].x
    if "uint8" not in {run, new} and "units" in {run, new} and run != new:
        fix = "divide it by 255" if run == "units" else "multiply it by 255"
        with pytest.raises(InputError, match=f"data must hold values like those that the run was trained on, float.*{fix}"):
            read(FORMS[run], FORMS[new], memory=memory)
        return
    x, notes = read(FORMS[run], FORMS[new], memory=memory)
    np.testing.assert_allclose(x, expected, rtol=1e-6)
    is_converted = {run, new} & {"levels", "double levels"} and "uint8" in {run, new}
    assert bool(notes) == bool(is_converted)


@settings(deadline=None, database=None, max_examples=40)
@given(st.sampled_from(sorted(FORMS)), st.integers(0, 19), st.integers(1, 20))
def test_some_of_the_run_s_own_items_are_read_unchanged(run, start, count):
    part = FORMS[run][start : start + count]
    x, notes = read(FORMS[run], part)
    np.testing.assert_array_equal(x, data.items(FORMS[run])[0].x[start : start + count])
    assert notes == ()


def test_masks():
    mask = LEVELS > 128
    for new, told in ((mask, False), (mask * np.uint8(255), False), (mask.astype(np.uint8), True), (mask.astype(float), False)):
        x, notes = read(mask, new)
        np.testing.assert_array_equal(x[..., 0], mask)
        assert bool(notes) == told


REFUSED = {
    "bytes for a run on -1 to 1": (UNIT * 2 - 1, LEVELS, "convert and scale it like the data of the run"),
    "flags for a run on levels": (FORMS["levels"], LEVELS > 9, "convert and scale it"),
    "levels for a run on flags": (LEVELS > 9, FORMS["levels"], "divide it by 255"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_other_ranges_are_refused(case):
    run, new, fix = REFUSED[case]
    with pytest.raises(InputError, match=f"data must hold values like those that the run was trained on, .* got .*; {fix}"):
        read(run, new)


def test_values_outside_of_the_range_are_noted_and_kept():
    strange = UNIT.copy()
    strange[3] = 40  # one item of 20: an anomaly, not another scale
    x, notes = read(UNIT, strange)
    np.testing.assert_array_equal(x[..., 0], strange)
    assert "the values lie from 0 to 40, but the model was trained on values from 0 to 1" in notes[0]
    assert read(LEVELS, UNIT * 1.02)[1] == ()
    assert "no value is below 0" in read(UNIT * 2 - 1, UNIT)[1][0]
    assert "from -1 to 1, but the model was trained on values from 0 to 1" in read(LEVELS, UNIT * 2 - 1)[1][0]


def test_features_that_were_scaled_one_by_one_have_no_common_range():
    assert data.load(np.random.default_rng(0).normal(size=(20, 3)), scaling="standard").seen is None
    assert Seen.from_json(None) is None
