"""Train on images before and after: the tutorial's model, a small convolutional one, and a preset made for them.

    python -m benchmarks.photos [--minutes 10] [--seeds 3] [--write]
    python -m benchmarks.photos --fashion /usr/share/datasets/fashion-mnist [--minutes 10] [--seeds 3] [--write]

The images are patches of the photographs of scikit-image, which `benchmarks.photo_patches` cuts, or Fashion-MNIST, for
example from Debian's package dataset-fashion-mnist. Every model trains for the same time. ``--write`` puts the table
and the picture into docs/results.md.
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
from zukan.evaluation.bound import bits_per_dimension, log_volume

PAGE, PICTURES = ROOT / "docs" / "results.md", ROOT / "docs" / "images"
SHOWN, WIDTH = 12, 64  # images in a row of a picture, and the least width of each in pixels
RECIPES: dict[str, dict[str, dict[str, Any]]] = {
    "photos": {"`--preset tutorial`": {"preset": "tutorial"},
               "`--encoder conv --latent-dim 16`": {"encoder": "conv", "latent_dim": 16},
               "nothing given: the preset `photos`": {}},
    "fashion": {"nothing given: the preset `tutorial`": {},
                "`--encoder conv --latent-dim 16`": {"encoder": "conv", "latent_dim": 16},
                "`--preset sharp`": {"preset": "sharp"}}}
COMPONENTS = {"photos": (128, 512), "fashion": (2, 24)}
FRECHET = {"reconstructions": "Fréchet distance of reconstructions", "samples": "of samples"}
HEAD = ["RMSE", "PSNR, dB", "bits per dimension", *FRECHET.values()]


def measure(run: zukan.Run, x: np.ndarray, classifier: Path | None) -> dict[str, float]:
    """Return the errors of reconstructions of ``x``, bits per dimension, and Fréchet distances to the test images.

    The images have shape (n, height, width, channels) and lie in [0, 1]. ``classifier`` is a run that has trained one.
    """
    result, test = errors(x, np.asarray(run.model.reconstruct(x))), run.metrics["test"]
    if "bits_per_dimension" in test:
        result["bits per dimension"] = test["bits_per_dimension"]
    elif run.recipe.likelihood != "bernoulli":  # a density in [0, 1]; a level is 1/255 wide
        result["bits per dimension"] = bits_per_dimension(test["bound"], x[0].size, log_volume(255, x[0].size))
    generated = zukan.evaluate(run, only="generation", classifier=classifier)["generation"]
    distances = {head: generated[name]["frechet"] for name, head in FRECHET.items()}
    return {**result, **distances, "training": generated["training"]["frechet"]}


def errors(x: np.ndarray, again: np.ndarray) -> dict[str, float]:
    """Return the root mean square error, and the peak signal-to-noise ratio averaged over the images."""
    squared = np.square(again - x).mean(axis=(1, 2, 3), dtype="float64")
    return {"RMSE": math.sqrt(squared.mean()), "PSNR, dB": float(-10 * np.log10(squared).mean())}


def components(train: np.ndarray, x: np.ndarray, count: int) -> np.ndarray:
    """Return ``x`` as the first principal components of every second training image make it."""
    flat = train[::2].reshape(len(train[::2]), -1)
    mean = flat.mean(axis=0)
    _, _, directions = randomized_svd(flat - mean, count, n_iter=2, random_state=0)
    return ((x.reshape(len(x), -1) - mean) @ directions.T @ directions + mean).reshape(x.shape)


def picture(path: Path, x: np.ndarray, rows: list[np.ndarray]) -> None:
    """Draw test images in the first row, and the other rows below it."""
    images = np.stack([x, *rows]).clip(0, 1)
    scale = -(-WIDTH // images.shape[3])
    images = (255 * images).round().astype(np.uint8).repeat(scale, axis=2).repeat(scale, axis=3)
    sheet = np.concatenate(np.concatenate(images, axis=1), axis=1)
    Image.fromarray(sheet.squeeze()).save(path, optimize=True)


def main() -> None:
    """Train the models, and print or write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fashion", type=Path, help="a folder or file of Fashion-MNIST, in place of the photographs")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    name, source = ("fashion", options.fashion) if options.fashion else ("photos", patches())
    data = zukan.data.load(source)
    x = data.test.x[:]
    chosen = np.random.default_rng(0).choice(len(x), SHOWN, replace=False)
    rows = [_row([f"{count} principal components", str(count), "–", "–"],
                 [errors(x, components(data.train.x[:], x, count))]) for count in COMPONENTS[name]]
    again, new, classifier = [], [], None
    with tempfile.TemporaryDirectory() as folder:
        for number, (recipe, fields) in enumerate(RECIPES[name].items()):
            start, results = time.perf_counter(), []
            for seed in range(options.seeds):
                run = zukan.train(source, out=Path(folder) / f"{number}-{seed}", minutes=options.minutes, seed=seed,
                                  log=print, **fields)
                results.append(measure(run, x, classifier))
                classifier = classifier or run.path
                print(recipe, results[-1], f"{(time.perf_counter() - start) / 60:.1f} min", flush=True)
                if seed == 0:
                    again.append(np.asarray(run.model.reconstruct(x[chosen])))
                    new.append(np.asarray(run.model.sample(SHOWN)))
            rows.append(_row([recipe, str(run.recipe.latent_dim), f"{run.model.count_params():,}",
                              str(run.recipe.epochs)], results))
    rows.append(_row(["as many training images", "–", "–", "–"], [{FRECHET["samples"]: results[0]["training"]}]))
    seeds = "seed 0" if options.seeds == 1 else f"means and standard deviations over {options.seeds} seeds"
    text = (f"{len(data.train.x):,} training and {len(x):,} test images of {'×'.join(map(str, x.shape[1:]))}; "
            f"{options.minutes:g} minutes of training for each model; {seeds}.\n\n"
            f"{markdown.table(['recipe', 'values of z', 'weights', 'epochs', *HEAD], rows)}\n{markdown.machine('cpu')}")
    if options.write:
        picture(PICTURES / f"{name}.png", x[chosen], [*again, *new])
    markdown.put(name, text, write=options.write, into=PAGE)


def _row(first: list[str], results: list[dict[str, float]]) -> list[str]:
    """Return a row of the table: ``first``, then the mean of each result with its standard deviation, or a dash."""
    values = {name: [one[name] for one in results if name in one] for name in HEAD}
    spread = {name: f" ± {np.std(one, ddof=1):.2g}" if len(one) > 1 else "" for name, one in values.items()}
    return [*first, *(f"{np.mean(one):.4g}{spread[name]}" if one else "–" for name, one in values.items())]


if __name__ == "__main__":
    main()
