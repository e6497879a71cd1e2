"""How like real digits the images of the models in zukan are: ``python -m benchmarks.generation --write``."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

import zukan
from benchmarks import markdown
from benchmarks.environments import ROOT
from zukan.runs.demos import DEMOS

PAGE = ROOT / "docs" / "results.md"
BALLS = ("precision", "recall", "density", "coverage")


def table() -> str:
    """Return a table of the distances between the test images of MNIST and the images of each model."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name in DEMOS:
            copy = shutil.copytree(zukan.demo(name).path, Path(folder) / name)  # the classifier is kept in the run
            result = zukan.evaluate(copy, only=["generation"])["generation"]
            print(name, result, flush=True)
            if not rows:
                rows.append(_row("training images", result["training"]))
            rows += [_row(f"`{name}`, {part}", result[part]) for part in ("samples", "reconstructions")]
    title = f"{result['items']:,} images, a classifier with accuracy {result['classifier']['accuracy']:.3f}"
    return markdown.table([title, "Fréchet distance", *BALLS], rows)


def _row(name: str, part: dict[str, float]) -> list[str]:
    return [name, f"{part['frechet']:.1f}", *(f"{part[key]:.3f}" for key in BALLS)]


def main() -> None:
    """Measure, print and, with ``--write``, put the table into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into docs/results.md")
    markdown.put("generation", table(), write=parser.parse_args().write, into=PAGE)


if __name__ == "__main__":
    main()
