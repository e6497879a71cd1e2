"""Likelihoods p(x|z): layers that map features to a distribution over x."""

from zukan.likelihoods.base import Likelihood, likelihoods
from zukan.likelihoods.bernoulli import Bernoulli
from zukan.likelihoods.normal import Normal

__all__ = ["Bernoulli", "Likelihood", "Normal", "likelihoods"]
