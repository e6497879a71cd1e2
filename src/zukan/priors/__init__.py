"""Priors p(z): distributions over z, fixed or learned."""

from zukan.priors.base import Prior, priors
from zukan.priors.mixture import Mixture
from zukan.priors.normal import Normal

__all__ = ["Mixture", "Normal", "Prior", "priors"]
