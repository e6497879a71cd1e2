"""Models trained together against the same models trained one command after another.

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

from benchmarks import tables


def _train(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "zukan", "train", *words], check=True, stdout=subprocess.DEVNULL)


def measure(models: int = 4, epochs: int = 5, rounds: int = 3) -> str:
    """Return a table of both ways, in turns, and how far the weights are apart."""
    from zukan import Run

    together, apart = [], []
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(rounds + 1):  # the first one's programs are kept, so that neither way pays for them
            many, single = Path(folder) / f"many-{turn}", Path(folder) / f"single-{turn}"
            start = time.perf_counter()
            _train("--epochs", str(epochs), "--seeds", str(models), "--out", str(many))
            between = time.perf_counter()
            for seed in range(models):
                _train("--epochs", str(epochs), "--seed", str(seed), "--out", str(single / f"seed={seed}"))
            together += [between - start] * bool(turn)
            apart += [time.perf_counter() - between] * bool(turn)
        differ = max(float(np.abs(one - other).max()) for seed in range(models) for one, other in zip(
            *(Run.open(way / f"seed={seed}").model.get_weights() for way in (many, single)), strict=True))
    base = statistics.median(together)
    rows = [[name, f"{statistics.median(taken):.1f}", f"{min(taken):.1f}", f"{max(taken):.1f}",
             f"{statistics.median(taken) / base:.2f}×"]
            for name, taken in ((f"`zukan train --seeds {models}`", together), (f"{models} × `zukan train`", apart))]
    return (f"Seconds of whole commands, {models} models, {epochs} epochs each, in turns.\n\n"
            + tables.table(["", "median", "min", "max", "ratio"], rows)
            + f"\nLargest difference of a weight between the two ways: {differ:.1e}.\n")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=4)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    print(measure(given.models, given.epochs, given.rounds), tables.machine("cpu"), sep="\n")


if __name__ == "__main__":
    main()
