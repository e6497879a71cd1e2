"""The warnings about a finished training."""

import numpy as np
import pytest

from zukan.evaluation.diagnosis import diagnosis


def warnings_of(kl=(1.0, 2.0), val=(5.0, 4.0, 3.0), **options):
    history = {"epoch": np.arange(1, len(val) + 1), "val_loss": np.array(val)} if val else {"epoch": np.array([1])}
    return diagnosis(history, {"latent": {"variables": [f"z{i}" for i in range(len(kl or ()))],
                                           "kl_per_dimension": None if kl is None else list(kl)}}, **options)


@pytest.mark.parametrize("options", [
    {}, {"kl": None}, {"val": ()}, {"val": (7.0,)}, {"kl": (0.011, 0.5)}, {"val": (5.0, 4.0, 4.9)}])
def test_no_warnings(options):
    assert warnings_of(**options) == []


def test_idle_dimensions():
    (warning,) = warnings_of(kl=(0.001, 2.0, 0.009))
    for words in ("2 of 3 latent dimensions", "0.01 nats", "(z0, z2)", "warm-up", "free bits"):
        assert words in warning
    (many,) = warnings_of(kl=[0.0] * 12)
    assert "(z0, z1, z2, z3, z4, z5, z6, z7, …)" in many


def test_overfitting():
    (warning,) = warnings_of(val=(9.0, 4.0, 5.0, 6.5))
    for words in ("epoch 2", "4.0 nats", "2.5 nats since", "overfits"):
        assert words in warning


def test_gray_levels():
    (warning,) = warnings_of(gray=True)
    assert "Bernoulli" in warning
    assert len(warnings_of(kl=(0.0, 1.0), val=(1.0, 5.0), gray=True)) == 3
