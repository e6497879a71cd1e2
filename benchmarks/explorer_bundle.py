"""Write a bundle of the explorer with any number of synthetic items, without training: measure how long the page takes.

``python -m benchmarks.explorer_bundle 1000000 OUT`` writes images of 32 x 32 pixels in ten classes, with codes, scores
and thumbnails, through the functions that write a run's bundle. The networks are not trained. It prints the seconds,
the size and the peak of the memory, and writes them to ``written.json`` for ``web/scripts/measure.mjs``, which measures
the page.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import zukan
from zukan.explorer import arrays, first, item_files, thumbnails

CLASSES = 10


def codes(count: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return codes on a plane, in curved clusters that touch, and their classes."""
    labels = generator.integers(0, CLASSES, count, dtype="i4")
    angle = 2 * np.pi * labels / CLASSES + generator.normal(0, 0.2, count)
    radius = 2 + generator.normal(0, 0.35, count) + 0.6 * np.sin(3 * angle)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1).astype("f4"), labels


def images(means: np.ndarray, side: int, size: int) -> Iterator[np.ndarray]:
    """Yield bytes of images, ``size`` at a time: a bright spot at the place of the code, and a line of its angle."""
    y, x = np.mgrid[0:side, 0:side].astype("f4") / side - 0.5
    for start in range(0, len(means), size):
        z = means[start : start + size, :, None, None]
        spot = np.exp(-((x - z[:, 0] / 8) ** 2 + (y + z[:, 1] / 8) ** 2) / 0.01)
        line = np.exp(-((x * z[:, 1] + y * z[:, 0]) ** 2) / 0.02)
        yield (255 * np.clip(spot + 0.4 * line, 0, 1)).astype("u1")[..., None]


def write(count: int, folder: Path, side: int) -> None:
    """Write the bundle."""
    means, labels = codes(count, np.random.default_rng(0))
    data, shape = folder / "data", (side, side, 1)
    zukan.export.write(zukan.VAE(shape), folder / "models")
    score = 100 + np.linalg.norm(means, axis=1)
    for name, array in {"means.f32": means, "log_var.f32": np.full_like(means, -4), "score.f32": score.astype("f4"),
                        "labels.i32": labels, "rows.i32": np.arange(count, dtype="i4")}.items():
        arrays.write(data / name, array)
    per_file = item_files.per_file(shape)
    content = {
        "format_version": 1, "name": f"{count:,} synthetic items", "event_shape": shape, "latent_dim": 2,
        "count": count,
        "layout": [{"kind": "real", "size": 2}], "range": [0, 1], "missing": False,
        "splits": [{"name": "train", "count": count - count // 10}, {"name": "test", "count": count // 10}],
        "classes": {"names": [f"class {k}" for k in range(CLASSES)], "overlaps": []}, "condition": None,
        "dimensions": [{"index": k, "variance": 2, "kl": 2, "active": True} for k in range(2)], "pca": None,
        "log_var": True, "score": True, "umap": False, "codebook": False, "names": False,
        "items": {"per_file": per_file}, "piece_bytes": arrays.PIECE, "metrics": {}, "licence": None, "table": None}
    plane, coords = first.opening(content, means)
    content["first"] = first.write(data, plane, coords, labels)
    content["thumbnails"] = thumbnails.write(data, images(means, side, per_file), shape, coords, missing=False)
    (folder / "atlas.json").write_text(json.dumps(content), "utf-8")


def main() -> None:
    """Write the bundle and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("out", type=Path, help="a new folder")
    parser.add_argument("--side", type=int, default=32, help="pixels of an image (default 32)")
    given = parser.parse_args()
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    write(given.count, given.out, given.side)
    seconds, peak = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    files = [file.stat().st_size for file in (given.out / "data").iterdir()]
    sheets = sum(file.stat().st_size for file in (given.out / "data").glob("sheet-*"))
    written = {"seconds": seconds, "files": len(files), "megabytes": sum(files) / 1e6, "thumbnails": sheets / 1e6,
               "memory": peak / 1024, "before": before / 1024}
    (given.out / "written.json").write_text(json.dumps(written), "utf-8")
    print(f"{given.count:,} items: {seconds:.1f} s, {len(files):,} files, {sum(files) / 1e6:.1f} MB, "
          f"of which {sheets / 1e6:.1f} MB thumbnails; "
          f"memory {before / 1024:.0f} MB before, {peak / 1024:.0f} MB at most")


if __name__ == "__main__":
    main()
