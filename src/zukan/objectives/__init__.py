"""Objectives: from a forward pass to the terms of the loss."""

from zukan.objectives.aae import AAE
from zukan.objectives.base import ForwardPass, LearnedObjective, LossTerms, Objective, objectives
from zukan.objectives.beta_tc import BetaTC
from zukan.objectives.capacity import Capacity
from zukan.objectives.dip import DIP
from zukan.objectives.elbo import ELBO
from zukan.objectives.factor import Factor
from zukan.objectives.iwae import IWAE
from zukan.objectives.mmd import MMD
from zukan.objectives.ms_ssim import MSSSIM
from zukan.objectives.not_miwae import NotMIWAE
from zukan.objectives.perceptual import Perceptual
from zukan.objectives.rae import RAE
from zukan.objectives.reconstruction import Reconstruction
from zukan.objectives.sliced import Sliced
from zukan.objectives.vae_gan import VAEGAN

__all__ = ["AAE", "DIP", "ELBO", "IWAE", "MMD", "MSSSIM", "RAE", "VAEGAN", "BetaTC", "Capacity", "Factor",
           "ForwardPass", "LearnedObjective", "LossTerms", "NotMIWAE", "Objective", "Perceptual", "Reconstruction",
           "Sliced", "objectives"]
