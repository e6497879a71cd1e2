"""Overfitting: the test loss rises while the training loss falls."""

from __future__ import annotations

import math

import numpy as np

from zukan.evaluation.diagnosis.evidence import Evidence
from zukan.evaluation.diagnosis.finding import Finding

AFTER = 3  # epochs after the lowest test loss, without which a rise could be noise
RECENT = 10  # epochs whose noise is measured at least, if there are as many
NOISE, GAIN = 6.0, 0.01  # the rise must exceed this many standard deviations of the noise, and this share of the gain


def overfitting(evidence: Evidence) -> Finding | None:
    """Return whether the test loss has risen beyond its noise while the training loss fell.

    The noise is measured over the epochs since the lowest test loss, or over the latest ones, by the median of the
    second differences, which a steady rise does not change. Values far from all others are a finding of their own.
    Epochs after the one that the model was kept from do not count.
    """
    history = {name: values[: evidence.kept] for name, values in evidence.history.items()}
    test, train = history.get("val_loss"), history.get("loss")
    if evidence.far is not None or test is None or train is None or not np.isfinite(test).all():
        return None
    best = int(test.argmin())
    rise = float(np.median(test[-AFTER:]) - test[best])  # a single high epoch does not count
    after = int(history["epoch"][best])
    numbers: dict[str, float | str] = {"lowest test loss": float(test[best]), "after epoch": after,
                                       "test loss at the end": float(test[-1]),
                                       "training loss at the end": float(train[-1])}
    fine = Finding("overfitting", "fine", "The test loss has not risen.", numbers)
    if len(test) - best <= AFTER or train[-1] >= train[best]:
        return fine
    bends = np.abs(np.diff(test[min(best, max(0, len(test) - RECENT)) :], 2))
    noise = 1.4826 * float(np.median(bends)) / math.sqrt(6)  # their median, for noise of a normal distribution
    if rise <= NOISE * noise or rise <= GAIN * float(test[0] - test[best]):
        return fine
    x = evidence.x if evidence.likelihood == "Bernoulli" and not evidence.noisy else None
    is_gray = x is not None and bool(((x > 0) & (x < 1)).any())
    advice = ", or noise for the encoder (--corrupt '{name=\"binarize\", share=0.5}')" if is_gray else ""
    change = f"Stop there (--patience 10), or use a smaller network{advice}."
    return Finding("overfitting", "problem",
                   f"The test loss was lowest after epoch {after} ({test[best]:.1f} nats) and has risen by "
                   f"{test[-1] - test[best]:.1f} nats since, while the training loss fell: the model overfits.",
                   numbers, change)
