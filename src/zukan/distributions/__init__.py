"""Distributions: from parameters to samples and log-densities, without weights."""

from zukan.distributions.autoregressive import Autoregressive
from zukan.distributions.base import Distribution
from zukan.distributions.bernoulli import Bernoulli
from zukan.distributions.delta import Delta
from zukan.distributions.full_normal import FullNormal
from zukan.distributions.generated import Generated
from zukan.distributions.hamiltonian import Hamiltonian
from zukan.distributions.kl import closed_form, kl_terms
from zukan.distributions.mixture import Mixture
from zukan.distributions.normal import Normal
from zukan.distributions.observed import Observed
from zukan.distributions.planar import Planar
from zukan.distributions.transformed import Affine, Inverted, Transformation, Transformed

__all__ = ["Affine", "Autoregressive", "Bernoulli", "Delta", "Distribution", "FullNormal", "Generated", "Hamiltonian",
           "Inverted", "Mixture", "Normal", "Observed", "Planar", "Transformation", "Transformed", "closed_form",
           "kl_terms"]
