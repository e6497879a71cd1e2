"""Whole-epoch training behind ``keras.Model.fit``."""

from zukan.compiled.epochs import CompiledEpochs
from zukan.compiled.feeds import PIECES, Batches, Tables

__all__ = ["PIECES", "Batches", "CompiledEpochs", "Tables"]
