"""Objectives: functions from a forward pass to the terms of the loss."""

from zukan.objectives.base import ForwardPass, LossTerms, Objective, objectives
from zukan.objectives.elbo import ELBO
from zukan.objectives.iwae import IWAE

__all__ = ["ELBO", "IWAE", "ForwardPass", "LossTerms", "Objective", "objectives"]
