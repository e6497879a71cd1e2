"""Distributions: from parameters to samples and log-densities, without weights."""

from zukan.distributions.autoregressive import Autoregressive
from zukan.distributions.base import Distribution
from zukan.distributions.bernoulli import Bernoulli
from zukan.distributions.categorical import Categorical, OneHots, RelaxedCategorical, RelaxedDraws
from zukan.distributions.categorical_levels import CategoricalLevels, Categories
from zukan.distributions.code_sequence import CodeSequence
from zukan.distributions.codes import Coded, Quantized
from zukan.distributions.continuous_bernoulli import ContinuousBernoulli
from zukan.distributions.delta import Delta
from zukan.distributions.full_normal import FullNormal
from zukan.distributions.generated import Generated
from zukan.distributions.hamiltonian import Hamiltonian
from zukan.distributions.hyperbolic_secant import HyperbolicSecant
from zukan.distributions.independent import Independent
from zukan.distributions.kl import closed_form, kl_terms
from zukan.distributions.ladder import Ladder
from zukan.distributions.laplace import Laplace
from zukan.distributions.logistic_mixture import LogisticMixture
from zukan.distributions.mixture import Mixture
from zukan.distributions.negative_binomial import NegativeBinomial
from zukan.distributions.normal import Normal
from zukan.distributions.observed import Observed
from zukan.distributions.planar import Planar
from zukan.distributions.poisson import Poisson
from zukan.distributions.product import Product
from zukan.distributions.sphere import PowerSpherical, UniformSphere
from zukan.distributions.student_t import StudentT
from zukan.distributions.transformed import Affine, Inverted, Transformation, Transformed
from zukan.distributions.wrapped_normal import WrappedNormal
from zukan.distributions.zero_inflated import ZeroInflated

__all__ = ["Affine", "Autoregressive", "Bernoulli", "Categorical", "CategoricalLevels", "Categories", "CodeSequence",
           "Coded", "ContinuousBernoulli", "Delta", "Distribution", "FullNormal", "Generated", "Hamiltonian",
           "HyperbolicSecant", "Independent", "Inverted", "Ladder", "Laplace", "LogisticMixture", "Mixture",
           "NegativeBinomial", "Normal", "Observed", "OneHots", "Planar", "Poisson", "PowerSpherical", "Product",
           "Quantized", "RelaxedCategorical", "RelaxedDraws", "StudentT", "Transformation", "Transformed",
           "UniformSphere", "WrappedNormal", "ZeroInflated", "closed_form", "kl_terms"]
