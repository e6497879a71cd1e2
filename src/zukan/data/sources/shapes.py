"""The built-in set "shapes": black and white images of a shape, and the five factors that each was drawn from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan.data.sources.base import Part, Source

Coordinates = npt.NDArray[np.float64]

# Each shape fills the circle of radius 1 around (0, 0); v grows upwards.
SHAPES: dict[str, Callable[[Coordinates, Coordinates], npt.NDArray[np.bool_]]] = {
    "ellipse": lambda u, v: u**2 + (2 * v) ** 2 <= 1,
    "heart": lambda u, v: _heart(1.25 * u, 1.25 * v - 0.05),
    "square": lambda u, v: np.maximum(abs(u), abs(v)) <= np.sqrt(0.5)}
RADII = (4.1, 5.1, 6.0, 6.9, 7.6)  # pixels
ANGLES = 10  # from 0° to 81°: a square looks the same again at 90°
PLACES = 16  # of the center along x and along y, a pixel apart
_REACH = 8  # pixels from the center to the edge of a drawing
_CENTER = (7.72, 7.6)  # in a drawing; between the centers of pixels, so that every rotation changes some pixels
SIDE = 2 * _REACH + PLACES
FACTORS = {"shape": len(SHAPES), "scale": len(RADII), "orientation": ANGLES, "x": PLACES, "y": PLACES}


def read() -> Source:
    """Return all 38,400 images, as dSprites has them (github.com/deepmind/dsprites-dataset), but of 32×32 pixels.

    There is an image for each combination of shape (ellipse, heart, square), scale (5), orientation (10), x (16) and
    y (16). A pixel is 1 if its center lies in the shape, else 0. No two images are equal. The label is the shape.
    """
    images = np.zeros((len(SHAPES), len(RADII), ANGLES, PLACES, PLACES, SIDE, SIDE), bool)
    drawings, width = _drawings(), 2 * _REACH + 1
    for x in range(PLACES):
        for y in range(PLACES):
            images[..., x, y, y : y + width, x : x + width] = drawings
    numbers = np.indices(images.shape[:5]).reshape(5, -1)
    factors: dict[str, Any] = dict(zip(FACTORS, numbers, strict=True))
    part = Part(images.reshape(-1, SIDE, SIDE), np.array(list(SHAPES))[numbers[0]], "shapes", "shapes",
                factors=factors)
    return Source("shapes", "shapes", (part,))


def _drawings() -> npt.NDArray[np.bool_]:
    """Return the shapes by shape, scale and orientation around the center, (3, 5, 10, 17, 17)."""
    down, right = np.indices((2 * _REACH + 1,) * 2) - np.reshape(_CENTER, (2, 1, 1))
    angles = np.pi / 2 * np.arange(ANGLES) / ANGLES
    cos, sin = np.cos(angles)[:, None, None], np.sin(angles)[:, None, None]
    u, v = cos * right - sin * down, -sin * right - cos * down
    return np.stack([[inside(u / radius, v / radius) for radius in RADII] for inside in SHAPES.values()])


def _heart(u: Coordinates, v: Coordinates) -> npt.NDArray[np.bool_]:
    return (u**2 + v**2 - 1) ** 3 <= u**2 * v**3
