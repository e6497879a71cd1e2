"""The atlas: figures and one self-contained page about a run."""

from zukan.report.atlas import write_atlas
from zukan.report.figures import draw
from zukan.report.page import page

__all__ = ["draw", "page", "write_atlas"]
