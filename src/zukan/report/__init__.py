"""The atlas: the figures of a run and a self-contained HTML report."""

from zukan.report.figures import draw
from zukan.report.page import page

__all__ = ["draw", "page"]
