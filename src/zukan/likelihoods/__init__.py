"""Likelihoods p(x|z): layers that map features to a distribution over x."""

from zukan.likelihoods.base import Likelihood, likelihoods
from zukan.likelihoods.bernoulli import Bernoulli
from zukan.likelihoods.categorical import Categorical
from zukan.likelihoods.continuous_bernoulli import ContinuousBernoulli
from zukan.likelihoods.hyperbolic_secant import HyperbolicSecant
from zukan.likelihoods.laplace import Laplace
from zukan.likelihoods.logistic_mixture import LogisticMixture
from zukan.likelihoods.mixed import Mixed
from zukan.likelihoods.negative_binomial import NegativeBinomial
from zukan.likelihoods.normal import Normal
from zukan.likelihoods.poisson import Poisson
from zukan.likelihoods.student_t import StudentT

__all__ = ["Bernoulli", "Categorical", "ContinuousBernoulli", "HyperbolicSecant", "Laplace", "Likelihood",
           "LogisticMixture", "Mixed", "NegativeBinomial", "Normal", "Poisson", "StudentT", "likelihoods"]
