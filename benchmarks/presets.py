"""Train every preset with three seeds, and write what was measured into the package and into docs/presets.md.

    python -m benchmarks.presets [--names map sharp ...] [--seeds 0 1 2] [--results FILE] [--write]

Each training adds a line to a file. ``--write`` reads it and puts the means into
``src/zukan/training/presets.json``, which ``zukan presets`` shows, and into the page. Presets without a line in the
file stay as they are, so several processes, or machines, can share the work. The data is made as docs/presets.md says;
`photos` needs scikit-image.
"""

from __future__ import annotations

import argparse
import datetime
import json
import statistics
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
from benchmarks.machine import device
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


def measure(name: str, seed: int) -> dict[str, Any]:
    """Train a preset as its command does, and return its results and the seconds until the report is written."""
    data = DATA.get(name, Data())
    with tempfile.TemporaryDirectory() as folder:
        options = {"missing": True} if name == "gaps" else {}
        arrays, start = data.arrays(), time.perf_counter()
        run = zukan.train(arrays, preset=name, seed=seed, out=Path(folder) / name, **options)
        seconds = time.perf_counter() - start
        return {"name": name, "seed": seed, "seconds": round(seconds, 1), "epochs": len(run.history["epoch"]),
                "results": results(name, run, Path(folder)), "machine": device(),
                "day": f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}"}


def summary(name: str, runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what ``presets.json`` holds of a preset: means and standard deviations over the seeds.

    The time is the median over the runs on a processor. Values of an accelerator count like the others.
    """
    data = DATA.get(name, Data())
    values = {key: [run["results"][key] for run in runs] for key in runs[0]["results"]}
    seconds = [run["seconds"] for run in runs if not run["machine"].startswith("one ")]
    return {"command": f"zukan train {data.words} --preset {name}", "data": data.name, "seeds": len(runs),
            "seconds": statistics.median(seconds) if seconds else None,
            "results": {key: [statistics.mean(of_key), statistics.stdev(of_key) if len(of_key) > 1 else 0.0]
                        for key, of_key in values.items()},
            "machine": "; ".join(sorted({f"{run['machine']}, {run['day']}" for run in runs}))}


def results(name: str, run: zukan.Run, folder: Path) -> dict[str, float]:
    """Return the results of a run by name."""
    test, classes = run.metrics["test"], run.metrics.get("classes")
    if name == "table":
        return {"score of new rows": commands.evaluate(run.path, out=folder / "quality.json")["quality"]["overall"]}
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
    machines = "; ".join(sorted({line for one in presets.measured().values() for line in one["machine"].split("; ")}))
    head = ["preset", "for what, and what it is", "command", "time", "measured"]
    return f"{markdown.table(head, rows)}\n*{machines}.*\n"


def main() -> None:
    """Measure the presets, and write what the file of results holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", nargs="*", choices=presets.PRESETS, default=list(presets.PRESETS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--results", type=Path, default=Path("runs/presets.jsonl"), help="a line for each training")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    options.results.parent.mkdir(parents=True, exist_ok=True)
    for name in options.names:
        for seed in options.seeds:
            line = json.dumps(measure(name, seed), ensure_ascii=False)
            print(line, flush=True)
            with options.results.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
    if options.write:
        runs = [json.loads(line) for line in options.results.read_text("utf-8").splitlines()]
        stored = json.loads(STORE.read_text("utf-8"))
        for name in presets.PRESETS:
            if of_name := list({run["seed"]: run for run in runs if run["name"] == name}.values()):
                stored[name] = summary(name, of_name)
        ordered = {key: stored[key] for key in presets.PRESETS if key in stored}
        STORE.write_text(json.dumps(ordered, indent=2, ensure_ascii=False) + "\n", "utf-8")
        markdown.put("presets", table(), write=True, into=PAGE)


if __name__ == "__main__":
    main()
