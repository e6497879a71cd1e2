"""Write an export for every posterior, prior and likelihood: ``python members.py OUT [NAME ...]``.

Each folder OUT/KIND-NAME is the page of a small run on 14 × 14 images of digits, or on a table. ``npm run members OUT``
opens them all.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

import zukan
from zukan import commands
from zukan.likelihoods import likelihoods
from zukan.posteriors import posteriors
from zukan.priors import priors
from zukan.report import atlas

CONV = {"encoder": {"name": "conv", "filters": [8, 8], "kernel_size": 3}}
CATEGORICAL = {"posterior": {"name": "categorical", "classes": 5}, "latent_dim": 20, "prior": "categorical"}
RUNS: dict[str, dict[str, Any]] = {
    "posterior-normal": {"latent_dim": 5}, "posterior-full": {"latent_dim": 3}, "posterior-laplace": {},
    "posterior-planar": {"posterior": {"name": "planar", "flows": 2}},
    "posterior-iaf": {"posterior": {"name": "iaf", "flows": 2, "units": [8]}},
    "posterior-realnvp": {"posterior": {"name": "realnvp", "flows": 2, "units": [8]}},
    "posterior-hamiltonian": {"posterior": {"name": "hamiltonian", "steps": 2}},
    "posterior-delta": {"posterior": "delta", "objective": "reconstruction"},
    "posterior-categorical": CATEGORICAL,
    "posterior-joint": {"posterior": {"name": "joint", "classes": 10}, "prior": "joint", "latent_dim": 13},
    "posterior-vq": {"posterior": {"name": "vq", "entries": 16}, "prior": "categorical", "latent_dim": 32} | CONV,
    "posterior-fsq": {"posterior": {"name": "fsq", "levels": [5, 5, 3]}, "prior": "categorical", "latent_dim": 3},
    "posterior-lfq": {"posterior": {"name": "lfq", "bits": 4}, "prior": "categorical", "latent_dim": 8},
    "posterior-spatial": {"posterior": "spatial", "latent_dim": 32} | CONV,
    "posterior-sphere": {"posterior": "sphere", "prior": "sphere", "latent_dim": 3},
    "posterior-poincare": {"posterior": "poincare", "prior": "poincare"},
    "posterior-ladder": {"posterior": {"name": "ladder", "widths": [2, 4]}, "prior": "ladder", "latent_dim": 6},
    "prior-normal": {"latent_dim": 1}, "prior-mixture": {"prior": {"name": "mixture", "components": 5}},
    "prior-vamp": {"prior": {"name": "vamp", "components": 20}},
    "prior-realnvp": {"prior": {"name": "realnvp", "flows": 2, "units": [8]}, "latent_dim": 4},
    "prior-maf": {"prior": {"name": "maf", "flows": 2, "units": [8]}, "condition": "label"},
    "prior-two-stage": {"posterior": "delta", "objective": "reconstruction",
                        "prior": {"name": "two-stage", "units": [8]}},
    "prior-conditional": {"prior": "conditional", "condition": "label"},
    "prior-categorical": CATEGORICAL | {"prior": {"name": "categorical", "learned": True}, "condition": "label"},
    "prior-autoregressive": CATEGORICAL | {"prior": {"name": "autoregressive", "units": 8, "depth": 1, "heads": 2}},
    "prior-pixelcnn": {"posterior": {"name": "vq", "entries": 8}, "prior": {"name": "pixelcnn", "units": 4, "depth": 2},
                       "latent_dim": 32} | CONV,
    "prior-joint": {"posterior": {"name": "joint", "classes": 4, "discrete": 2}, "latent_dim": 10,
                    "prior": {"name": "joint", "real": "mixture", "discrete": "autoregressive"}},
    "prior-sphere": {"posterior": {"name": "sphere", "spheres": 2}, "prior": "sphere", "latent_dim": 6},
    "prior-poincare": {"posterior": "poincare", "prior": {"name": "poincare", "curvature": 0.5}, "latent_dim": 3},
    "prior-ladder": {"posterior": {"name": "ladder", "widths": [2, 2, 2]}, "prior": "ladder", "latent_dim": 6},
    **{f"likelihood-{name}": {"likelihood": name} for name in likelihoods.members
       if name not in {"mixed", "categorical"}},
    "likelihood-categorical": {"likelihood": {"name": "categorical", "width": 3}},
    "likelihood-mixed": {"latent_dim": 3}, "likelihood-mixed-conditional": {"condition": "group"},
}
# The data of likelihoods that do not take numbers from 0 to 1.
DATA = {"likelihood-poisson": lambda x: np.rint(20 * x), "likelihood-negative-binomial": lambda x: np.rint(20 * x),
        **dict.fromkeys(("likelihood-logistic-mixture", "likelihood-categorical"),
                        lambda x: np.rint(255 * x).astype("uint8"))}
TRAINED, HELD_OUT = 600, 60


def digits() -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Return 14 × 14 images of digits and their labels, for training and for the test."""
    mnist = zukan.data.load("mnist")
    return tuple((part.x[:n].reshape(n, 14, 2, 14, 2, 1).mean((2, 4)), part.y[:n])  # type: ignore[return-value]
                 for part, n in ((mnist.train, TRAINED), (mnist.test, HELD_OUT)))


def write_table(file: Path) -> Path:
    """Write a table with columns of every kind, names of every length, and gaps."""
    draw, n = np.random.default_rng(2), 400
    size, gaps = draw.normal(size=n), draw.random((6, n)) < 0.1
    columns = {"length": (10 + 2 * size).round(1), "income_before_taxes_and_transfers_2024": np.exp(3 + size).round(2),
               "visits": draw.poisson(np.exp(size / 2)), "member": np.array(["true", "false"])[(size > 0) * 1],
               "group": np.array(["a", "b", "c"])[np.clip(size + 1.5, 0, 2).astype(int)],
               "day": np.datetime64("2020-01-01") + (100 * size).astype("timedelta64[D]")}
    rows = zip(*(np.where(gap & (name != "group"), "", column.astype(str))
                 for gap, (name, column) in zip(gaps, columns.items(), strict=True)), strict=True)
    file.write_text("\n".join(",".join(row) for row in (columns, *rows)), "utf-8")
    return file


def main(out: Path, wanted: list[str]) -> None:
    """Train and export the runs; figures and report are left out."""
    atlas.draw, atlas.page = (lambda *_: {}), (lambda *_: "")  # type: ignore[assignment]
    missing = {f"{registry.kind}-{name}" for registry in (posteriors, priors, likelihoods)
               for name in registry.members} - set(RUNS)
    if missing:
        raise SystemExit(f"RUNS must have a run for every member; add {', '.join(sorted(missing))}")
    parts = digits()
    with tempfile.TemporaryDirectory() as folder:
        for name, recipe in RUNS.items():
            if wanted and name not in wanted:
                continue
            data: Any = tuple((DATA.get(name, np.asarray)(x), y) for x, y in parts)
            table = write_table(Path(folder) / "table.csv") if "mixed" in name else None
            options = {"columns": {"visits": "count"}} if table else {}
            run = zukan.train(table or data, out=Path(folder) / name, epochs=15, batch_size=32,
                              **{"encoder": {"name": "mlp", "units": [64]}, **recipe}, **options)
            commands.explore(run.path, export=out / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
