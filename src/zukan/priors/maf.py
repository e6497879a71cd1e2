"""The masked autoregressive flow as a prior."""

from __future__ import annotations

from zukan.networks.masked import one_by_one
from zukan.priors.base import priors
from zukan.priors.flow import Flow


@priors.register("maf")
class MAF(Flow):
    """p(z): a masked autoregressive flow, in which each element depends on those before it (arXiv:1705.07057).

    The density takes one pass, a draw one pass for each element of z.
    """

    degrees = staticmethod(one_by_one)
