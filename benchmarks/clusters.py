"""Measure the clusters of the explorer on the codes of the demo runs, beside HDBSCAN, and their time.

    python -m benchmarks.clusters [--write]

The adjusted Rand index compares the clusters with the digits, which neither method sees. HDBSCAN gets the same 10 000
codes and its best ``min_cluster_size`` of three; the codes that it calls noise count as one cluster.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from sklearn.cluster import HDBSCAN
from sklearn.metrics import adjusted_rand_score

import zukan
from benchmarks import markdown
from zukan.evaluation.density_tree import SAMPLE, clusters
from zukan.runs.data import reload

COUNTS = (10_000, 70_000, 200_000, 1_000_000)
SIZES = (30, 100, 300)


def measure() -> str:
    """Return the two tables."""
    agreement, codes = [], np.zeros((0, 0))
    for name in ("map", "sharp"):
        run = zukan.demo(name)
        dataset = reload(run).drawn_once
        codes = np.concatenate([run.model.encode(split.x, batch_size=1024) for split in (dataset.train, dataset.test)])
        digits = np.concatenate([dataset.train.y, dataset.test.y])
        scales = clusters(codes)
        some = np.random.default_rng(0).choice(len(codes), SAMPLE, replace=False)
        flat = [HDBSCAN(min_cluster_size=size, copy=True).fit_predict(codes[some]) for size in SIZES]
        best = max(flat, key=lambda labels: adjusted_rand_score(digits[some], labels))
        agreement.append([f"`{name}`, {codes.shape[1]} dimensions",
                          " · ".join(str(labels.max() + 1) for labels in scales),
                          " · ".join(f"{adjusted_rand_score(digits, labels):.2f}" for labels in scales),
                          f"{adjusted_rand_score(digits[some], best):.2f}", f"{100 * (best < 0).mean():.0f} %"])
    rows = []
    draw = np.random.default_rng(0)
    for count in COUNTS:
        many = codes[draw.integers(len(codes), size=count)] + draw.normal(0, 0.1, (count, codes.shape[1]))
        start = time.perf_counter()
        clusters(many.astype("float32"))
        rows.append([f"{count:,}", f"{time.perf_counter() - start:.1f}"])
    return (markdown.table(["codes", "clusters, by scale", "adjusted Rand index", "of HDBSCAN", "its noise"], agreement)
            + "\n" + markdown.table(["codes in 16 dimensions", "seconds"], rows) + f"\n{markdown.machine('cpu')}\n")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md")
    markdown.put("clusters", measure(), write=parser.parse_args().write)


if __name__ == "__main__":
    main()
