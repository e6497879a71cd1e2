"""Train the runs that are part of the package, and write them without what only a further training needs.

    python -m benchmarks.demo [--names map sharp] [--seed 0]

A run keeps its recipe, environment, history, metrics and model, whose file holds no state of the optimizer.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import Any

import keras

import zukan
from zukan.runs.demos import DEMOS, FOLDER
from zukan.training.presets import preset_fields

LIMIT = 5_000_000  # bytes of all runs together
FIELDS: dict[str, dict[str, Any]] = {
    "map": {**preset_fields("map"), "encoder": {"name": "mlp", "units": [256, 256, 128]}, "epochs": 50},
    "sharp": {**preset_fields("sharp"), "encoder": {"name": "conv", "filters": [16, 32], "units": 128},
              "latent_dim": 16},
}


def write(name: str, seed: int) -> None:
    """Train a run and copy what the package holds of it."""
    with tempfile.TemporaryDirectory() as folder:
        run = zukan.train("mnist", preset="tutorial", out=Path(folder) / name, seed=seed, log=print, **FIELDS[name])
        out = FOLDER / name
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        for file in (run.RECIPE, run.ENVIRONMENT, run.HISTORY, run.METRICS):
            shutil.copy(run.file(file), out)
        keras.saving.load_model(run.file(run.MODEL), compile=False).save(out / run.MODEL)
        for line in run.summary():
            print(*line, flush=True)


def main() -> None:
    """Write the runs, and check their size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", nargs="+", choices=DEMOS, default=list(DEMOS))
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    for name in options.names:
        write(name, options.seed)
    size = sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file())
    print(f"{size / 1e6:.2f} MB in {FOLDER}")
    if size > LIMIT:
        raise SystemExit(f"the runs must take at most {LIMIT:,} bytes, got {size:,}; make their networks smaller")


if __name__ == "__main__":
    main()
