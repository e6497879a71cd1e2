"""Kullback-Leibler divergences: a closed form where one is known for the pair, else Monte Carlo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras import ops

from zukan.distributions.base import Distribution
from zukan.distributions.normal import Normal

Closed = Callable[[Any, Any], Any]
_closed_forms: dict[tuple[type, type], Closed] = {}


def closed_form(q: type[Distribution], p: type[Distribution]) -> Callable[[Closed], Closed]:
    """Register a function of ``(q, p)`` that returns the KL per element of the event, in nats."""

    def add(function: Closed) -> Closed:
        _closed_forms[q, p] = function
        return function

    return add


def kl_terms(q: Distribution, p: Distribution, z: Any) -> Any:
    """Return KL(q || p) in nats, in the terms it splits into.

    Parameters
    ----------
    q, p : Distribution
        Over vectors; ``q`` with batch shape ``(batch,)``.
    z : tensor, shape (samples, batch, d)
        Draws from ``q``, used where no closed form is registered for the pair.

    Returns
    -------
    tensor, shape (batch, d) or (batch, 1)
        One term per dimension where a closed form factorises, else the one Monte Carlo mean of
        ``log q(z) - log p(z)``. The divergence is the sum over the last axis.
    """
    exact = _closed_forms.get((type(q), type(p)))
    if exact is not None:
        return exact(q, p)
    return ops.mean(q.log_prob(z) - p.log_prob(z), axis=0)[..., None]


@closed_form(Normal, Normal)
def _normal_normal(q: Normal, p: Normal) -> Any:
    """Return the divergence of two normals per dimension (arXiv:1312.6114, appendix B, for a general p)."""
    log_ratio = q.log_var - p.log_var
    return 0.5 * (ops.exp(log_ratio) + ops.square(q.mean - p.mean) * ops.exp(-p.log_var) - 1.0 - log_ratio)
