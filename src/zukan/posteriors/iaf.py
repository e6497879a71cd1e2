"""The inverse-autoregressive flow posterior."""

from __future__ import annotations

from zukan.networks.masked import one_by_one
from zukan.posteriors.base import posteriors
from zukan.posteriors.realnvp import RealNVP


@posteriors.register("iaf")
class IAF(RealNVP):
    """q(z|x): a normal under inverse autoregressive transformations, whose networks see x (arXiv:1606.04934).

    Each transformation scales and shifts an element of z by functions of the elements before it; the order is reversed
    in every second one. A draw and its density take one pass. The density of any other z, which a VampPrior and some
    objectives need, takes a pass for each element of z.

    Parameters
    ----------
    flows : int, default 4
        Number of transformations.
    units : sequence of int, default (64,)
        Widths of the hidden layers of each transformation's network.
    context : int, default 16
        Number of features of x that the networks see.
    """

    degrees = staticmethod(one_by_one)
