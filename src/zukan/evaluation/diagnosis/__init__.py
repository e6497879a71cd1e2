"""Diagnosis: why an output is blurry or wrong. One file for each kind of check."""

from __future__ import annotations

from zukan.evaluation.diagnosis.convergence import steadiness, unfinished
from zukan.evaluation.diagnosis.evidence import QUICK, THOROUGH, Evidence, collect
from zukan.evaluation.diagnosis.finding import SEVERITIES, Finding, listed
from zukan.evaluation.diagnosis.latent import codes, collapse
from zukan.evaluation.diagnosis.likelihood import levels, likelihood
from zukan.evaluation.diagnosis.output import reconstruction, samples
from zukan.evaluation.diagnosis.overfitting import overfitting
from zukan.evaluation.diagnosis.posterior import prior, weights
from zukan.evaluation.diagnosis.scale import scale
from zukan.evaluation.diagnosis.units import units

__all__ = ["CHECKS", "QUICK", "SEVERITIES", "THOROUGH", "Evidence", "Finding", "collect", "diagnosis", "listed"]

CHECKS = (scale, collapse, codes, overfitting, steadiness, unfinished, units, levels, likelihood, reconstruction,
          samples, prior, weights)


def diagnosis(evidence: Evidence) -> list[Finding]:
    """Return what the checks find: problems first, then notes, then what is fine.

    A check for which the evidence is missing, or which does not suit the model, is left out.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    list of Finding
    """
    results = [finding for check in CHECKS if (finding := check(evidence)) is not None]
    return sorted(results, key=lambda finding: SEVERITIES.index(finding.severity))
