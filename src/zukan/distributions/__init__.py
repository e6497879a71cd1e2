"""Distributions: from parameters to samples and log-densities, without weights."""

from zukan.distributions.base import Distribution
from zukan.distributions.bernoulli import Bernoulli
from zukan.distributions.delta import Delta
from zukan.distributions.kl import closed_form, kl_terms
from zukan.distributions.ladder import Ladder
from zukan.distributions.mixture import Mixture
from zukan.distributions.normal import Normal
from zukan.distributions.observed import Observed
from zukan.distributions.planar import PlanarFlow, Plane
from zukan.distributions.sphere import PowerSpherical, UniformSphere
from zukan.distributions.wrapped_normal import WrappedNormal

__all__ = ["Bernoulli", "Delta", "Distribution", "Ladder", "Mixture", "Normal", "Observed", "PlanarFlow", "Plane",
           "PowerSpherical", "UniformSphere", "WrappedNormal", "closed_form", "kl_terms"]
