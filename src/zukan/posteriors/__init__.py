"""Posteriors: from features to q(z|x)."""

from zukan.posteriors.base import Posterior, posteriors
from zukan.posteriors.delta import Delta
from zukan.posteriors.full import Full
from zukan.posteriors.hamiltonian import Hamiltonian
from zukan.posteriors.iaf import IAF
from zukan.posteriors.normal import Normal
from zukan.posteriors.planar import Planar
from zukan.posteriors.realnvp import RealNVP
from zukan.posteriors.sampling import Mean, Sampling

__all__ = ["IAF", "Delta", "Full", "Hamiltonian", "Mean", "Normal", "Planar", "Posterior", "RealNVP", "Sampling",
           "posteriors"]
