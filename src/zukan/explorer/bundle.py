"""What the page reads: a manifest, arrays as plain little-endian files, and the two networks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from zukan import checks, export, files
from zukan.data import Dataset
from zukan.explorer import projections
from zukan.explorer.manifest import labels, manifest, value_range
from zukan.runs import Run
from zukan.streamed import slices

ITEMS_PER_FILE, BYTES_PER_FILE = 1000, 200_000  # to show one item the page fetches its file
BATCH = 1024


def write(run: Run, dataset: Dataset, folder: Path, tell: Callable[[str], None] = lambda _: None) -> None:
    """Write ``atlas.json``, ``data/`` and ``models/`` into ``folder``, which is made if need be.

    Parameters
    ----------
    run : Run
        Finished.
    dataset : Dataset
        The run's own: every item of it is encoded and written, training items first.
    folder : Path
    tell : callable
        Called with a line of text as each stage begins.

    Raises
    ------
    zukan.InputError
        When the run is not finished, a layer cannot be exported, or the files cannot be written.
    """
    vae = run.model
    tell("Exporting the networks")
    errors = export.write(vae, folder / "models")
    if set(errors.values()) == {None}:
        tell(f"{' and '.join(errors)}: {export.comparison(None)}")
    else:
        tell(", ".join(f"{name}: {export.comparison(error)}" for name, error in errors.items()))
    parts = (dataset.train.x, dataset.test.x)
    tell(f"Encoding {sum(map(len, parts)):,} items")
    encoded = [_posterior(run, x) for x in parts]
    means, log_var = (np.concatenate([each[name] for each in encoded]) for name in ("mean", "log_var"))
    tell("Scoring them")
    score = -np.concatenate([vae.elbo(x, seed=run.recipe.seed, batch_size=BATCH) for x in parts])
    laid_out = None
    if projections.umap_applies(means):
        tell("Laying them out by UMAP, which takes a minute or more")
        laid_out = projections.umap(means)
    arrays = {"means.f32": means, "log_var.f32": log_var, "score.f32": score, "umap.f32": laid_out}
    if (found := labels(dataset)) is not None:
        arrays["labels.i32"] = found[0]
    tell("Writing the items")
    values = value_range(dataset, vae.likelihood.support)
    per_file = max(1, min(ITEMS_PER_FILE, BYTES_PER_FILE // max(1, int(np.prod(dataset.event_shape)))))
    for name, array in arrays.items():
        if array is not None:
            _save(folder / "data" / name, array.astype("<i4" if name.endswith(".i32") else "<f4"))
    for number, items in enumerate(_chunks(parts, per_file)):
        _save(folder / "data" / f"items-{number:05d}.u8", _as_bytes(items, values))
    text = json.dumps(manifest(run, dataset, means, values, per_file, umap=laid_out is not None), allow_nan=False)
    files.write_text(folder / "atlas.json", text + "\n")


def _posterior(run: Run, x: Any) -> dict[str, np.ndarray]:
    pieces = [slice(None)] if isinstance(x, np.ndarray) else slices(x)
    each = [run.model.inference.predict(x[piece], batch_size=BATCH, verbose=0) for piece in pieces]
    found = {name: np.concatenate([one[name] for one in each]) for name in each[0]}
    if not {"mean", "log_var"} <= set(found):
        raise checks.InputError(
            f"the explorer draws posteriors with a mean and a log_var, got {', '.join(found)} from run "
            f"{str(run.path)!r}; train it with posterior='normal'")
    return found


def _chunks(parts: tuple[np.ndarray, ...], size: int) -> Iterator[np.ndarray]:
    """Yield the items ``size`` at a time, across the border of the splits, without a copy of all."""
    left = parts[0][:0]
    for part in parts:
        for start in range(0, len(part), size):
            left = np.concatenate([left, part[start : start + size]])
            if len(left) >= size:
                yield left[:size]
                left = left[size:]
    if len(left):
        yield left


def _as_bytes(items: np.ndarray, values: tuple[float, float]) -> np.ndarray:
    low, high = values
    return np.rint((items.astype("float64") - low) / (high - low) * 255).clip(0, 255).astype("u1")


def _save(path: Path, array: np.ndarray) -> None:
    with files.replacing(path) as beside:
        np.ascontiguousarray(array).tofile(beside)
