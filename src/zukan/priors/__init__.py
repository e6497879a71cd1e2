"""Priors: p(z)."""

from zukan.priors.autoregressive import Autoregressive
from zukan.priors.base import Prior, priors
from zukan.priors.codes import Categorical
from zukan.priors.conditional import Conditional
from zukan.priors.joint import Joint
from zukan.priors.ladder import Ladder
from zukan.priors.maf import MAF
from zukan.priors.mixture import Mixture
from zukan.priors.normal import Normal
from zukan.priors.pixelcnn import PixelCNN
from zukan.priors.poincare import Poincare
from zukan.priors.realnvp import RealNVP
from zukan.priors.sphere import Sphere
from zukan.priors.two_stage import TwoStage
from zukan.priors.vamp import Vamp

__all__ = ["MAF", "Autoregressive", "Categorical", "Conditional", "Joint", "Ladder", "Mixture", "Normal", "PixelCNN",
           "Poincare", "Prior", "RealNVP", "Sphere", "TwoStage", "Vamp", "priors"]
