"""Train the networks of published figures on MNIST, and put ours beside them.

    python -m benchmarks.yardsticks                                # what has been measured
    python -m benchmarks.yardsticks tutorial static-vae            # train and measure these
    python -m benchmarks.yardsticks --write                        # put table and curves into docs/results.md

Each yardstick is a recipe of ``zukan train``, in ``benchmarks/yardstick_recipes.py``. It trains the published network
on our schedule. ``benchmarks/yardsticks.json`` keeps the results with the machine, the day, and the minutes of the
epochs. The last epoch is measured.
"""

from __future__ import annotations

import argparse
import datetime
import json
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from sklearn.neighbors import KNeighborsClassifier

from benchmarks import markdown
from benchmarks.environments import ROOT
from benchmarks.machine import device
from benchmarks.trainings import trained
from benchmarks.yardstick_recipes import YARDSTICKS, Yardstick
from zukan.runs.data import read_splits

RESULTS, PAGE = ROOT / "benchmarks" / "yardsticks.json", ROOT / "docs" / "results.md"
CURVES = ROOT / "docs" / "images" / "yardsticks.png"
POINTS = 40  # of a curve
HEAD = ["`NAME`", "table", "network", "published", "aim", "ours: −ELBO", "ours: bound", "epochs, minutes"]


def measure(name: str, seed: int, out: Path, draws: int, items: int) -> dict[str, Any]:
    """Train the model of a yardstick and return its results, in nats per image with standard errors."""
    yardstick = YARDSTICKS[name]
    run = trained("mnist", out / f"{name}-{seed}", seed=seed, **yardstick.fields)
    minutes, vae = run.history["seconds"].sum() / 60, run.model
    train, test = read_splits(run)
    result: dict[str, Any] = {
        "seed": seed, "epochs": run.recipe.epochs, "minutes": round(float(minutes), 1),
        "elbo": mean(-vae.elbo(test.x, same_draws=False)), "curve": curve(run.history),
        "machine": device(), "day": f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}"}
    if yardstick.bound:
        part = test.x[:: -(-len(test.x) // items)]
        values = -vae.log_likelihood(part, samples=draws)
        result |= {"bound": mean(values), "draws": draws, "items": len(part)}
    if yardstick.neighbors:
        classifier = KNeighborsClassifier(yardstick.neighbors).fit(vae.encode(train.x), train.labels)
        result["accuracy"] = float(classifier.score(vae.encode(test.x), test.labels))
    return result


def read(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the results that are there, by the name of the yardstick."""
    return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}


def mean(values: np.ndarray) -> list[float]:
    """Return the mean over the items, and its standard error."""
    return [round(float(values.mean()), 3), round(float(values.std(ddof=1) / len(values) ** 0.5), 3)]


def curve(history: dict[str, np.ndarray]) -> list[list[float]]:
    """Return about `POINTS` pairs of an epoch and minus the ELBO of the test items."""
    chosen = np.unique(np.geomspace(1, len(history["epoch"]), POINTS).round().astype(int)) - 1
    return [[int(history["epoch"][i]), round(float(-history["val_elbo"][i]), 2)] for i in chosen]


def table(results: dict[str, list[dict[str, Any]]]) -> str:
    """Return the Markdown table of all yardsticks."""
    rows = []
    for name, yardstick in YARDSTICKS.items():
        runs = results.get(name, [])
        rows.append([f"`{name}`", yardstick.table, yardstick.network, yardstick.published, yardstick.aim,
                     _numbers(runs, "elbo"), _bound(yardstick, runs),
                     "; ".join(f"{run['epochs']}, {run['minutes']:g}" for run in runs) or "not measured"])
    machines = sorted({f"{run['machine']}, {run['day']}" for runs in results.values() for run in runs})
    return markdown.table(HEAD, rows) + "\n*" + "; ".join(machines) + ".*\n"


def _numbers(runs: list[dict[str, Any]], key: str) -> str:
    """Return a value of each seed with its standard error; of several seeds, their mean and range."""
    values = [run[key][0] for run in runs if key in run]
    if len(values) > 1:
        return f"{np.mean(values):.2f} (seeds {min(values):.2f}–{max(values):.2f})"
    return f"{values[0]:.2f} ± {runs[0][key][1]:.2f}" if values else "–"


def _bound(yardstick: Yardstick, runs: list[dict[str, Any]]) -> str:
    """Return the bound, or the accuracy of the nearest neighbors, with what it was measured on."""
    if runs and yardstick.neighbors:
        return f"{yardstick.neighbors}-NN {np.mean([run['accuracy'] for run in runs]):.3f}"
    if not runs or "bound" not in runs[0]:
        return "–"
    return f"{_numbers(runs, 'bound')}; {runs[0]['items']:,} images, {runs[0]['draws']:,} draws"


def draw(results: dict[str, list[dict[str, Any]]], path: Path) -> None:
    """Draw minus the ELBO of the test items over the epochs."""
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, panels = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
    for name, runs in results.items():
        values = np.array(runs[0]["curve"])
        panel = panels[int(YARDSTICKS[name].bound)]
        panel.plot(values[:, 0], values[:, 1], label=name, linewidth=1.6)
        panel.annotate(f" {values[-1, 1]:.1f}", values[-1], va="center", fontsize=8)
    for panel, title in zip(panels, ("gray levels", "binarized"), strict=True):
        panel.set(xscale="log", xlabel="epoch", ylabel="test −ELBO, nats per image", title=title)
        panel.margins(x=0.14)
        low = min((line.get_ydata()[-1] for line in panel.get_lines()), default=0)
        panel.set_ylim(low - 2, low + (40 if title == "binarized" else 90))
        panel.spines[["top", "right"]].set_visible(False)
        if panel.get_lines():
            panel.legend(frameon=False, fontsize=8)
    figure.savefig(path, dpi=120, metadata={"Software": None})


def main() -> None:
    """Measure the yardsticks that are named, and print or write the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="what to train and measure: " + ", ".join(YARDSTICKS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--out", type=Path, default=Path("runs/yardsticks"), help="a folder for the runs")
    parser.add_argument("--draws", type=int, default=5000, help="of the importance-weighted bound")
    parser.add_argument("--items", type=int, default=10_000, help="test images for the bound")
    parser.add_argument("--results", type=Path, default=RESULTS, help="file of the results")
    parser.add_argument("--write", action="store_true", help="write the table and the curves into docs/results.md")
    options = parser.parse_args()
    if unknown := set(options.names) - set(YARDSTICKS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    for name in options.names:
        for seed in options.seeds:
            result = measure(name, seed, options.out, options.draws, options.items)
            results = read(options.results)
            others = [run for run in results.get(name, []) if run["seed"] != seed]
            results[name] = sorted([*others, result], key=lambda run: run["seed"])
            ordered = {key: results[key] for key in YARDSTICKS if key in results}
            options.results.write_text(json.dumps(ordered, indent=1) + "\n", "utf-8")
            print(name, {key: value for key, value in result.items() if key != "curve"}, flush=True)
    results = read(options.results)
    if options.write:
        draw(results, CURVES)
    markdown.put("yardsticks", table(results), write=options.write, into=PAGE)


if __name__ == "__main__":
    main()
