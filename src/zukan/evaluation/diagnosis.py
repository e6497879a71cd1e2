"""Warnings about a finished training, one sentence or two each, with advice."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from zukan import checks
from zukan.data.spread import FAR, Far
from zukan.evaluation.latent import IDLE_KL

LISTED = 8
AFTER = 3  # epochs after the lowest test loss, without which its rise cannot be told from its noise
RECENT = 10  # epochs whose noise is measured at least, if there are as many
NOISE, GAIN = 6.0, 0.01  # the rise must exceed this many standard deviations of the noise, and this share of the gain


def diagnosis(history: Mapping[str, np.ndarray], metrics: Mapping[str, Any], *, far: Far | None = None) -> list[str]:
    """Return warnings about a finished training.

    Parameters
    ----------
    history : mapping of arrays, one entry per epoch
    metrics : mapping
        Contains ``latent``, ``test`` and, if z is discrete, ``codes``, as `zukan.evaluation.latent.latent` and
        `zukan.evaluation.likelihood.likelihood` return them.
    far : Far, optional
        Scaled values that lie far from all others of their feature.
    """
    warnings = [_idle(metrics["latent"]), _constant(metrics.get("codes"))]
    if far is not None:
        warnings.append(
            f"Scaled values reach {far.value:,.0f} ({checks.plural(len(far.features), 'feature')} beyond {FAR:g}: "
            f"{checks.listed(far.features, LISTED)}): single values lie far from all others of their feature, often "
            f"because it hardly varies, and they dominate the loss. Use {far.options}, or leave those features "
            f"out.")
    else:
        warnings.append(_overfitting(history))
    test_loss = history.get("val_loss")
    if test_loss is not None and not np.isfinite(test_loss[-1]):
        warnings.append(f"The test loss is {test_loss[-1]:.4g}, but the training loss is finite: some test item "
                        f"differs strongly from all training items. Check its values, or scale the data.")
    if "entropy" in metrics["test"]:
        warnings.append(f"The likelihood is Bernoulli, but the values are levels between 0 and 1, not only 0 and 1. "
                        f"Their cross-entropy is a loss to compare models by, not a log-likelihood: "
                        f"{metrics['test']['entropy']:.1f} nats of it are the entropy of the levels, which every model "
                        f"pays. Anomaly scores do not count them.")
    return [warning for warning in warnings if warning]


def _idle(latent: Mapping[str, Any]) -> str:
    """Return a warning about dimensions without information, or ""."""
    kl = latent["kl_per_dimension"]
    idle = [] if kl is None else [name for name, value in zip(latent["variables"], kl, strict=True) if value < IDLE_KL]
    if not idle:
        return ""
    names = ", ".join([*idle[:LISTED], "…"] if len(idle) > LISTED else idle)
    return (f"The KL of {len(idle)} of {len(kl)} latent dimensions is below {IDLE_KL:g} nats ({names}): they carry "
            f"no information. Use fewer latent dimensions, or make the model use them with a warm-up of beta or free "
            f"bits.")


def _constant(codes: Mapping[str, Any] | None) -> str:
    """Return a warning about codebooks or categorical variables that are the same for all items, or ""."""
    used = [] if codes is None else codes["by_book"]["used_codes"]
    if 1 not in used:
        return ""
    return (f"In {used.count(1)} of {len(used)} codebooks or categorical variables, all test items have the same "
            f"value, which carries no information. Use a lower learning rate or, for categorical variables, a higher "
            f"beta.")


def _overfitting(history: Mapping[str, np.ndarray]) -> str:
    """Return a warning if the test loss has risen beyond its noise while the training loss fell, or "".

    The noise is that of the epochs since the lowest test loss, or of the latest ones: the median of the second
    differences, which a steady rise does not change.
    """
    test, train = history.get("val_loss"), history.get("loss")
    if test is None or train is None or not np.isfinite(test).all():
        return ""
    best = int(test.argmin())
    rise = float(np.median(test[-AFTER:]) - test[best])  # a single high epoch is no rise
    if len(test) - best <= AFTER or train[-1] >= train[best]:
        return ""
    bends = np.abs(np.diff(test[min(best, max(0, len(test) - RECENT)) :], 2))
    noise = 1.4826 * float(np.median(bends)) / math.sqrt(6)  # their median, for noise of a normal distribution
    if rise <= NOISE * noise or rise <= GAIN * float(test[0] - test[best]):
        return ""
    return (f"The test loss was lowest after epoch {int(history['epoch'][best])} ({test[best]:.1f} nats) and has risen "
            f"by {test[-1] - test[best]:.1f} nats since, while the training loss fell: the model overfits. Stop there, "
            f"or use a smaller network.")
