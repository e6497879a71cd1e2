"""Whole-epoch training behind ``keras.Model.fit``."""

from zukan.compiled.epochs import CompiledEpochs
from zukan.compiled.feeds import PIECES, Batches, Tables
from zukan.compiled.streams import is_streamed

__all__ = ["PIECES", "Batches", "CompiledEpochs", "Tables", "is_streamed"]
