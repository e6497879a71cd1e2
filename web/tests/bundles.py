"""Write real exports for the browser tests, and the results of Keras for comparison: ``python bundles.py OUT``.

Each folder OUT/NAME is written by ``zukan explore --export`` for a run on a part of MNIST. OUT/NAME.expected.json
contains codes ``z``, their decoded images ``x``, and ``items`` with the ``mean`` and ``log_var`` of their posteriors,
computed from the 8-bit values that the page reads. ``classes`` are the classes under which a model with a condition
decodes the codes; it encodes the items under their own.
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

RUNS = {"dense": {}, "conv": {"encoder": {"name": "conv", "filters": [8, 16]}, "latent_dim": 3},
        "conditional": {"condition": "label", "prior": "conditional"}}
TRAINED, HELD_OUT, CHECKED = 1500, 50, 100


def expected(vae: zukan.VAE, data: Dataset) -> dict[str, list]:
    """Return the results of Keras."""
    generator = np.random.default_rng(0)
    z = generator.normal(size=(CHECKED, vae.latent_dim)).astype("float32")
    items = generator.choice(TRAINED + HELD_OUT, CHECKED, replace=False)
    x = np.concatenate([data.train.x, data.test.x])[items]
    stored = (np.rint(x * 255) / 255).astype("float32")
    classes = np.arange(CHECKED) % 10
    condition, inputs = None, stored
    if width := vae.shapes.condition_dim:
        labels = np.concatenate([data.train.y, data.test.y])[items]
        condition, inputs = classes, [stored, np.eye(width, dtype="float32")[labels]]
    posterior = vae.inference.predict(inputs, verbose=0)
    decoded = vae.decode(z, condition=condition).reshape(CHECKED, -1)
    numbers = {"z": z, "x": decoded, "classes": classes, "items": items, **posterior}
    return {name: np.asarray(value).tolist() for name, value in numbers.items()}


def main(out: Path) -> None:
    """Train and export the runs, and write the results of Keras."""
    mnist = zukan.data.load("mnist")
    arrays = ((mnist.train.x[:TRAINED], mnist.train.y[:TRAINED]), (mnist.test.x[:HELD_OUT], mnist.test.y[:HELD_OUT]))
    with tempfile.TemporaryDirectory() as runs:
        for name, recipe in RUNS.items():
            run = zukan.train(arrays, out=Path(runs) / name, epochs=2, **recipe)
            commands.explore(run.path, export=out / name)
            numbers = expected(run.model, zukan.data.load(run.source))
            (out / f"{name}.expected.json").write_text(json.dumps(numbers), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
