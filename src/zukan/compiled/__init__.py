"""Compiled epochs: many training steps as one program, behind ``keras.Model.fit``."""

from zukan.compiled.epochs import CompiledEpochs
from zukan.compiled.feeds import PIECES, Batches, Tables
from zukan.compiled.items import Position

__all__ = ["PIECES", "Batches", "CompiledEpochs", "Position", "Tables"]
