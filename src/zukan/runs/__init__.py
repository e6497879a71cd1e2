"""The run folder: what a training reads and writes."""

from zukan.runs.run import Run

__all__ = ["Run"]
