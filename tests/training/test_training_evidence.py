"""The likelihood that fits the data."""

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
    "standardised": (RNG.normal(size=(300, 7)), "standardised", "normal", "spread near 1", "mlp"),
    "real": (RNG.normal(5, 3, (30, 7)), "real", "normal", "real numbers from", "mlp"),
    "of unlike spread": (RNG.normal(size=(30, 3)) * [1, 1, 1000], "real", "normal", "--scaling standard", "mlp"),
    "bytes as floats": (RNG.integers(0, 256, (30, 20, 16)).astype("float32"), "real", "normal", "divided by 255", "conv"),
    "real images": (RNG.normal(5, 3, (30, 20, 16, 3)), "real", "normal", "real numbers from", "conv"),
}


@pytest.mark.parametrize("case", CASES)
def test_what_the_data_shows(case):
    x, kind, likelihood, why, network = CASES[case]
    found = evidence.look(zukan.data.load(x))
    assert (found.kind, found.likelihood, found.network) == (kind, likelihood, network)
    assert why in found.why


def test_only_auto_is_settled():
    dataset = zukan.data.load(CASES["real"][0])
    recipe, why = evidence.settled(Recipe(), dataset)
    assert recipe.likelihood == "normal"
    assert why.startswith("Likelihood: normal, since the values are real numbers")
    fixed = Recipe(likelihood={"name": "normal", "scale": 0.5})
    assert evidence.settled(fixed, dataset) == (fixed, None)


def test_a_run_keeps_what_was_chosen(tmp_path):
    told = []
    run = zukan.train(CASES["real"][0], out=tmp_path / "run", epochs=1, encoder={"name": "mlp", "units": [4]}, tell=told.append)
    assert run.recipe.likelihood == "normal"
    assert zukan.Run.open(run.path).recipe.likelihood == "normal"
    assert any(line.startswith("Likelihood: normal, since") for line in told)
