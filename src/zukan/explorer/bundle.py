"""The files that the page reads: a manifest, arrays as little-endian bytes, and the two networks."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from keras import ops, tree

from zukan import export, files
from zukan.data import Dataset
from zukan.evaluation.condition import condition_of
from zukan.explorer import (
    arrays,
    columns,
    family,
    first,
    ids,
    item_columns,
    item_files,
    projections,
    structure,
    thumbnails,
)
from zukan.explorer.condition import item_rows
from zukan.explorer.item_columns import ItemColumn
from zukan.explorer.labels import labels
from zukan.explorer.manifest import manifest, value_range
from zukan.model import VAE
from zukan.model.checking import Inputs
from zukan.posteriors import Normal
from zukan.runs import Run

BATCH = 1024
MAX_CODEBOOK = 1 << 24  # numbers


def write(run: Run, dataset: Dataset, folder: Path, log: Callable[[str], None] = lambda _: None,
          extra: Sequence[ItemColumn] = (), *, title: str | None = None, compare: bool = False) -> None:
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
    extra : sequence of ItemColumn
        Columns of the items that the model does not see.
    title : str, optional
        What the page calls the run, by default the name of its data.
    compare : bool, default False
        Whether the page shows the bundle in the folder ``compare`` beside this one.

    Raises
    ------
    zukan.InputError
        If the run is not finished, a column does not have a cell for each item, a layer cannot be exported, or the
        files cannot be written.
    """
    vae, dataset = run.model, dataset.drawn_once
    item_columns.check_counts(extra, len(dataset.train) + len(dataset.test))
    log("Exporting the networks")
    errors = export.write(vae, folder / "models")
    if set(errors.values()) == {None}:
        log(f"{' and '.join(errors)}: {export.comparison(None)}")
    else:
        log(", ".join(f"{name}: {export.comparison(error)}" for name, error in errors.items()))
    if len(dataset.event_shape) == 2:
        log("The page draws signals as bars: the values of the first step, then those of the second, and so on")
    splits = (dataset.train.x, dataset.test.x)
    items = [(split.x, condition_of(vae, split)) for split in (dataset.train, dataset.test)]
    log(f"Encoding {sum(map(len, splits)):,} items")
    means = np.concatenate([vae.encode(x, condition=condition, batch_size=BATCH) for x, condition in items])
    log_var = np.concatenate([_log_var(vae, *pair) for pair in items]) if isinstance(vae.posterior, Normal) else None
    score = None
    if vae.density:
        log("Computing their scores")
        score = np.concatenate([vae.score(x, condition=condition, samples=1, seed=run.recipe.seed, batch_size=BATCH)
                                for x, condition in items])
    projected = None
    if projections.umap_applies(means):
        projected = projections.kept_umap(run, means, log)
    written = {"means.f32": means, "log_var.f32": log_var, "score.f32": score, "umap.f32": projected,
               "condition.f32": item_rows(dataset), "rows.i32": ids.rows(dataset),
               "codebook.f32": (book := codebook(vae)), "usage.i32": family.usage(vae, means, book),
               "prior.f32": family.draws(vae, dataset, run.recipe.seed)}
    if (classes := labels(dataset)) is not None:
        written["labels.i32"] = classes.indices
    pca = projections.pca(means)
    shape = structure.write(run, dataset, means, pca, projected, folder / "data", log)
    log("Writing the items")
    values = value_range(dataset, vae.likelihood.support)
    per_file, data = item_files.per_file(dataset.event_shape), folder / "data"
    for name, array in written.items():
        if array is not None:
            arrays.write(data / name, array.astype("<i4" if name.endswith(".i32") else "<f4"))
    if (names := ids.names(dataset)) is not None:
        files.write_text(data / "names.json", json.dumps(names) + "\n")
    optional = {name: written[f"{name}.f32"] is not None for name in ("log_var", "score", "umap", "codebook")}
    content = {**manifest(run, dataset, means, pca, values, per_file, optional), "structure": shape,
               "family": family.record(vae, written["prior.f32"]), "compare": compare}
    content["name"] = title or content["name"]
    plane, coords = first.opening(content, means, projected)
    content["first"] = first.write(data, plane, coords, written.get("labels.i32"))
    content["piece_bytes"] = arrays.PIECE
    content["table"] = columns.write(run, dataset, data)
    content["extra"] = item_columns.write(extra, data)
    chunks = (item_files.as_bytes(chunk, values, missing=vae.missing) for chunk in item_files.chunks(splits, per_file))
    if content["table"] is None:
        content["thumbnails"] = thumbnails.write(data, chunks, dataset.event_shape, coords, missing=vae.missing)
    files.write_text(folder / "atlas.json", json.dumps(content, allow_nan=False) + "\n")


def codebook(vae: VAE) -> np.ndarray | None:
    """Return the vectors of all codes, shape (codes, books * size), to which the page moves what it decodes.

    None if z does not hold vectors from a codebook, or if they are too many.
    """
    layout = vae.shapes.layout
    first = layout[0]
    if first.kind != "code" or first.classes * vae.latent_dim > MAX_CODEBOOK:
        return None
    every = np.repeat(np.arange(first.classes)[:, None], len(layout), axis=1)
    vectors = ops.convert_to_numpy(vae.posterior.embed(ops.convert_to_tensor(every)))
    return np.asarray(vectors[:, : getattr(vae.posterior, "codebooks", 1) * first.size])


def _log_var(vae: VAE, x: Any, condition: np.ndarray | None) -> np.ndarray:
    """Return the log-variances of the normal posterior of each item, computed in batches, as conditions can be long."""
    inputs = Inputs(vae.shapes, vae.likelihood, missing=vae.missing, dtype=vae.float_type)

    def predicted(batch: slice) -> Any:
        checked = inputs.check("x", x[batch], None if condition is None else condition[batch])
        posterior: Any = vae.posterior_of(tree.map_structure(ops.convert_to_tensor, checked))
        return ops.convert_to_numpy(posterior.log_var)

    return np.concatenate([predicted(slice(start, start + BATCH)) for start in range(0, len(x), BATCH)])
