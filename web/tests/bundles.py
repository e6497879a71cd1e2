"""Write real exports for the browser tests, and the results of Keras for comparison: ``python bundles.py OUT``.

Each folder OUT/NAME is written by ``zukan explore --export`` for a run on a part of MNIST. OUT/NAME.expected.json
contains codes ``z``, their decoded images ``x``, and ``items`` with the ``mean`` and ``log_var`` of their posteriors,
computed from the 8-bit values that the page reads. A model with a condition decodes the codes under ``settings``, which
are classes, and encodes the items under their own.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import numpy as np

import zukan
from zukan import commands
from zukan.data import Dataset
from zukan.runs.data import reload

RUNS = {"dense": {}, "conv": {"encoder": {"name": "conv", "filters": [8, 16]}, "latent_dim": 3},
        "conditional": {"condition": "label", "prior": "conditional"}, "holes": {"missing": True, "condition": "label"}}
TRAINED, HELD_OUT, CHECKED = 1500, 50, 100


def expected(vae: zukan.VAE, data: Dataset) -> dict[str, list]:
    """Return the results of Keras."""
    generator = np.random.default_rng(0)
    z = generator.normal(size=(CHECKED, vae.latent_dim)).astype("float32")
    items = generator.choice(TRAINED + HELD_OUT, CHECKED, replace=False)
    x = np.concatenate([data.train.x, data.test.x])[items]
    top = 254 if vae.missing else 255
    stored = (np.rint(x * top) / top).astype("float32")
    classes, inputs = None, [np.nan_to_num(stored)]
    if vae.missing:
        inputs.append((~np.isnan(stored)).astype("float32"))
    if width := vae.shapes.condition_dim:
        classes = np.arange(CHECKED) % 10
        inputs.append(np.eye(width, dtype="float32")[np.concatenate([data.train.y, data.test.y])[items]])
    posterior = vae.inference.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
    decoded = vae.decode(z, condition=classes).reshape(CHECKED, -1)
    settings = np.full(CHECKED, None) if classes is None else classes
    numbers = {"z": z, "x": decoded, "settings": settings, "items": items, **posterior}
    return {name: np.asarray(value).tolist() for name, value in numbers.items()}


def with_holes(x: np.ndarray) -> np.ndarray:
    """Return images with a missing square, of which every second one lacks single pixels too."""
    generator, holed = np.random.default_rng(1), x.copy()
    for i, image in enumerate(holed):
        row, column = generator.integers(0, 18, 2)
        image[row : row + 10, column : column + 10] = np.nan
        if i % 2:
            image[generator.random(image.shape) < 0.2] = np.nan
    return holed


def main(out: Path) -> None:
    """Train and export the runs, and write the results of Keras."""
    mnist = zukan.data.load("mnist")
    parts = ((mnist.train.x[:TRAINED], mnist.train.y[:TRAINED]), (mnist.test.x[:HELD_OUT], mnist.test.y[:HELD_OUT]))
    with tempfile.TemporaryDirectory() as runs:
        for name, recipe in RUNS.items():
            arrays = tuple((with_holes(x), y) for x, y in parts) if "missing" in recipe else parts
            run = zukan.train(arrays, out=Path(runs) / name, epochs=2, **recipe)
            commands.explore(run.path, export=out / name)
            numbers = expected(run.model, reload(run))
            (out / f"{name}.expected.json").write_text(json.dumps(numbers), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
