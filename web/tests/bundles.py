"""Real exports for the browser's tests, with Keras's own numbers beside them: ``python bundles.py OUT``.

Each OUT/NAME is what ``zukan explore --export`` writes, of a run on a part of MNIST; OUT/NAME.expected.json holds codes
``z``, their images ``x``, and ``items`` with the ``mean`` and ``log_var`` of what the page has of them: 8 bits a value.
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

RUNS = {"dense": {}, "conv": {"encoder": {"name": "conv", "filters": [8, 16]}, "latent_dim": 3}}
TRAINED, HELD_OUT, CHECKED = 1500, 50, 100


def expected(vae: zukan.VAE, data: Dataset) -> dict[str, list]:
    """Return Keras's numbers."""
    generator = np.random.default_rng(0)
    z = generator.normal(size=(CHECKED, vae.latent_dim)).astype("float32")
    items = generator.choice(TRAINED + HELD_OUT, CHECKED, replace=False)
    x = np.concatenate([data.train.x, data.test.x])[items]
    posterior = vae.inference.predict((np.rint(x * 255) / 255).astype("float32"), verbose=0)
    numbers = {"z": z, "x": vae.decode(z).reshape(CHECKED, -1), "items": items, **posterior}
    return {name: np.asarray(value).tolist() for name, value in numbers.items()}


def main(out: Path) -> None:
    """Train, export, and write the numbers down."""
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
