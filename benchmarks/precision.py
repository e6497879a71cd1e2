"""Measure what each precision costs in nats and gains in time: the tutorial's model, with the same seeds.

    python -m benchmarks.precision [--device gpu] [--epochs 20] [--seeds 3] [--network dense] [--write]

Each precision is trained in a process of its own, so that its peak of device memory can be read.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks import here, markdown
from benchmarks.results import Results


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=["cpu", "gpu"], default="cpu")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--network", choices=["dense", "conv"], default="dense")
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--images", type=int, help="of MNIST; by default all")
    parser.add_argument("--limit", type=float, default=600, help="seconds that a precision may take")
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = Results(Path(folder) / "results.jsonl")
        peers = here.precisions(options.device, options.network, options.batch_size, options.epochs, options.images,
                                options.seeds)
        here.measure(peers, ["precision"], results, options.device, options.limit)
        text = here.table("precision", results)
    if text:
        markdown.put("precision" if options.device == "cpu" else "precision-gpu", text, write=options.write)


if __name__ == "__main__":
    main()
