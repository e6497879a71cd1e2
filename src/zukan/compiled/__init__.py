"""Compiled epochs: many training steps as one program, behind ``keras.Model.fit``."""

from zukan.compiled.epochs import CompiledEpochs
from zukan.compiled.feeds import PIECES, Batches, Tables
from zukan.compiled.items import Position
from zukan.compiled.states import whole_after_errors

__all__ = ["PIECES", "Batches", "CompiledEpochs", "Position", "Tables", "whole_after_errors"]
