"""How well p(x|z) fits the data."""

from __future__ import annotations

import math

import numpy as np

from zukan.evaluation.diagnosis.evidence import Evidence
from zukan.evaluation.diagnosis.finding import Finding

CHECK = "likelihood fit"
HIGH, LOW = 0.2, -0.15  # nats for each value: as if errors were 1.18 or 0.84 times as large as the scale says
UNEVEN = 5.0  # ratio of the errors of features, 90 % against 10 %
TINY = 1e-3  # of the spread of the data
WIDER = {"Poisson": "negative-binomial", "Normal": "student-t", "Laplace": "student-t"}


def levels(evidence: Evidence) -> Finding | None:
    """Return that a Bernoulli likelihood scores levels between 0 and 1, if it does."""
    entropy = evidence.metrics["test"].get("entropy")
    if entropy is None:
        return None
    return Finding("levels", "note",
                   f"The likelihood is Bernoulli, but the values are levels between 0 and 1, not only 0 and 1. Their "
                   f"cross-entropy is a loss to compare models by, not a log-likelihood: {entropy:.1f} nats of it are "
                   f"the entropy of the levels, which every model pays. Anomaly scores do not count them.",
                   {"entropy of the levels": entropy},
                   "For a log-likelihood, use --likelihood continuous-bernoulli or logistic-mixture.")


def likelihood(evidence: Evidence) -> Finding | None:
    """Return whether test items cost as much as draws from p(x|z) do, so that its noise is the noise of the data.

    The median of the items decides, since a single one can cost more than all others together. For a normal p(x|z),
    the excess e of the cost of a value gives the root mean square of the standardized residuals: sqrt(1 + 2 e).
    """
    if evidence.probe is None or evidence.x is None or "entropy" in evidence.metrics["test"]:
        return None
    varies = ~np.isnan(evidence.x) & (np.nanstd(evidence.x, axis=0) > 0)
    values = max(1.0, float(varies.sum()) / len(evidence.x))
    cost, drawn = evidence.probe.cost, evidence.probe.drawn_cost
    excess, average = float(np.median(cost - drawn)) / values, float(np.mean(cost - drawn)) / values
    numbers: dict[str, float | str] = {"median cost of test items": float(np.median(cost)),
                                       "of draws from p(x|z)": float(np.median(drawn)),
                                       "excess for each value": excess, "its average": average}
    name = evidence.likelihood
    if name == "Normal":
        numbers["RMS of standardized residuals"] = math.sqrt(max(0.0, 1.0 + 2.0 * excess))
    shrunk = _shrunk(evidence, numbers)
    if shrunk is not None:
        return shrunk
    if excess > HIGH:
        return Finding(CHECK, "problem", "The data scatters more around the decoded items than p(x|z) says.", numbers,
                       "Use a learned scale (--likelihood normal)." if isinstance(evidence.scale, float) else
                       f"Use --likelihood {WIDER[name]}, or a smaller network if the model overfits."
                       if name in WIDER else "Use a smaller network if the model overfits, or another likelihood.")
    if excess < LOW:
        return Finding(CHECK, "problem", "The data scatters less around the decoded items than p(x|z) says, so the "
                                         "loss hardly rewards detail.", numbers,
                       f"Use a smaller scale than {evidence.scale:g}, or a learned one (--likelihood normal)."
                       if isinstance(evidence.scale, float) else "Use another likelihood; zukan parts likelihood "
                                                                 "lists them.")
    if average > HIGH:
        return Finding(CHECK, "note", "A few items are far from what p(x|z) says, and cost far more than all others.",
                       numbers, "Look at them with zukan score; a likelihood with heavy tails (--likelihood student-t) "
                                "gives them less weight.")
    return _uneven(evidence, numbers) or Finding(
        CHECK, "fine", "The noise of p(x|z) is as large as the errors of the decoded items.", numbers)


def _shrunk(evidence: Evidence, numbers: dict[str, float | str]) -> Finding | None:
    """Return that a learned scale is almost 0, if it is."""
    if not isinstance(evidence.scale, np.ndarray):
        return None
    smallest, spread = float(evidence.scale.min()), float(np.nanstd(evidence.x))  # type: ignore[arg-type]
    numbers["learned scale"] = smallest
    if smallest > TINY * spread:
        return None
    return Finding(CHECK, "problem", f"The learned scale is {smallest:.2g}, almost 0: some values never change or are "
                                     f"memorized, and they dominate the loss.", numbers,
                   "Give it a floor (--likelihood '{name=\"normal\", floor=0.01}'), or leave out values that never "
                   "change.")


def _uneven(evidence: Evidence, numbers: dict[str, float | str]) -> Finding | None:
    """Return that one scale serves features whose errors differ widely, if it does."""
    scale, x, probe = evidence.scale, evidence.x, evidence.probe
    if not isinstance(scale, np.ndarray) or scale.ndim or x is None or probe is None:
        return None
    errors = np.sqrt(np.nanmean(np.square(x - probe.mean), axis=0)).ravel()
    low, high = np.quantile(errors, [0.1, 0.9])
    if high <= UNEVEN * max(low, 1e-12):
        return None
    return Finding(CHECK, "note", f"One scale serves values whose errors differ: from {low:.2g} to {high:.2g} (10 % "
                                  f"and 90 % of the values).",
                   {**numbers, "small error": float(low), "large error": float(high)},
                   "Learn a scale for each: --likelihood '{name=\"normal\", scale=\"feature\", floor=0.01}'.")
