"""Compiled epochs: many training steps as one program, behind ``keras.Model.fit``."""

from zukan.compiled.epochs import CompiledEpochs
from zukan.compiled.feeds import PIECES, Batches, Tables
from zukan.compiled.interrupts import Interrupts
from zukan.compiled.items import End, Position, Steps, Validation
from zukan.compiled.placement import Placement
from zukan.compiled.states import distribution, whole_after_errors

__all__ = ["PIECES", "Batches", "CompiledEpochs", "End", "Interrupts", "Placement", "Position", "Steps", "Tables",
           "Validation", "distribution", "whole_after_errors"]
