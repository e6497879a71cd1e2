"""Posteriors q(z|x): layers that map features to a distribution over z."""

from zukan.posteriors.base import Posterior, posteriors
from zukan.posteriors.normal import Normal
from zukan.posteriors.sampling import Sampling

__all__ = ["Normal", "Posterior", "Sampling", "posteriors"]
