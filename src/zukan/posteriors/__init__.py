"""Posteriors: from features to q(z|x)."""

from zukan.posteriors.base import Posterior, posteriors
from zukan.posteriors.categorical import Categorical
from zukan.posteriors.delta import Delta
from zukan.posteriors.fsq import FSQ
from zukan.posteriors.full import Full
from zukan.posteriors.hamiltonian import Hamiltonian
from zukan.posteriors.iaf import IAF
from zukan.posteriors.joint import Joint
from zukan.posteriors.ladder import Ladder
from zukan.posteriors.laplace import Laplace
from zukan.posteriors.lfq import LFQ
from zukan.posteriors.normal import Normal
from zukan.posteriors.planar import Planar
from zukan.posteriors.poincare import Poincare
from zukan.posteriors.realnvp import RealNVP
from zukan.posteriors.sampling import Mean, Sampling
from zukan.posteriors.spatial import Spatial
from zukan.posteriors.sphere import Sphere
from zukan.posteriors.vq import VQ

__all__ = ["FSQ", "IAF", "LFQ", "VQ", "Categorical", "Delta", "Full", "Hamiltonian", "Joint", "Ladder", "Laplace",
           "Mean", "Normal", "Planar", "Poincare", "Posterior", "RealNVP", "Sampling", "Spatial", "Sphere",
           "posteriors"]
