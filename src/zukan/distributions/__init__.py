"""Distributions: from parameters to samples and log-densities, without weights."""

from zukan.distributions.base import Distribution
from zukan.distributions.bernoulli import Bernoulli
from zukan.distributions.kl import closed_form, kl_terms
from zukan.distributions.mixture import Mixture
from zukan.distributions.normal import Normal

__all__ = ["Bernoulli", "Distribution", "Mixture", "Normal", "closed_form", "kl_terms"]
