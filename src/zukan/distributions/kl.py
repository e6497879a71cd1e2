"""The Kullback-Leibler divergence: in closed form if one is registered for the pair, otherwise by Monte Carlo."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from keras import ops

from zukan.distributions.base import Distribution
from zukan.distributions.categorical import Categorical, RelaxedDraws
from zukan.distributions.codes import Coded, Quantized
from zukan.distributions.full_normal import FullNormal
from zukan.distributions.ladder import Ladder
from zukan.distributions.laplace import Laplace
from zukan.distributions.normal import Normal
from zukan.distributions.product import Product
from zukan.distributions.sphere import PowerSpherical, UniformSphere, log_area

ClosedForm = Callable[[Any, Any, Any], Any]
_closed_forms: dict[tuple[type, type], ClosedForm] = {}


def closed_form(q: type[Distribution], p: type[Distribution]) -> Callable[[ClosedForm], ClosedForm]:
    """Return a decorator that registers the closed form of KL(q || p) for two classes of distributions.

    The decorated function takes ``(q, p, z)`` and returns the KL of each variable in nats, shape
    ``(batch, variables)``. Most ignore z, the draws from q. If q and p are chains of distributions, the KL of each link
    depends on z.
    """

    def add(function: ClosedForm) -> ClosedForm:
        _closed_forms[q, p] = function
        return function

    return add


def kl_terms(q: Distribution, p: Distribution, z: Any, log_q: Any = None) -> Any:
    """Return the terms whose sum over the last axis is KL(q || p), in nats.

    Parameters
    ----------
    q, p : Distribution
        Distributions over vectors of ``d`` elements; ``q`` has batch shape ``(batch,)``.
    z : tensor, shape (samples, batch, d)
        Samples from ``q``. They are used only if no closed form is registered for the pair.
    log_q : tensor, shape (samples, batch), optional
        Their log-densities, if ``q`` cannot evaluate them.

    Returns
    -------
    tensor, shape (batch, d) or (batch, 1)
        With a closed form, one term for each dimension. Otherwise one Monte Carlo estimate: the mean of
        log q(z) - log p(z) over the samples. For a single example an estimate can be negative.
    """
    exact = _closed_forms.get((type(q), type(p)))
    if exact is not None:
        return exact(q, p, z)
    return ops.mean((q.log_prob(z) if log_q is None else log_q) - p.log_prob(z), axis=0)[..., None]


@closed_form(Normal, Normal)
def _normal_normal(q: Normal, p: Normal, z: Any) -> Any:  # noqa: ARG001
    """Return the KL of two normals for each dimension, in nats (arXiv:1312.6114, appendix B, for a general p).

    (var_q / var_p + (mean_q - mean_p)^2 / var_p - 1 - log(var_q / var_p)) / 2
    """
    log_ratio = q.log_var - p.log_var
    return 0.5 * (ops.exp(log_ratio) + ops.square(q.mean - p.mean) * ops.exp(-p.log_var) - 1.0 - log_ratio)


@closed_form(FullNormal, Normal)
def _full_normal(q: FullNormal, p: Normal, z: Any) -> Any:  # noqa: ARG001
    """Return the KL of a normal with the covariance L Lᵀ to a diagonal one, in nats.

    Term j is the KL of q(z_j | z_1 .. z_{j-1}) to p(z_j), averaged over q:
    (sum_k L_jk^2 / var_p + (mean_q - mean_p)^2 / var_p - 1 - log(L_jj^2 / var_p)) / 2
    """
    variance = ops.sum(ops.square(q.cholesky), axis=-1)
    log_ratio = 2.0 * q.log_diagonal - p.log_var
    return 0.5 * ((variance + ops.square(q.mean - p.mean)) * ops.exp(-p.log_var) - 1.0 - log_ratio)


@closed_form(RelaxedDraws, Categorical)
@closed_form(Categorical, Categorical)
def _categorical_categorical(q: Categorical, p: Categorical, z: Any) -> Any:  # noqa: ARG001
    """Return sum_i q_i (log q_i - log p_i) for each variable, in nats. Relaxed draws have the KL of their variables."""
    return ops.sum(ops.exp(q.log_p) * (q.log_p - p.log_p), axis=-1)


@closed_form(Quantized, Coded)
def _quantized_coded(q: Quantized, p: Coded, z: Any) -> Any:  # noqa: ARG001
    """Return minus log p of each code given those before it, in nats: a point has no entropy."""
    return -ops.mean(p.variable_terms(z), axis=0)


@closed_form(Product, Product)
def _product_product(q: Product, p: Product, z: Any) -> Any:
    """Return the terms of all pieces, side by side."""
    return ops.concatenate([kl_terms(*piece) for piece in zip(q.parts, p.parts, p.split(z), strict=True)], axis=-1)


@closed_form(PowerSpherical, UniformSphere)
def _power_spherical_uniform(q: PowerSpherical, p: UniformSphere, z: Any) -> Any:  # noqa: ARG001
    """Return the KL to the uniform distribution for each sphere: its log-area minus the entropy (arXiv:2006.04437)."""
    return ops.convert_to_tensor([log_area(size) for size in p.sizes], q.concentration.dtype) - q.entropy


@closed_form(Ladder, Ladder)
def _ladder_ladder(q: Ladder, p: Ladder, z: Any) -> Any:
    """Return the KL of two chains for each dimension: of each layer, given the draws of the layers above.

    It is averaged over the draws (arXiv:1602.02282).
    """
    terms = [_normal_normal(*layers, None) for layers in zip(q.layers(z), p.layers(z), strict=True)]
    return ops.concatenate([term if len(term.shape) == 2 else ops.mean(term, axis=0) for term in terms], axis=-1)


@closed_form(Laplace, Normal)
def _laplace_normal(q: Laplace, p: Normal, z: Any) -> Any:  # noqa: ARG001
    """Return the KL of a Laplace variable to a normal one for each dimension, in nats.

    (log(2 pi var_p) + (2 scale^2 + (mean_q - mean_p)^2) / var_p) / 2 - 1 - log(2 scale)
    """
    square = 2.0 * ops.exp(2.0 * q.log_scale) + ops.square(q.mean - p.mean)
    constant = 0.5 * math.log(2 * math.pi) - 1.0 - math.log(2)
    return constant + 0.5 * (p.log_var + square * ops.exp(-p.log_var)) - q.log_scale
