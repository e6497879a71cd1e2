"""Posteriors: from features to q(z|x)."""

from zukan.posteriors.base import Posterior, posteriors
from zukan.posteriors.delta import Delta
from zukan.posteriors.ladder import Ladder
from zukan.posteriors.normal import Normal
from zukan.posteriors.planar import Planar
from zukan.posteriors.poincare import Poincare
from zukan.posteriors.sampling import Mean, Sampling
from zukan.posteriors.sphere import Sphere

__all__ = ["Delta", "Ladder", "Mean", "Normal", "Planar", "Poincare", "Posterior", "Sampling", "Sphere", "posteriors"]
