"""Distributions: from parameters to samples and log-densities, without weights."""

from zukan.distributions.autoregressive import Autoregressive
from zukan.distributions.base import Distribution
from zukan.distributions.bernoulli import Bernoulli
from zukan.distributions.categorical import Categorical, OneHots, RelaxedCategorical, RelaxedDraws
from zukan.distributions.codes import Coded, Quantized
from zukan.distributions.delta import Delta
from zukan.distributions.kl import closed_form, kl_terms
from zukan.distributions.mixture import Mixture
from zukan.distributions.normal import Normal
from zukan.distributions.observed import Observed
from zukan.distributions.planar import PlanarFlow, Plane
from zukan.distributions.product import Product

__all__ = ["Autoregressive", "Bernoulli", "Categorical", "Coded", "Delta", "Distribution", "Mixture", "Normal",
           "Observed", "OneHots", "PlanarFlow", "Plane", "Product", "Quantized", "RelaxedCategorical", "RelaxedDraws",
           "closed_form", "kl_terms"]
