"""The warnings about a finished training."""

import numpy as np
import pytest

from zukan.data.spread import Far
from zukan.evaluation.diagnosis import diagnosis


def warnings_of(kl=(1.0, 2.0), val=(5.0, 4.0, 3.0), train=None, entropy=None, **options):
    test = {} if entropy is None else {"entropy": entropy}
    history = {"epoch": np.arange(1, len(val) + 1), "val_loss": np.array(val)} if len(val) else {"epoch": np.array([1])}
    history["loss"] = -np.arange(len(history["epoch"])) if train is None else np.array(train)
    return diagnosis(history, {"test": test, "latent": {"variables": [f"z{i + 1}" for i in range(len(kl or ()))],
                                                        "kl_per_dimension": None if kl is None else list(kl)}}, **options)


@pytest.mark.parametrize("options", [{}, {"kl": None}, {"val": ()}, {"val": (7.0,)}, {"kl": (0.011, 0.5)}])
def test_no_warnings(options):
    assert warnings_of(**options) == []


def test_idle_dimensions():
    (warning,) = warnings_of(kl=(0.001, 2.0, 0.009))
    for words in ("2 of 3 latent dimensions", "0.01 nats", "(z1, z3)", "warm-up", "free bits"):
        assert words in warning
    (many,) = warnings_of(kl=[0.0] * 12)
    assert "(z1, z2, z3, z4, z5, z6, z7, z8, …)" in many


def test_overfitting():
    (warning,) = warnings_of(val=(9.0, 4.0, 5.0, 6.0, 7.1, 8.0))
    for words in ("epoch 2", "4.0 nats", "4.0 nats since", "the training loss fell", "overfits"):
        assert words in warning


@pytest.mark.parametrize("options", [
    {"val": (5900.0, 5000.0, 5000.3, 5000.7, 5001.0)},  # 0.02 %, and 0.1 % of the gain
    {"val": (9.0, 4.0, 5.0, 6.5)},  # two epochs tell no trend
    {"val": (85_335.0, 12_566.0, 34_660.0)},  # case 25: the loss jumps
    {"val": (9.0, 4.0, 6.0, 4.1, 6.2, 4.2, 6.1)},  # a rise within the noise
    {"val": (9.0, 4.0, 5.0, 6.0, 7.0, 8.0), "train": (9.0, 4.0, 5.0, 6.0, 7.0, 8.0)},  # a warm-up of beta, say
    {"val": (9.0, 4.0, 5.0, np.nan, 7.0, 8.0)}])
def test_no_overfitting_without_evidence(options):
    assert warnings_of(**options) == []


def test_a_noisy_plateau_is_seldom_called_overfitting():
    rng, found = np.random.default_rng(0), 0
    for _ in range(400):
        val = 100 + 400 * np.exp(-np.arange(40) / 5) + rng.normal(0, 1.5, 40)
        found += bool(warnings_of(val=val))
    assert found <= 4
    steady = 100 + 400 * np.exp(-np.arange(40) / 5) + np.arange(40) + rng.normal(0, 1.5, 40)
    assert "overfits" in warnings_of(val=steady)[0]


def test_values_far_from_all_others_are_named_instead_of_overfitting():
    """Case 25: columns that hardly vary."""
    (warning,) = warnings_of(val=(9.0, 4.0, 5.0, 6.0, 7.0, 8.0), far=Far(1286.3, ("'p12'", "'p13'"), "--scaling minmax"))
    for words in ("reach 1,286", "2 features beyond 50: 'p12', 'p13'", "hardly varies", "Use --scaling minmax, or"):
        assert words in warning
    assert "overfits" not in warning


def test_levels():
    (warning,) = warnings_of(entropy=61.24)
    for words in ("Bernoulli", "levels between 0 and 1", "61.2 nats", "not a log-likelihood"):
        assert words in warning
    assert len(warnings_of(kl=(0.0, 1.0), val=(1.0, 5.0, 6.0, 7.0, 8.0), entropy=1.0)) == 3
