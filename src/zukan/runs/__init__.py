"""The run folder."""

from zukan.runs.run import Run

__all__ = ["Run"]
