"""Whether the training is finished, and whether it was steady."""

from __future__ import annotations

import numpy as np

from zukan.evaluation.diagnosis.evidence import Evidence
from zukan.evaluation.diagnosis.finding import Finding

FEWEST = 5  # epochs without which no trend is seen
LAST = 0.1  # share of the epochs
FALLING = 0.005  # of the gain so far
JUMPS, HEIGHT = 0.3, 0.02  # share of the epochs after the first ones in which the loss rises by this share of the gain


def unfinished(evidence: Evidence) -> Finding | None:
    """Return whether the loss was still falling in the last tenth of the epochs.

    If the training went on after the best epoch, the loss does not fall any more.
    """
    name = "val_loss" if "val_loss" in evidence.history else "loss"
    loss = evidence.history.get(name)
    ended = evidence.metrics.get("epochs")
    if ended is not None and ended["best"] < ended["trained"]:
        return Finding("convergence", "fine", "The test loss fell no further after the best epoch.",
                       {"best epoch": ended["best"], "epochs trained": ended["trained"]})
    if loss is None or len(loss) < FEWEST or not np.isfinite(loss).all():
        return None
    count = max(3, round(LAST * len(loss)))
    steps = np.diff(loss[-count - 1 :])
    slope = -float(np.median(steps))  # a single epoch that is high or low does not change it
    gain = float(loss[0] - loss.min())
    numbers: dict[str, float | str] = {"nats gained in all": gain, "nats gained in each of the last epochs": slope}
    # Steps up and down are noise: all or almost all of them must be down.
    if slope * count <= FALLING * gain or np.mean(steps < 0) < 0.8:
        return Finding("convergence", "fine", "The loss hardly fell any more at the end.", numbers)
    which = "test loss" if name == "val_loss" else "loss"
    return Finding("convergence", "note", f"The training is not finished: the {which} still fell by {slope:.2g} nats "
                                          f"an epoch at the end.", numbers,
                   f"Train longer (--epochs {2 * len(loss)}), or with a higher --learning-rate and --decay cosine.")


def steadiness(evidence: Evidence) -> Finding | None:
    """Return whether the loss jumps up and down, or the test loss is no number."""
    test, train = evidence.history.get("val_loss"), evidence.history.get("loss")
    if test is not None and not np.isfinite(test[-1]):
        return Finding("stability", "problem", f"The test loss is {test[-1]:.4g}, but the training loss is finite: "
                                               f"some test item differs strongly from all training items.",
                       {"test loss": str(test[-1])}, "Check its values, or scale the data.")
    if train is None or len(train) < FEWEST or not np.isfinite(train).all() or np.ptp(evidence.history.get(
            "beta", train[:1])) > 0:
        return None  # the loss grows with beta
    later = np.diff(train[len(train) // 5 :])
    gain = float(train[0] - train.min())
    jumps = float(np.mean(later > HEIGHT * gain))
    numbers: dict[str, float | str] = {"share of epochs in which the training loss jumps up": jumps,
                                       "largest jump in nats": float(max(0.0, later.max()))}
    if jumps < JUMPS and later.max() < 0.5 * gain:
        return Finding("stability", "fine", "The training loss fell steadily.", numbers)
    return Finding("stability", "problem", "The training loss jumps up and down.", numbers,
                   "Use a lower --learning-rate, or a larger --batch-size.")
