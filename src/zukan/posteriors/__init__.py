"""Posteriors: from features to q(z|x)."""

from zukan.posteriors.base import Posterior, posteriors
from zukan.posteriors.delta import Delta
from zukan.posteriors.normal import Normal
from zukan.posteriors.planar import Planar
from zukan.posteriors.sampling import Mean, Sampling

__all__ = ["Delta", "Mean", "Normal", "Planar", "Posterior", "Sampling", "posteriors"]
