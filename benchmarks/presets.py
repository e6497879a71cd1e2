"""Train every preset with three seeds, and write what was measured into the package and into docs/presets.md.

    python -m benchmarks.presets [--names map sharp ...] [--seeds 3] [--write]

The numbers are kept in ``src/zukan/training/presets.json``, which ``zukan presets`` shows. With ``--names``, the
others stay as they are. The data is made as docs/presets.md says; `photos` needs scikit-image.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import zukan
from benchmarks import markdown, photo_patches
from benchmarks.environments import ROOT
from zukan import commands
from zukan.runs.data import reload
from zukan.training import presets

PAGE = ROOT / "docs" / "presets.md"
STORE = ROOT / "src" / "zukan" / "training" / "presets.json"
BREAST = "breast cancer of scikit-learn"


@dataclass(frozen=True)
class Data:
    """What a preset is measured on: its name, the words of the command, and the arrays; without arrays, MNIST."""

    name: str = "MNIST"
    words: str = "mnist"
    arrays: Callable[[], Any] = lambda: "mnist"


def breast() -> Any:
    """Return the table as a data frame."""
    from sklearn.datasets import load_breast_cancer

    data = load_breast_cancer(as_frame=True)
    return data.data.assign(diagnosis=np.array(data.target_names)[data.target])


def hidden() -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of the table, and which half of the cells is hidden."""
    x = breast().drop(columns="diagnosis").to_numpy()
    return x, np.random.default_rng(0).random(x.shape) < 0.5


def gaps() -> np.ndarray:
    """Return the numbers of the table with half of them missing."""
    x, mask = hidden()
    return np.where(mask, np.nan, x)


def counts() -> tuple[np.ndarray, np.ndarray]:
    """Return scikit-learn's digits: how many of 4×4 pixels are black, for 8×8 places."""
    from sklearn.datasets import load_digits

    return load_digits(return_X_y=True)


DATA = {"photos": Data("patches of photographs", "patches.npz", photo_patches.patches),
        "table": Data(BREAST, "breast.csv", breast),
        "gaps": Data(f"{BREAST}, half of the numbers hidden", "gaps.npy --missing", gaps),
        "counts": Data("digits of scikit-learn as counts", "counts.npz", counts)}


def measure(name: str, seeds: int) -> dict[str, Any]:
    """Train a preset with seeds 0, 1, … and return what ``presets.json`` holds of it."""
    data = DATA.get(name, Data())
    with tempfile.TemporaryDirectory() as folder:
        options = {"missing": True} if name == "gaps" else {}
        arrays, start = data.arrays(), time.perf_counter()
        runs = zukan.train_many(arrays, preset=name, seeds=seeds, out=Path(folder) / name, **options)
        seconds = time.perf_counter() - start
        values = [results(name, run, Path(folder)) for run in runs]
    spread = {key: (float(np.mean([one[key] for one in values])), float(np.std([one[key] for one in values], ddof=1))
                    if seeds > 1 else 0.0) for key in values[0]}
    return {"command": f"zukan train {data.words} --preset {name}", "data": data.name, "models": seeds,
            "seconds": round(seconds, 1), "results": spread, "machine": markdown.machine("cpu").strip(" *\n")}


def results(name: str, run: zukan.Run, folder: Path) -> dict[str, float]:
    """Return the results of a run by name."""
    test, classes = run.metrics["test"], run.metrics.get("classes")
    if name == "table":
        return {"score of new rows": commands.evaluate(run.path, folder / "quality.json")["quality"]["overall"]}
    if name == "gaps":
        x, mask = hidden()
        scaling = reload(run).scaling
        away = (scaling.undo(run.model.impute(scaling.apply(gaps()))) - x) / x.std(axis=0)
        return {"error of filled cells": float((away[mask] ** 2).mean())}
    values = {}
    if "bits_per_dimension" in test:
        values["bits per dimension"] = test["bits_per_dimension"]
    elif name == "nll":
        values["−log p(x), at most"] = -test["bound"]
    if "elbo" in test and name not in {"photos", "sharp", "codes"}:
        values["test −ELBO"] = -test["elbo"]
    if name in {"photos", "sharp", "codes"}:
        x = reload(run).test.x
        error = np.asarray(run.model.reconstruct(x)) - x
        values["RMSE of reconstructions"] = float(np.sqrt(np.mean(np.square(error), dtype="float64")))
    if classes is not None and name not in {"photos", "nll", "classes"}:
        values[f"{classes['neighbors']}-NN accuracy"] = classes["knn_accuracy"]
    return values


def table() -> str:
    """Return the table of docs/presets.md."""
    rows = [[f"`{name}`", about, f"`{command}`", seconds, values]
            for name, about, command, seconds, values in presets.rows()]
    return markdown.table(["preset", "for what, and what it is", "command", "three seeds", "measured"], rows)


def main() -> None:
    """Measure the presets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", nargs="+", choices=presets.PRESETS, default=list(presets.PRESETS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    for name in options.names:
        one = measure(name, options.seeds)
        print(name, json.dumps(one, ensure_ascii=False), flush=True)
        if options.write:
            stored = {**json.loads(STORE.read_text("utf-8")), name: one}
            ordered = {key: stored[key] for key in presets.PRESETS if key in stored}
            STORE.write_text(json.dumps(ordered, indent=2, ensure_ascii=False) + "\n", "utf-8")
    if options.write:
        markdown.put("presets", table(), write=True, into=PAGE)


if __name__ == "__main__":
    main()
