"""Train on patches of photographs before and after: the tutorial's model, a small convolutional one, the preset photos.

    python -m benchmarks.photos [--minutes 10] [--seeds 3] [--write]

Needs scikit-image, whose photographs are cut into patches by `benchmarks.photo_patches`. Every model trains for the
same time. ``--write`` puts the table and the picture into docs/results.md.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from sklearn.utils.extmath import randomized_svd

import zukan
from benchmarks import markdown
from benchmarks.environments import ROOT
from benchmarks.photo_patches import patches

PAGE, PICTURE = ROOT / "docs" / "results.md", ROOT / "docs" / "images" / "photos.png"
SHOWN = 12
RECIPES: dict[str, dict[str, Any]] = {
    "`--preset tutorial`": {"preset": "tutorial"},
    "`--encoder conv --latent-dim 16`": {"encoder": "conv", "latent_dim": 16},
    "nothing given: the preset `photos`": {}}


def measure(run: zukan.Run, x: np.ndarray) -> dict[str, float]:
    """Return the errors of reconstructions of ``x``, shape (n, height, width, 3) in [0, 1], and bits per dimension."""
    result = errors(x, np.asarray(run.model.reconstruct(x)))
    if run.recipe.likelihood != "bernoulli":  # a density in [0, 1]; a level is 1/255 wide
        nats = -run.metrics["test"]["bound"] / x[0].size + math.log(255)
        result["bits per dimension"] = nats / math.log(2)
    return result


def errors(x: np.ndarray, again: np.ndarray) -> dict[str, float]:
    """Return the root mean square error, and the peak signal-to-noise ratio averaged over the images."""
    squared = np.square(again - x).mean(axis=(1, 2, 3), dtype="float64")
    return {"RMSE": math.sqrt(squared.mean()), "PSNR, dB": float(-10 * np.log10(squared).mean())}


def components(train: np.ndarray, x: np.ndarray, count: int) -> np.ndarray:
    """Return ``x`` as the first principal components of every second training image make it."""
    flat = train[::2].reshape(len(train[::2]), -1).astype("float32") / 255
    mean = flat.mean(axis=0)
    _, _, directions = randomized_svd(flat - mean, count, n_iter=2, random_state=0)
    return ((x.reshape(len(x), -1) - mean) @ directions.T @ directions + mean).reshape(x.shape)


def picture(x: np.ndarray, rows: list[np.ndarray]) -> None:
    """Draw test patches in the first row, and below it what each model makes of them."""
    images = np.stack([x, *rows]).clip(0, 1)
    sheet = (255 * images.transpose(0, 2, 1, 3, 4)).round().astype(np.uint8)
    sheet = sheet.reshape(len(images) * x.shape[1], len(x) * x.shape[2], 3)
    Image.fromarray(sheet).save(PICTURE, optimize=True)


def main() -> None:
    """Train the models, and print or write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    data = patches()
    x = (data["x_test"] / np.float32(255)).astype(np.float32)
    chosen = np.random.default_rng(0).choice(len(x), SHOWN, replace=False)
    linear = {count: errors(x, components(data["x_train"], x, count)) for count in (128, 512)}
    table, drawn = [[f"{count} principal components", str(count), "–", "–", *(f"{value:.4g}" for value in one.values()),
                     "–"] for count, one in linear.items()], []
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, fields) in enumerate(RECIPES.items()):
            start, results = time.perf_counter(), []
            for seed in range(options.seeds):
                run = zukan.train(data, out=Path(folder) / f"{number}-{seed}", minutes=options.minutes, seed=seed,
                                  log=print, **fields)
                results.append(measure(run, x))
                print(name, results[-1], f"{(time.perf_counter() - start) / 60:.1f} min", flush=True)
                if seed == 0:
                    drawn.append(np.asarray(run.model.reconstruct(x[chosen])))
            table.append([name, str(run.recipe.latent_dim), f"{run.model.count_params():,}", str(run.recipe.epochs),
                          *(_cell([one[key] for one in results if key in one])
                            for key in ("RMSE", "PSNR, dB", "bits per dimension"))])
    head = ["recipe", "values of z", "weights", "epochs", "RMSE", "PSNR, dB", "bits per dimension"]
    seeds = "seed 0" if options.seeds == 1 else f"means and standard deviations over {options.seeds} seeds"
    text = (f"{len(data['x_train']):,} training and {len(x):,} test patches of 64×64×3; {options.minutes:g} minutes "
            f"of training for each model; {seeds}.\n\n"
            f"{markdown.table(head, table)}\n{markdown.machine('cpu')}")
    if options.write:
        picture(x[chosen], drawn)
    markdown.put("photos", text, write=options.write, into=PAGE)


def _cell(values: list[float]) -> str:
    """Return a mean with its standard deviation; a dash without values."""
    if not values:
        return "–"
    spread = f" ± {np.std(values, ddof=1):.2g}" if len(values) > 1 else ""
    return f"{np.mean(values):.4g}{spread}"


if __name__ == "__main__":
    main()
