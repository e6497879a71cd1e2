"""Images decoded along one latent dimension at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from zukan import checks
from zukan.evaluation.latent import dimension_name
from zukan.plots import display, style, validate
from zukan.plots.images import draw_sheet, pixels, sheet_size


@style.styled
def traversals(images: Any, values: Any, dims: Sequence[int], kl: Any = None,
               ax: Axes | None = None, *, one: str = "latent dimension") -> display.Display:
    """Draw one row of decoded images per latent dimension, in the order of ``dims``.

    Parameters
    ----------
    images : array of shape (d, steps, *event)
        ``images[i, j]`` is decoded with latent dimension ``dims[i]`` set to ``values[j]``.
    values : array of shape (steps,)
        Ascending values of z.
    dims : sequence of d int
        The latent dimension of each row.
    kl : array of shape (d,), optional
        The KL term of each row's dimension, in nats per example.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.
    one : str, default "latent dimension"
        What changes in a row. Anything else is named by its number, and its values are classes.

    Returns
    -------
    Display
        ``numbers``: ``values``, ``dims``, ``kl`` (or None) and ``rows``, the row labels.
    """
    tiles = pixels("images", images, "d, steps")
    steps = validate.array("values", values, "(steps,)", ndim=1)
    validate.ascending("values", steps)
    validate.same_length("values", steps, tiles.shape[1], "steps of images")
    validate.same_length("dims", dims, tiles.shape[0], "rows of images")
    numbers = [checks.integer("dims", dim, minimum=0) for dim in dims]
    is_dimension = one == "latent dimension"
    names = [dimension_name(dim) for dim in numbers] if is_dimension else [f"{i + 1}" for i in range(len(numbers))]
    nats = None
    if kl is not None:
        nats = validate.array("kl", kl, "(d,)", ndim=1)
        validate.same_length("kl", nats, len(names), "rows of images")
        names = [f"{name} · {value:.{1 if value >= 0.1 else 2}f} nats" for name, value in zip(names, nats, strict=True)]
    width, height = sheet_size(tiles, min(0.62 * len(steps), 8.0), max_height=0.62 * len(names) + 20)
    ax = style.axes(ax, width + 1.2, height + 0.9)
    draw_sheet(ax, tiles)
    ax.set_yticks(range(len(names)), names)
    ax.set_xticks(range(len(steps)), [f"{value:.2g}".replace("-", "\N{MINUS SIGN}") for value in steps])
    ax.set_xlabel("value of the dimension" if is_dimension else "class")
    ax.set_title(f"One {one} at a time")
    return display.from_axes(ax, values=steps, dims=numbers, kl=nats, rows=names)
