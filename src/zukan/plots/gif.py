"""Pictures one after the other, as an animated GIF."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image

from zukan.plots import images

LEAST_WIDTH = 280  # pixels: small pictures are enlarged without smoothing
FRAME_MS = 120


def gif(frames: Any, *, there_and_back: bool = False) -> bytes:
    """Return an endless animation.

    Parameters
    ----------
    frames : array, shape (n, *event_shape)
        As `zukan.plots.samples` takes them.
    there_and_back : bool
        Play the frames backwards before starting again.

    Returns
    -------
    bytes
        The file.
    """
    tiles = images.pixels("frames", frames, "n")
    if there_and_back:
        tiles = np.concatenate([tiles, tiles[-2:0:-1]])
    zoom = max(1, -(-LEAST_WIDTH // tiles.shape[2]))
    drawn = [Image.fromarray(tile.repeat(zoom, axis=0).repeat(zoom, axis=1)).convert("RGB") for tile in tiles]
    file = io.BytesIO()
    drawn[0].save(file, "GIF", save_all=True, append_images=drawn[1:], duration=FRAME_MS, loop=0)
    return file.getvalue()
