"""The files that the page reads: a manifest, arrays as little-endian bytes, and the two networks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from zukan import checks, export, files
from zukan.data import Dataset
from zukan.evaluation.condition import condition_of
from zukan.explorer import projections
from zukan.explorer.manifest import labels, manifest, value_range
from zukan.model import VAE
from zukan.posteriors import Normal
from zukan.runs import Run

ITEMS_PER_FILE, BYTES_PER_FILE = 1000, 200_000  # upper limits; the page reads a whole file to show one item
BATCH = 1024


def write(run: Run, dataset: Dataset, folder: Path, log: Callable[[str], None] = lambda _: None) -> None:
    """Write ``atlas.json``, ``data/`` and ``models/`` into ``folder``, which is created if needed.

    Parameters
    ----------
    run : Run
        Finished.
    dataset : Dataset
        The data of the run. All items are encoded and written, training items first.
    folder : Path
    log : callable
        Called with a line of text when a stage begins.

    Raises
    ------
    zukan.InputError
        If the run is not finished, its model allows missing values, a layer cannot be exported, or the files cannot
        be written.
    """
    vae = run.model
    _check_shown(run)
    log("Exporting the networks")
    errors = export.write(vae, folder / "models")
    if set(errors.values()) == {None}:
        log(f"{' and '.join(errors)}: {export.comparison(None)}")
    else:
        log(", ".join(f"{name}: {export.comparison(error)}" for name, error in errors.items()))
    splits = (dataset.train.x, dataset.test.x)
    items = [(split.x, condition_of(vae, split)) for split in (dataset.train, dataset.test)]
    log(f"Encoding {sum(map(len, splits)):,} items")
    means = np.concatenate([vae.encode(x, condition=condition, batch_size=BATCH) for x, condition in items])
    log_var = np.concatenate([_log_var(vae, *pair) for pair in items]) if isinstance(vae.posterior, Normal) else None
    score = None
    if vae.posterior.density:
        log("Computing their scores")
        score = np.concatenate([vae.score(x, condition=condition, samples=1, seed=run.recipe.seed, batch_size=BATCH)
                                for x, condition in items])
    projected = None
    if projections.umap_applies(means):
        log("Computing the UMAP projection, which takes a minute or more")
        projected = projections.umap(means)
    arrays = {"means.f32": means, "log_var.f32": log_var, "score.f32": score, "umap.f32": projected}
    if (classes := labels(dataset)) is not None:
        arrays["labels.i32"] = classes.indices
    log("Writing the items")
    values = value_range(dataset, vae.likelihood.support)
    per_file = max(1, min(ITEMS_PER_FILE, BYTES_PER_FILE // max(1, int(np.prod(dataset.event_shape)))))
    for name, array in arrays.items():
        if array is not None:
            _save(folder / "data" / name, array.astype("<i4" if name.endswith(".i32") else "<f4"))
    for number, chunk in enumerate(_chunks(splits, per_file)):
        _save(folder / "data" / f"items-{number:05d}.u8", _as_bytes(chunk, values))
    optional = {name.split(".")[0]: arrays[name] is not None for name in ("log_var.f32", "score.f32", "umap.f32")}
    text = json.dumps(manifest(run, dataset, means, values, per_file, optional), allow_nan=False)
    files.write_text(folder / "atlas.json", text + "\n")


def _check_shown(run: Run) -> None:
    """Raise `InputError` if the page cannot show the run's model."""
    if run.model.missing:
        raise checks.InputError(
            f"the explorer needs a model of complete items, got run {str(run.path)!r}, whose model allows missing "
            f"values; see its report instead, or train on complete items")


def _log_var(vae: VAE, x: Any, condition: np.ndarray | None) -> np.ndarray:
    """Return the log-variances of the normal posterior of each item."""

    def predicted(batch: slice) -> Any:
        inputs = x[batch]
        if condition is not None:
            inputs = [inputs, (condition[batch, None] == np.arange(vae.shapes.condition_dim)).astype("float32")]
        return vae.inference.predict_on_batch(inputs)["log_var"]

    return np.concatenate([predicted(slice(start, start + BATCH)) for start in range(0, len(x), BATCH)])


def _chunks(splits: tuple[np.ndarray, ...], size: int) -> Iterator[np.ndarray]:
    """Yield the items of all splits, ``size`` at a time, without a copy of all items."""
    rest = splits[0][:0]
    for split in splits:
        for start in range(0, len(split), size):
            rest = np.concatenate([rest, split[start : start + size]])
            if len(rest) >= size:
                yield rest[:size]
                rest = rest[size:]
    if len(rest):
        yield rest


def _as_bytes(items: np.ndarray, values: tuple[float, float]) -> np.ndarray:
    low, high = values
    return np.rint((items.astype("float64") - low) / (high - low) * 255).clip(0, 255).astype("u1")


def _save(path: Path, array: np.ndarray) -> None:
    with files.replacing(path) as temporary:
        np.ascontiguousarray(array).tofile(temporary)
