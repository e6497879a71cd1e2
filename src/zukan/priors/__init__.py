"""Priors: p(z)."""

from zukan.priors.base import Prior, priors
from zukan.priors.conditional import Conditional
from zukan.priors.mixture import Mixture
from zukan.priors.normal import Normal
from zukan.priors.vamp import Vamp

__all__ = ["Conditional", "Mixture", "Normal", "Prior", "Vamp", "priors"]
