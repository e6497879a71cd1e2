"""Images decoded halfway between two classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from zukan import checks
from zukan.plots import display, style, validate
from zukan.plots.class_labels import shortened
from zukan.plots.images import draw_sheet, pad_tiles, pixels, sheet_size

BLOCK = 3.35  # width of a pair: three images and a third of one as space
WIDEST = 11  # characters of a line of a caption
FOOT = 0.32  # space for the captions, relative to an image's height


@style.styled
def between(images: Any, captions: Sequence[Sequence[str]], ax: Axes | None = None) -> display.Display:
    """Draw, for each pair of classes, the images decoded at the center of A, at the midpoint and at the center of B.

    Parameters
    ----------
    images : array of shape (pairs, 3, *event)
        Decoded at the center of A, at the midpoint, and at the center of B.
    captions : sequence of ``pairs`` times 3 str
        The text below each image, for example ``("4", "nearest: 9", "9")``.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Display
        ``numbers``: ``captions``, a list with a tuple of 3 strings for each pair.
    """
    tiles = pixels("images", images, "pairs, 3")
    pairs = len(tiles)
    if tiles.shape[1] != 3:
        raise checks.InputError(
            f"images must have shape (pairs, 3, *event), got {tiles.shape[1]} images per pair; pass A, midpoint and B")
    validate.same_length("captions", captions, pairs, "pairs of images")
    texts = [tuple(validate.texts("captions", triple, 3, "images of a pair")) for triple in captions]
    columns = 1 if pairs == 1 else 2 if pairs <= 6 else 3
    rows = -(-pairs // columns)
    sheet = pad_tiles(tiles, rows * columns).reshape(rows, columns, *tiles.shape[1:])
    lines, foot = [[_lines(text) for text in triple] for triple in texts], FOOT
    foot *= max(text.count("\n") + 1 for triple in lines for text in triple)
    width, height = sheet_size(sheet[:, 0], 2.7)
    ax = style.axes(ax, width * columns * BLOCK / 3 + 0.2, height * (1 + foot) + 0.5)
    for column in range(columns):
        left = column * BLOCK - 0.5
        draw_sheet(ax, sheet[:, column], below=foot, extent=(left, left + 3, rows - 0.5, -0.5))
    for pair, triple in enumerate(lines):
        row, column = divmod(pair, columns)
        for i, text in enumerate(triple):
            ax.text(column * BLOCK + i, row - 0.5 + 1.1 / (1.06 + foot), text, ha="center", va="top",
                    color=style.MUTED if i == 1 else style.INK, fontsize=8 if i == 1 else 9)
    ax.set(xlim=(-0.5, (columns - 1) * BLOCK + 2.5), ylim=(rows - 0.5, -0.5), xticks=[], yticks=[])
    ax.set_title("Halfway between two classes")
    return display.from_axes(ax, captions=texts)


def _lines(text: str) -> str:
    """Return a caption that is not wider than its picture: in two lines, or without its middle."""
    if len(text) <= WIDEST:
        return text
    first, _, rest = text.partition(" ")
    if first.endswith(":"):
        return f"{first}\n{shortened(rest, WIDEST)}"
    return shortened(text, WIDEST)
