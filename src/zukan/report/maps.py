"""The figures of the latent space: the map, what the decoder makes of its points, and its dimensions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from zukan import plots, spaces
from zukan.context import Piece
from zukan.evaluation.condition import repeated
from zukan.model import VAE
from zukan.objectives import Reconstruction
from zukan.priors import Normal

GRID, REACH = 20, 2.0  # a 20 x 20 grid over [-2, 2]^2, as in the tutorial
STEPS, SPAN = 9, 2.5  # images in a row of the traversals, from -2.5 to 2.5
ENOUGH = 0.5  # share of the codes that these ranges must hold; else they are those of the codes
MAX_ROWS = 10  # rows of the traversals
CURVED_REACH = 0.95  # of a sphere or a ball, whose border is at 1


def draw(vae: VAE, means: np.ndarray, y: Any, names: Any, latent: Mapping[str, Any],
         condition: np.ndarray | None) -> dict[str, plots.Display]:
    """Draw the latent map and the decoded grid; with more than two dimensions, also `pca`, `traversals`, `activity`.

    What would change single dimensions of discrete codes is left out.

    Parameters
    ----------
    vae : VAE
    means : array, shape (m, latent_dim)
        Codes of the test set.
    y, names
        Their classes, and the names of the classes.
    latent : mapping
        As `zukan.evaluation.latent` returns it.
    condition : array, optional
        Under which codes are decoded.
    """
    d, layout = vae.latent_dim, vae.shapes.layout
    discrete = {dim for piece, part in spaces.pieces(layout) if piece.choices for dim in range(part.start, part.stop)}
    order = [dim for dim in latent["order"] if dim not in discrete]
    is_sphere = len(layout) == 1 and layout[0].kind == "sphere"

    def decoded(z: np.ndarray) -> np.ndarray:
        images = vae.decode(z.reshape(-1, d), condition=repeated(condition, z.size // d))
        return images.reshape(*z.shape[:-1], *vae.event_shape)

    if d > 2 and len(order) < 2:  # no two dimensions can change alone
        return _many(vae, means, y, names, latent, order, decoded)
    dims = (0, 1) if d <= 2 else _plane_of(order, vae)
    if is_sphere and d == 3:
        figures = {"map": plots.sphere_map(means, y, names), "grid": _globe(decoded)}
    else:
        figures = {"map": plots.latent_map(means, y, names, dims=dims)}
    if is_sphere and d == 2:
        angles = np.linspace(-180.0, 180.0, GRID, endpoint=False)
        z = np.stack([np.cos(np.radians(angles)), np.sin(np.radians(angles))], axis=-1).astype(means.dtype)
        return figures | {"grid": plots.decoded_grid(decoded(z), angles, names=("angle from z1 to z2, in degrees", ""))}
    if d <= 2 and discrete:
        return figures
    if d == 1:
        line = _values(vae, means, REACH, GRID, inside=_inside(means, REACH))
        return figures | {"grid": plots.decoded_grid(decoded(line[:, None]), line)}
    base = spaces.nearest(_center(means, layout) if d > 2 else np.zeros(d, means.dtype), layout)
    if "grid" not in figures:
        plane = means[:, list(dims)]
        first, second = (_values(vae, column, REACH, GRID, inside=_inside(plane, REACH)) for column in plane.T)
        z, valid = spaces.with_values(base, dims, np.stack(np.meshgrid(first, second), axis=-1), layout)
        figures["grid"] = plots.decoded_grid(decoded(z), first, second, dims, shown=None if valid.all() else valid)
    return figures | (_many(vae, means, y, names, latent, order, decoded) if d > 2 else {})


def _many(vae: VAE, means: np.ndarray, y: Any, names: Any, latent: Mapping[str, Any], order: Sequence[int],
          decoded: Callable[[np.ndarray], np.ndarray]) -> dict[str, plots.Display]:
    """Draw what there is only with more than two dimensions."""
    figures: dict[str, plots.Display]
    kl, layout, figures = latent["kl_per_dimension"], vae.shapes.layout, {}
    if len(means) > 1:  # a single test item has no directions
        figures["pca"] = plots.pca(means, y, names)
    if order:
        rows, base = order[:MAX_ROWS], spaces.nearest(_center(means, layout), layout)
        inside = min(_inside(means[:, [dim]], SPAN) for dim in rows)
        steps = _values(vae, means[:, rows], SPAN, STEPS, inside=inside)
        images = decoded(np.stack([spaces.with_values(base, [dim], steps[:, None], layout)[0] for dim in rows]))
        by_dimension = kl is not None and len(kl) == vae.latent_dim
        figures["traversals"] = plots.traversals(images, steps, rows, np.array(kl)[rows] if by_dimension else None)
    if kl is not None and not any(piece.kind == "code" for piece in layout):
        figures["activity"] = plots.activity(np.array(kl), latent["variables"])
    return figures


def _center(means: np.ndarray, layout: Sequence[Piece]) -> np.ndarray:
    """Return the mean code; of each categorical variable, its most probable class."""
    center = means.mean(axis=0)
    for piece, part in spaces.pieces(layout):
        if piece.kind == "categorical":
            center[part] = np.eye(piece.size)[center[part].argmax()]
    return center


def _globe(decoded: Any) -> plots.Display:
    """Draw what the decoder makes of the points of the sphere, where the map shows them."""
    first, second = (np.linspace(-edge, edge, 2 * count + 1)[1::2] for count, edge in ((24, 8**0.5), (12, 2**0.5)))
    z, valid = spaces.from_plane(np.stack(np.meshgrid(first, second), axis=-1))
    names = "the whole sphere: z1 in the middle, z2 to the right", "z3 up"
    return plots.decoded_grid(decoded(z), first, second, names=names, shown=valid)


def _plane_of(order: Sequence[int], vae: VAE) -> tuple[int, int]:
    """Return the two most active dimensions; not two of one circle, since the second would depend on the first."""
    circles = [part for piece, part in spaces.pieces(vae.shapes.layout) if piece == ("sphere", 2, 0)]
    first = order[0]
    own = next((part for part in circles if part.start <= first < part.stop), slice(0, 0))
    return first, next(dim for dim in order[1:] if not own.start <= dim < own.stop)


def _inside(codes: np.ndarray, reach: float) -> float:
    """Return the share of the codes that are at most ``reach`` from 0 in every dimension."""
    return float((np.abs(codes) <= reach).all(axis=1).mean())


def _values(vae: VAE, codes: np.ndarray, reach: float, count: int, *, inside: float) -> np.ndarray:
    """Return evenly spaced values of z: from -reach to reach, or where the codes are if too few are ``inside``.

    If nothing keeps the codes near 0, the values are always where the codes are. On a sphere and in a ball, the values
    go from border to border.
    """
    if any(piece.kind in {"sphere", "ball"} for piece in vae.shapes.layout):
        return np.linspace(-CURVED_REACH, CURVED_REACH, count)
    near_zero = isinstance(vae.prior, Normal) and not isinstance(vae.objective, Reconstruction)
    if near_zero and inside >= ENOUGH:
        return np.linspace(-reach, reach, count)
    low, high = np.quantile(codes, 0.01, axis=0).min(), np.quantile(codes, 0.99, axis=0).max()
    return np.linspace(low, high if high > low else low + 1.0, count)
