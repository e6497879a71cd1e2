"""A flow of affine couplings as a prior."""

from __future__ import annotations

from zukan.networks.masked import by_halves
from zukan.priors.base import priors
from zukan.priors.flow import Flow


@priors.register("realnvp")
class RealNVP(Flow):
    """p(z): a flow of affine couplings, which move one half of z by functions of the other half (arXiv:1605.08803)."""

    degrees = staticmethod(by_halves)
