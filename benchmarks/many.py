"""Compare models trained together with the same models trained by one command each.

python -m benchmarks.many [--models 4] [--epochs 5] [--rounds 3]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks import markdown


def _train(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "zukan", "train", *words], check=True, stdout=subprocess.DEVNULL)


def measure(models: int = 4, epochs: int = 5, rounds: int = 3) -> str:
    """Time both ways in turns; return a table, and the largest difference between their weights."""
    from zukan import Run

    together, apart = [], []
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(rounds + 1):  # the first turn fills the cache of programs and does not count
            many, single = Path(folder) / f"many-{turn}", Path(folder) / f"single-{turn}"
            start = time.perf_counter()
            _train("--epochs", str(epochs), "--seeds", str(models), "--out", str(many))
            between = time.perf_counter()
            for seed in range(models):
                _train("--epochs", str(epochs), "--seed", str(seed), "--out", str(single / f"seed={seed}"))
            if turn:
                together.append(between - start)
                apart.append(time.perf_counter() - between)
        difference = max(float(np.abs(one - other).max()) for seed in range(models) for one, other in zip(
            *(Run.open(way / f"seed={seed}").model.get_weights() for way in (many, single)), strict=True))
    base = statistics.median(together)
    rows = [[name, f"{statistics.median(seconds):.1f}", f"{min(seconds):.1f}", f"{max(seconds):.1f}",
             f"{statistics.median(seconds) / base:.2f}×"]
            for name, seconds in ((f"`zukan train --seeds {models}`", together), (f"{models} × `zukan train`", apart))]
    return (f"Seconds for whole commands, {models} models of {epochs} epochs each, in turns.\n\n"
            + markdown.table(["", "median", "min", "max", "ratio"], rows)
            + f"\nLargest difference of a weight between the two: {difference:.1e}.\n")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=4)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(measure(options.models, options.epochs, options.rounds), markdown.machine("cpu"), sep="\n")


if __name__ == "__main__":
    main()
