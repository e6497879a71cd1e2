"""Write real exports for the browser tests, and the results of Keras for comparison: ``python bundles.py OUT``.

Each folder OUT/NAME is written by ``zukan explore --export`` for a run on a part of MNIST, or on a table.
OUT/NAME.expected.json contains codes ``z``, their decoded images ``x``, and ``items`` with the ``mean`` and ``log_var``
of their posteriors, computed from the 8-bit values that the page reads, or from the cells of a table. A model with a
condition decodes the codes under ``settings``, which are classes, and encodes the items under their own. Of a table,
``positions`` are the decoded values in its own units, as a share of the range of their column.
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
from zukan.data.tables.schema import Schema
from zukan.runs.data import reload

RUNS = {"dense": {}, "conv": {"encoder": {"name": "conv", "filters": [8, 16]}, "latent_dim": 3},
        "conditional": {"condition": "label", "prior": "conditional"}, "holes": {"missing": True, "condition": "label"}}
TRAINED, HELD_OUT, CHECKED = 1500, 50, 100


def expected(vae: zukan.VAE, data: Dataset) -> dict[str, list]:
    """Return the results of Keras."""
    generator = np.random.default_rng(0)
    z = generator.normal(size=(CHECKED, vae.latent_dim)).astype("float32")
    items = generator.choice(len(data.train) + len(data.test), CHECKED, replace=False)
    x = np.concatenate([data.train.x, data.test.x])[items]
    top = 254 if vae.missing else 255
    stored = x if data.schema else (np.rint(x * top) / top).astype("float32")  # cells of tables are stored as they are
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
    if data.schema:
        numbers["positions"] = positions(data.schema, decoded)
    return {name: np.asarray(value).tolist() for name, value in numbers.items()}


def positions(schema: Schema, decoded: np.ndarray) -> np.ndarray:
    """Return decoded values in the units of their columns, from 0 at the lowest to 1 at the highest training value."""
    low, high = np.array([(0, len(column.levels) - 1) if column.levels else (column.low, column.high)
                          for column in schema.columns], float).T
    return (schema.unscale(decoded.astype("float64")) - low) / (high - low)


def table() -> dict[str, np.ndarray]:
    """Return the columns of a table, of every kind, with gaps."""
    draw, n = np.random.default_rng(2), 300
    size, gaps = draw.normal(size=n), draw.random((6, n)) < 0.15
    columns = [(10 + 2 * size).round(1), np.exp(3 + size).round(2), draw.poisson(np.exp(size / 2)),
               np.array(["true", "false"])[(size > 0) * 1], np.array(["a", "b", "c"])[draw.integers(0, 3, n)],
               np.datetime64("2020-01-01") + (100 * size).astype("timedelta64[D]")]
    return {name: np.where(gap, "", column.astype(str)) for name, gap, column in zip(
        ("length", "income", "visits", "member", "group", "day"), gaps, columns, strict=True)}


def with_holes(x: np.ndarray) -> np.ndarray:
    """Return images with a missing square, of which every second one lacks single pixels too."""
    generator, holed = np.random.default_rng(1), x.copy()
    for i, image in enumerate(holed):
        row, column = generator.integers(0, 18, 2)
        image[row : row + 10, column : column + 10] = np.nan
        if i % 2:
            image[generator.random(image.shape) < 0.2] = np.nan
    return holed


def write_expected(run: zukan.Run, file: Path) -> None:
    """Write Keras's results of a run."""
    file.write_text(json.dumps(expected(run.model, reload(run))), "utf-8")


def main(out: Path) -> None:
    """Train and export the runs, and write the results of Keras."""
    mnist = zukan.data.load("mnist")
    parts = ((mnist.train.x[:TRAINED], mnist.train.y[:TRAINED]), (mnist.test.x[:HELD_OUT], mnist.test.y[:HELD_OUT]))
    with tempfile.TemporaryDirectory() as runs:
        for name, recipe in RUNS.items():
            arrays = tuple((with_holes(x), y) for x, y in parts) if "missing" in recipe else parts
            run = zukan.train(arrays, out=Path(runs) / name, epochs=2, **recipe)
            commands.explore(run.path, export=out / name)
            write_expected(run, out / f"{name}.expected.json")
        rows = table()
        lines = [",".join(row) for row in (rows, *zip(*rows.values(), strict=True))]
        (Path(runs) / "table.csv").write_text("\n".join(lines), "utf-8")
        run = zukan.train(Path(runs) / "table.csv", out=Path(runs) / "table", epochs=2, columns={"visits": "count"})
        commands.explore(run.path, export=out / "table")
        write_expected(run, out / "table.expected.json")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
