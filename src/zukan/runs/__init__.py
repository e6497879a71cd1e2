"""The run folder: what a training reads and writes."""

from zukan.runs.demos import demo
from zukan.runs.run import Run

__all__ = ["Run", "demo"]
