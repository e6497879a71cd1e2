"""Which likelihood and network suit the data."""

import dataclasses

import numpy as np
import pytest

import zukan
from zukan.training import evidence
from zukan.training.recipe import Recipe

RNG = np.random.default_rng(0)
CASES = {
    "binary": (RNG.integers(0, 2, (30, 5, 5)).astype(bool), "binary", "bernoulli", "0 or 1", "mlp"),
    "binary floats": (RNG.integers(0, 2, (30, 7)).astype("float32"), "binary", "bernoulli", "0 or 1", "mlp"),
    "bytes": (RNG.integers(0, 256, (30, 28, 28), dtype=np.uint8), "8-bit", "bernoulli", "not a density", "conv"),
    "unit interval": (RNG.random((30, 7)), "[0, 1]", "bernoulli", "lie in [0, 1]", "mlp"),
    "standardized": (RNG.normal(size=(300, 7)), "standardized", "normal", "spread near 1", "mlp"),
    "real": (RNG.normal(5, 3, (30, 7)), "real", "normal", "real numbers from", "mlp"),
    "different spreads": (RNG.normal(size=(30, 3)) * [1, 1, 1000], "real", "normal", "--scaling standard", "mlp"),
    "bytes as floats": (RNG.integers(0, 256, (30, 20, 16)).astype("float32"), "real", "normal", "divide them by 255", "conv"),
    "real images": (RNG.normal(5, 3, (30, 20, 16, 3)), "real", "normal", "real numbers from", "conv"),
}


@pytest.mark.parametrize("case", CASES)
def test_what_the_data_suggests(case):
    x, kind, likelihood, why, network = CASES[case]
    result = evidence.examine(zukan.data.load(x))
    assert (result.kind, result.likelihood, result.network) == (kind, likelihood, network)
    assert why in result.why


@pytest.mark.parametrize("case", CASES)
def test_missing_values_do_not_change_it(case):
    x, *expected = CASES[case]
    rows = x.reshape(len(x), -1).astype("float32") / (255 if x.dtype == np.uint8 else 1)
    rows[RNG.random(rows.shape) < 0.1] = np.nan
    dataset = zukan.data.load(rows.reshape(x.shape), missing=True)
    result = evidence.examine(dataset)
    assert result.likelihood == expected[1]
    assert result.kind == expected[0].replace("8-bit", "[0, 1]")
    images = dataset.train.x.copy()
    images[:, 0] = np.nan  # a value that no item has
    assert evidence.examine(dataclasses.replace(dataset, train=zukan.data.Split(images))).likelihood == result.likelihood
    images[:] = np.nan
    assert evidence.examine(dataclasses.replace(dataset, train=zukan.data.Split(images))).likelihood == result.likelihood


def test_only_auto_is_replaced():
    dataset, lines = zukan.data.load(CASES["real"][0]), []
    assert evidence.choose_likelihood(Recipe(), dataset, lines.append) == Recipe(likelihood="normal")
    (line,) = lines
    assert line.startswith("Likelihood: normal, because the values are real numbers")
    fixed = Recipe(likelihood={"name": "normal", "scale": 0.5})
    assert evidence.choose_likelihood(fixed, dataset, lines.append) is fixed
    assert lines == [line]


PRESETS = {
    "gray, 28 × 28": (CASES["bytes"][0], "tutorial", "those of the tutorial"),
    "color": (RNG.integers(0, 256, (30, 28, 28, 3), dtype=np.uint8), "photos", "color images of 28 × 28"),
    "gray, larger": (RNG.random((30, 20, 16)), "photos", "gray images of 20 × 16"),
    "small": (RNG.random((30, 15, 40)), "tutorial", "below 16 pixels"),
    "black and white": (RNG.integers(0, 2, (30, 20, 16)).astype(bool), "nll", "black and white"),
    "outside of [0, 1]": (CASES["bytes as floats"][0], "tutorial", "outside of [0, 1]"),
    "counts": (RNG.poisson(3.0, (30, 7)).astype("float32"), "counts", "whole numbers from 0 on"),
    "numbers": (CASES["real"][0], "tutorial", "vectors of numbers"),
    "a table": ({"a": [1.0, 2.5, 4.0, 1.5], "b": ["x", "y", "x", "y"]}, "table", "columns of different kinds"),
}


@pytest.mark.parametrize("case", PRESETS)
def test_which_preset_the_data_suggests(case):
    x, preset, why = PRESETS[case]
    result = evidence.examine(zukan.data.load(x))
    assert result.preset == preset
    assert why in result.why_preset
