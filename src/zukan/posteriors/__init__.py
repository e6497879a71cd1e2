"""Posteriors: features -> q(z|x)."""

from zukan.posteriors.base import Posterior, posteriors
from zukan.posteriors.normal import Normal
from zukan.posteriors.sampling import Sampling

__all__ = ["Normal", "Posterior", "Sampling", "posteriors"]
