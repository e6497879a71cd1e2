"""What lies halfway between two classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from zukan import checks
from zukan.plots import display, given, style
from zukan.plots.images import blank, draw, pixels, size

BLOCK = 3.35  # three images and a third of one as room
FOOT = 0.32  # room for the captions, in parts of an image's height


@style.look
def between(images: Any, captions: Sequence[Sequence[str]], ax: Axes | None = None) -> display.Display:
    """Draw, for each pair of classes, the centre of one, the midpoint and the centre of the other, decoded.

    Parameters
    ----------
    images : array of shape (pairs, 3, *event)
        Decoded at the centre of A, at the midpoint, and at the centre of B.
    captions : sequence of ``pairs`` times 3 str
        The text under each image, such as ``("4", "reads as 9", "9")``.
    ax : matplotlib Axes, optional
        Where to draw.

    Returns
    -------
    Display
        ``numbers``: ``captions``, a triple a pair.
    """
    tiles = pixels("images", images, "pairs, 3")
    pairs = len(tiles)
    if tiles.shape[1] != 3:
        raise checks.InputError(
            f"images must have shape (pairs, 3, *event), got {tiles.shape[1]} images a pair; pass A, midpoint and B")
    given.same("captions", captions, pairs, "pairs of images")
    words = [given.texts("captions", triple, 3, "images of a pair") for triple in captions]
    columns = 1 if pairs == 1 else 2 if pairs <= 6 else 3
    rows = -(-pairs // columns)
    sheet = blank(tiles, rows * columns).reshape(rows, columns, *tiles.shape[1:])
    width, height = size(sheet[:, 0], 2.7)
    ax = style.axes(ax, width * columns * BLOCK / 3 + 0.2, height * (1 + FOOT) + 0.5)
    for block in range(columns):
        left = block * BLOCK - 0.5
        draw(ax, sheet[:, block], below=FOOT, extent=(left, left + 3, rows - 0.5, -0.5))
    for pair, triple in enumerate(words):
        row, block = divmod(pair, columns)
        for place, text in enumerate(triple):
            ax.text(block * BLOCK + place, row - 0.5 + 1.1 / (1.06 + FOOT), text, ha="center", va="top",
                    color=style.MUTED if place == 1 else style.INK, fontsize=8 if place == 1 else 9)
    ax.set(xlim=(-0.5, (columns - 1) * BLOCK + 2.5), ylim=(rows - 0.5, -0.5), xticks=[], yticks=[])
    ax.set_title("Between two classes")
    return display.of(ax, captions=[tuple(triple) for triple in words])
