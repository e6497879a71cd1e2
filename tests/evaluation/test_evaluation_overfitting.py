"""The test loss rises while the training loss falls."""

import numpy as np
import pytest

from zukan.data.spread import Far
from zukan.evaluation.diagnosis import Evidence
from zukan.evaluation.diagnosis.overfitting import overfitting


def finding(val, train=None, far=None):
    history = {"epoch": np.arange(1, len(val) + 1), "val_loss": np.array(val),
               "loss": -np.arange(len(val)) if train is None else np.array(train)}
    return overfitting(Evidence(history, {}, far))


def test_overfitting():
    result = finding((9.0, 4.0, 5.0, 6.0, 7.1, 8.0))
    assert result.severity == "problem"
    for words in ("epoch 2", "4.0 nats", "4.0 nats since", "the training loss fell", "overfits"):
        assert words in str(result)


@pytest.mark.parametrize(("options", "values", "helps"), [
    ({"likelihood": "Bernoulli"}, (0.0, 0.5), True), ({"likelihood": "Bernoulli", "noisy": True}, (0.0, 0.5), False),
    ({"likelihood": "Bernoulli"}, (0.0, 1.0), False), ({"likelihood": "Normal"}, (0.0, 0.5), False)])
def test_noise_for_the_encoder_is_advised_for_gray_levels_only(options, values, helps):
    history = {"epoch": np.arange(1, 7), "val_loss": np.array((9.0, 4.0, 5.0, 6.0, 7.1, 8.0)), "loss": -np.arange(6)}
    result = overfitting(Evidence(history, {}, x=np.array([values]), **options))
    assert ("--corrupt" in result.change) is helps
    assert ("smaller network." in result.change) is not helps


@pytest.mark.parametrize("options", [
    {"val": (5900.0, 5000.0, 5000.3, 5000.7, 5001.0)},  # 0.02 %, and 0.1 % of the gain
    {"val": (9.0, 4.0, 5.0, 6.5)},  # two epochs tell no trend
    {"val": (85_335.0, 12_566.0, 34_660.0)},  # case 25: the loss jumps
    {"val": (9.0, 4.0, 6.0, 4.1, 6.2, 4.2, 6.1)},  # a rise within the noise
    {"val": (9.0, 4.0, 5.0, 6.0, 7.0, 8.0), "train": (9.0, 4.0, 5.0, 6.0, 7.0, 8.0)},  # a warm-up of beta, say
    {"val": (7.0,)}])
def test_no_overfitting_without_evidence(options):
    assert finding(**options).severity == "fine"


def test_a_test_loss_that_is_no_number_or_values_far_from_all_others_are_findings_of_their_own():
    assert finding((9.0, 4.0, 5.0, np.nan, 7.0, 8.0)) is None
    assert finding((9.0, 4.0, 5.0, 6.0, 7.0, 8.0), far=Far(1286.3, ("'p12'",), "--scaling minmax")) is None


def test_a_noisy_plateau_is_seldom_called_overfitting():
    rng, called = np.random.default_rng(0), 0
    for _ in range(400):
        val = 100 + 400 * np.exp(-np.arange(40) / 5) + rng.normal(0, 1.5, 40)
        called += finding(val).severity != "fine"
    assert called <= 4
    steady = 100 + 400 * np.exp(-np.arange(40) / 5) + np.arange(40) + rng.normal(0, 1.5, 40)
    assert "overfits" in str(finding(steady))
