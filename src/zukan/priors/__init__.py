"""Priors: p(z)."""

from zukan.priors.base import Prior, priors
from zukan.priors.conditional import Conditional
from zukan.priors.ladder import Ladder
from zukan.priors.mixture import Mixture
from zukan.priors.normal import Normal
from zukan.priors.poincare import Poincare
from zukan.priors.sphere import Sphere
from zukan.priors.vamp import Vamp

__all__ = ["Conditional", "Ladder", "Mixture", "Normal", "Poincare", "Prior", "Sphere", "Vamp", "priors"]
