"""The scale of the data."""

from __future__ import annotations

import numpy as np

from zukan import checks
from zukan.data.spread import FAR
from zukan.evaluation.diagnosis.evidence import Evidence
from zukan.evaluation.diagnosis.finding import Finding

LISTED = 8
LARGE = 20.0  # a typical size of values that a network does not start well from
UNEVEN = 30.0  # the largest spread of a feature may be this many times the median spread
SCALED = {"Normal", "Laplace", "StudentT", "HyperbolicSecant"}  # likelihoods of numbers that can be scaled


def scale(evidence: Evidence) -> Finding | None:
    """Return whether values are far from all others, far from 0, or of very different spread."""
    if evidence.far is not None:
        far = evidence.far
        return Finding(
            "data scale", "problem",
            f"Scaled values reach {far.value:,.0f} ({checks.plural(len(far.features), 'feature')} beyond {FAR:g}: "
            f"{checks.listed(far.features, LISTED)}): single values lie far from all others of their feature, often "
            f"because it hardly varies, and they dominate the loss.",
            {"largest scaled value": far.value, "features": len(far.features)},
            f"Use {far.options}, or leave those features out.")
    if evidence.x is None or evidence.likelihood not in SCALED:
        return None
    size = float(np.sqrt(np.nanmean(np.square(evidence.x, dtype=np.float64))))
    numbers: dict[str, float | str] = {"typical size of a value": size, "smallest": float(np.nanmin(evidence.x)),
                                       "largest": float(np.nanmax(evidence.x))}
    if size > LARGE:
        return Finding("data scale", "problem", f"The values are not scaled: their typical size is {size:,.3g}.",
                       numbers, "Use --scaling standard, or --scaling minmax; divide 8-bit images by 255.")
    spread = np.nanstd(evidence.x, axis=0, dtype=np.float64).ravel()
    spread = spread[spread > 0]
    if evidence.x.ndim == 2 and spread.size > 1:
        ratio = float(spread.max() / np.median(spread))
        numbers["largest spread of a feature / median"] = ratio
        if ratio > UNEVEN:
            return Finding("data scale", "note",
                           f"One feature dominates the loss: its spread is {ratio:,.0f} times the median spread of the "
                           f"features.", numbers, "Use --scaling standard.")
    return Finding("data scale", "fine", "The values have a suitable scale.", numbers)
