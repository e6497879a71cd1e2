"""Measure what anomaly scores on MNIST catch and miss: ``python -m benchmarks.anomaly --write``."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import matplotlib as mpl
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from sklearn.datasets import load_sample_images
from sklearn.metrics import roc_auc_score

import zukan
from benchmarks import markdown
from benchmarks.environments import ROOT

PAGE = ROOT / "docs" / "anomaly.md"
def loss(vae: zukan.VAE, x: np.ndarray) -> np.ndarray:
    """Return minus the bound on log p(x) with 32 samples: the score with the entropy of the gray levels."""
    return -vae.log_likelihood(x, samples=32, batch_size=128)


SCORES = {"score, 32 samples": lambda vae, x: vae.score(x), "score, 1 sample": lambda vae, x: vae.score(x, samples=1),
          "reconstruction": lambda vae, x: vae.score(x, samples=1) - vae.kl_terms(x).sum(axis=1),
          "KL": lambda vae, x: vae.kl_terms(x).sum(axis=1), "loss, with entropy": loss}


def entropy(models: dict[str, tuple[zukan.VAE, np.ndarray]]) -> str:
    """Return how much of the loss is the entropy of the gray levels, and how both scores vary with it."""
    rows = []
    for name, (vae, x) in models.items():
        own, before, after = vae.likelihood.least_cost(x).reshape(len(x), -1).sum(axis=1), loss(vae, x), vae.score(x)
        rows.append([name, f"{before.mean():.1f}", f"{own.mean():.1f}", *(
            f"{np.corrcoef(own, values)[0, 1]:.3f}" for values in (before, after))])
    return markdown.table(["images", "loss, nats", "entropy, nats", "correlation of loss and entropy",
                         "correlation of score and entropy"], rows)


def model(x: np.ndarray, epochs: int) -> zukan.VAE:
    """Train the model of all tables: 784-256-16, batch 64, Adam."""
    vae = zukan.VAE(x.shape[1:], latent_dim=16)
    vae.compile(optimizer="adam")
    vae.fit(x, epochs=epochs, batch_size=64, verbose=0)
    return vae


def auroc(vae: zukan.VAE, usual: np.ndarray, strange: np.ndarray) -> list[float]:
    """Return the area under the ROC curve of each score, with the strange items as positives."""
    truth = np.repeat([0, 1], [len(usual), len(strange)])
    return [roc_auc_score(truth, np.concatenate([score(vae, usual), score(vae, strange)])) for score in SCORES.values()]


def held_out_digits(epochs: int) -> str:
    """Measure ten models, each trained without one digit."""
    mnist = zukan.data.load("mnist")
    rows, areas = [], []
    for digit in range(10):
        start = time.perf_counter()
        vae = model(mnist.train.x[mnist.train.y != digit], epochs)
        areas.append(auroc(vae, mnist.test.x[mnist.test.y != digit], mnist.test.x[mnist.test.y == digit]))
        rows.append([str(digit), *(f"{value:.3f}" for value in areas[-1])])
        print(rows[-1], f"{time.perf_counter() - start:.0f} s", flush=True)
    rows.append(["mean", *(f"{value:.3f}" for value in np.mean(areas, axis=0))])
    return markdown.table(["digit held out", *SCORES], rows)


def foreign(fashion: Path | None) -> dict[str, np.ndarray]:
    """Return sets of 28 x 28 gray images that are not digits, by name."""
    rng, mnist = np.random.default_rng(0), zukan.data.load("mnist")
    digits = mnist.test.x[:2000]
    sets = {"photo patches": patches(rng, 2000), "letters A–Z, printed": letters(),
            "digits upside down": digits[:, ::-1, ::-1], "digits inverted": 1 - digits,
            "uniform noise": rng.random(digits.shape, "float32"),
            "blank": np.zeros((200, 28, 28, 1), "float32") + rng.random((200, 1, 1, 1), "float32") * 0.02}
    if fashion is not None:
        sets = {"Fashion-MNIST, test": zukan.data.items(fashion)[0].x[-10_000:], **sets}
    return sets


def patches(rng: np.random.Generator, count: int) -> np.ndarray:
    """Return patches of scikit-learn's two photographs, halved in size."""
    photos = [np.asarray(Image.fromarray(photo).convert("L").reduce(2)) / np.float32(255)
              for photo in load_sample_images().images]
    images = []
    for _ in range(count):
        photo = photos[rng.integers(len(photos))]
        top, left = (rng.integers(side - 28) for side in photo.shape)
        images.append(photo[top : top + 28, left : left + 28])
    return np.array(images)[..., None]


def letters() -> np.ndarray:
    """Return the capital letters in the fonts of matplotlib, white on black, in three sizes."""
    images = []
    for path in sorted(Path(mpl.get_data_path(), "fonts", "ttf").glob("DejaVu*.ttf")):
        if "Display" in path.name:
            continue
        for size in (18, 20, 22):
            font = ImageFont.truetype(str(path), size)
            for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
                image = Image.new("L", (28, 28))
                ImageDraw.Draw(image).text((14, 14), letter, font=font, fill=255, anchor="mm")
                images.append(np.asarray(image) / np.float32(255))
    return np.array(images, "float32")[..., None]


def weakness(vae: zukan.VAE, usual: np.ndarray) -> str:
    """Measure a model of textured photo patches against digits, blank images and noise."""
    rng, digits = np.random.default_rng(2), zukan.data.load("mnist").test.x[:2000]
    blank = np.broadcast_to(rng.random((2000, 1, 1, 1), "float32"), digits.shape)
    return compared(vae, "foreign to photo patches", usual, {
        "digits of MNIST": digits, "blank, one gray level each": blank,
        "uniform noise": rng.random(digits.shape, "float32")})


def compared(vae: zukan.VAE, title: str, usual: np.ndarray, sets: dict[str, np.ndarray]) -> str:
    """Return a table of every score for each of the sets."""
    rows = [[name, *(f"{value:.3f}" for value in auroc(vae, usual, x))] for name, x in sets.items()]
    return markdown.table([title, *SCORES], rows)


def main() -> None:
    """Measure, print and, with ``--write``, put the tables into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/anomaly.md")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--fashion", type=Path, help="a folder or file of Fashion-MNIST, to measure it too")
    options = parser.parse_args()
    markdown.put("machine", markdown.machine("cpu"), write=options.write, into=PAGE)
    mnist, rng = zukan.data.load("mnist"), np.random.default_rng(1)
    digits = model(mnist.train.x, options.epochs)
    found = compared(digits, "foreign images", mnist.test.x, foreign(options.fashion))
    markdown.put("foreign", found, write=options.write, into=PAGE)
    photos, usual = model(patches(rng, 20_000), options.epochs), patches(rng, 2000)
    markdown.put("weakness", weakness(photos, usual), write=options.write, into=PAGE)
    markdown.put("entropy", entropy({"digits of MNIST": (digits, mnist.test.x), "photo patches": (photos, usual)}),
               write=options.write, into=PAGE)
    markdown.put("digits", held_out_digits(options.epochs), write=options.write, into=PAGE)


if __name__ == "__main__":
    main()
