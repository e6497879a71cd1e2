"""Priors: p(z)."""

from zukan.priors.base import Prior, priors
from zukan.priors.conditional import Conditional
from zukan.priors.maf import MAF
from zukan.priors.mixture import Mixture
from zukan.priors.normal import Normal
from zukan.priors.realnvp import RealNVP
from zukan.priors.two_stage import TwoStage
from zukan.priors.vamp import Vamp

__all__ = ["MAF", "Conditional", "Mixture", "Normal", "Prior", "RealNVP", "TwoStage", "Vamp", "priors"]
