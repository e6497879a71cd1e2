"""Pictures as the frames of an animated GIF."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image

from zukan.plots import images

MIN_WIDTH = 280  # pixels: smaller pictures are enlarged without smoothing
FRAME_MS = 120


def gif(frames: Any, *, there_and_back: bool = False) -> bytes:
    """Return an animated GIF that repeats forever.

    Parameters
    ----------
    frames : array, shape (n, *event_shape)
        As for `zukan.plots.samples`.
    there_and_back : bool
        Play the frames forwards, then backwards.

    Returns
    -------
    bytes
        The content of the file.
    """
    tiles = images.pixels("frames", frames, "n")
    if there_and_back:
        tiles = np.concatenate([tiles, tiles[-2:0:-1]])
    zoom = max(1, -(-MIN_WIDTH // tiles.shape[2]))
    pictures = [Image.fromarray(tile.repeat(zoom, axis=0).repeat(zoom, axis=1)).convert("RGB") for tile in tiles]
    file = io.BytesIO()
    pictures[0].save(file, "GIF", save_all=True, append_images=pictures[1:], duration=FRAME_MS, loop=0,
                     comment=b"zukan")
    return file.getvalue()
