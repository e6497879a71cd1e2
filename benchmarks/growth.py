"""Measure how cost grows: the time of an epoch with the number of images, memory with the number of epochs.

python -m benchmarks.growth [--rounds 3] [--epochs 40]
"""

from __future__ import annotations

import argparse
import statistics

import matplotlib as mpl
import numpy as np

from benchmarks import markdown
from benchmarks.environments import OURS
from benchmarks.processes import Peer, alternate, started

IMAGES = (5_000, 15_000, 60_000)
FIGURE = markdown.PAGE.parent / "images" / "growth.png"


def measure(rounds: int, epochs: int, device: str, *, draw: bool) -> str:
    """Measure, draw the figure of the page if ``draw`` is set, and return a table."""
    seconds: dict[int, list[float]] = {}
    with started([Peer(f"{images}", OURS, "ours", {"images": images}) for images in IMAGES], "trainer", device,
                 batch_size=64, network="dense") as (ready, _):
        by_name, _ = alternate(ready, rounds, 3)
        seconds = {int(name): times for name, times in by_name.items()}
        longest = ready[str(IMAGES[-1])]
        memory = [(0, longest.memory())]
        for done in range(5, epochs + 1, 5):
            longest.turn(4)
            memory.append((done, longest.memory()))
    medians = {images: statistics.median(times) for images, times in seconds.items()}
    slope, start = np.polyfit(list(medians), list(medians.values()), 1)
    rows = [[f"{images:,}", f"{median:.3f}", f"{min(seconds[images]):.3f}", f"{max(seconds[images]):.3f}",
             f"{median / images * 1e6:.1f}"] for images, median in medians.items()]
    if draw:
        _draw(medians, slope, start, memory)
    return (markdown.table(["images", "seconds per epoch", "min", "max", "µs per image"], rows)
            + f"\nLinear fit: {start:.3f} s + {slope * 1e6:.1f} µs per image. Memory of the process with "
            f"60,000 images: {memory[1][1]:.3f} GiB after 5 more epochs, {memory[-1][1]:.3f} GiB after "
            f"{memory[-1][0]} more epochs.\n")


def _draw(medians: dict[int, float], slope: float, start: float, memory: list[tuple[int, float]]) -> None:
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    left.plot([0, IMAGES[-1]], [start, start + slope * IMAGES[-1]], color="0.75", label="straight line")
    left.plot(list(medians), list(medians.values()), "o", color="tab:blue", label="median epoch")
    left.set(xlabel="images", ylabel="seconds per epoch", xlim=(0, None), ylim=(0, None))
    left.legend(frameon=False)
    right.plot(*zip(*memory, strict=True), "o-", color="tab:blue")
    right.set(xlabel="epochs", ylabel="memory, GiB", xlim=(0, None), ylim=(0, 1.2 * max(gib for _, gib in memory)))
    figure.savefig(FIGURE, dpi=120, metadata={"Software": None})


def main() -> None:
    """Measure, draw and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=40)
    options = parser.parse_args()
    print(measure(options.rounds, options.epochs, "cpu", draw=True), markdown.machine("cpu"), sep="\n")


if __name__ == "__main__":
    main()
