"""Disentanglement on shapes: ``python -m benchmarks.disentanglement --write``."""

from __future__ import annotations

import argparse
import functools
from pathlib import Path
from statistics import mean
from typing import Any

import zukan
from benchmarks import markdown
from benchmarks.environments import ROOT
from benchmarks.trainings import trained

PAGE = ROOT / "docs" / "results.md"
FIELDS: dict[str, Any] = {"latent_dim": 10, "encoder": {"name": "mlp", "units": [512, 256]}, "batch_size": 128}
OBJECTIVES: dict[str, Any] = {
    "β-VAE, β = 1 (the ELBO)": {"name": "elbo"}, "β-VAE, β = 4": {"name": "elbo", "beta": 4.0},
    "β-TCVAE, β = 6": {"name": "beta-tc", "beta": 6.0}, "FactorVAE, γ = 10": {"name": "factor", "gamma": 10.0}}
SCORES = {"MIG": "mig", "SAP": "sap", "DCI disentanglement": "disentanglement", "DCI completeness": "completeness",
          "FactorVAE score": "factor_vae"}
say = functools.partial(print, flush=True)


def shapes(folder: Path, epochs: int, seeds: int) -> str:
    """Return a table of the scores of each objective, with the smallest and the largest over the seeds."""
    rows = []
    for number, (name, objective) in enumerate(OBJECTIVES.items()):
        results = []
        for seed in range(seeds):
            run = trained("shapes", folder / f"shapes-{number}-{seed}", seed=seed, epochs=epochs, objective=objective,
                          **FIELDS)
            results.append(zukan.evaluate(run, only=["elbo", "factors"]))
            say(name, seed, results[-1]["elbo"]["elbo"], {key: results[-1]["factors"][key] for key in SCORES.values()})
        scores = [[result["factors"][key] for result in results] for key in SCORES.values()]
        rows.append([name, f"{-mean(result['elbo']['elbo'] for result in results):.1f}", *map(spread, scores)])
    return markdown.table(["objective", "−ELBO", *SCORES], rows)


def spread(values: list[float]) -> str:
    """Return the mean, and the range if there are several values."""
    ends = f" ({min(values):.2f}–{max(values):.2f})" if len(values) > 1 else ""
    return f"{mean(values):.2f}{ends}"


def main() -> None:
    """Measure, print and, with ``--write``, put the table into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into docs/results.md")
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=Path("runs/benchmark"), help="a folder for the runs")
    options = parser.parse_args()
    result = shapes(options.out, options.epochs, options.seeds) + "\n" + markdown.machine("cpu")
    markdown.put("disentanglement", result, write=options.write, into=PAGE)


if __name__ == "__main__":
    main()
