"""The atlas: the figures of a run and a self-contained HTML report."""

from zukan.report.atlas import write_atlas
from zukan.report.figures import draw
from zukan.report.page import page

__all__ = ["draw", "page", "write_atlas"]
