"""Distributions: from parameters to samples and log-densities, without weights."""

from zukan.distributions.base import Distribution
from zukan.distributions.bernoulli import Bernoulli
from zukan.distributions.categorical_levels import CategoricalLevels
from zukan.distributions.continuous_bernoulli import ContinuousBernoulli
from zukan.distributions.delta import Delta
from zukan.distributions.independent import Independent
from zukan.distributions.kl import closed_form, kl_terms
from zukan.distributions.laplace import Laplace
from zukan.distributions.logistic_mixture import LogisticMixture
from zukan.distributions.mixture import Mixture
from zukan.distributions.negative_binomial import NegativeBinomial
from zukan.distributions.normal import Normal
from zukan.distributions.observed import Observed
from zukan.distributions.planar import PlanarFlow, Plane
from zukan.distributions.poisson import Poisson
from zukan.distributions.student_t import StudentT
from zukan.distributions.zero_inflated import ZeroInflated

__all__ = ["Bernoulli", "CategoricalLevels", "ContinuousBernoulli", "Delta", "Distribution", "Independent", "Laplace",
           "LogisticMixture", "Mixture", "NegativeBinomial", "Normal", "Observed", "PlanarFlow", "Plane", "Poisson",
           "StudentT", "ZeroInflated", "closed_form", "kl_terms"]
