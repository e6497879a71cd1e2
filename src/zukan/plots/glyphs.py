"""Characters that the font of the figures lacks, and draws as boxes."""

from __future__ import annotations

from collections.abc import Iterable

from matplotlib import font_manager

from zukan.checks import listed
from zukan.plots import style


def missing(texts: Iterable[str]) -> list[str]:
    """Return the characters of ``texts`` that figures draw as boxes, each once."""
    family = font_manager.FontProperties(family=style.RC_PARAMS["font.family"])
    drawn = font_manager.get_font(font_manager.findfont(family)).get_charmap()
    return list(dict.fromkeys(char for text in texts for char in text if ord(char) not in drawn and not char.isspace()))


def note(texts: Iterable[str], instead: str) -> list[str]:
    """Return a sentence on the missing characters, which ends with ``instead``: where to read the names; or nothing."""
    chars = missing(texts)
    return [f"the font of the figures lacks {listed(chars)} and draws boxes; {instead}"] if chars else []
