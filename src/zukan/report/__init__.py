"""The atlas: figures and one self-contained page about a run."""

from zukan.report.figures import draw
from zukan.report.page import page

__all__ = ["draw", "page"]
