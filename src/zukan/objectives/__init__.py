"""Objectives: from a forward pass to the terms of the loss."""

from zukan.objectives.base import ForwardPass, LearnedObjective, LossTerms, Objective, objectives
from zukan.objectives.dreg import DReG
from zukan.objectives.elbo import ELBO
from zukan.objectives.factor import Factor
from zukan.objectives.iwae import IWAE
from zukan.objectives.reconstruction import Reconstruction

__all__ = ["ELBO", "IWAE", "DReG", "Factor", "ForwardPass", "LearnedObjective", "LossTerms", "Objective",
           "Reconstruction", "objectives"]
