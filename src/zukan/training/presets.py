"""Named recipes. ``python -m benchmarks.presets --write`` measures them and writes the results to ``presets.json``."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from importlib import resources
from typing import Any

from zukan import checks

AUTO = "auto"  # stands for the preset that the data suggests
TUTORIAL = "tutorial"


@dataclass(frozen=True)
class Preset:
    """A recipe for a purpose.

    Parameters
    ----------
    about : str
        The purpose, and what the recipe is.
    fields : dict
        The fields that differ from the default recipe.
    at_each_position : int, default 0
        If z keeps the positions of an image, the number of its values at each of them. The size of the images decides
        how many positions there are, and so ``latent_dim``.
    noise : mapping, optional
        ``corrupt`` of the recipe, if the items are gray images, the likelihood is Bernoulli, and z is a map of them.
    """

    about: str
    fields: dict[str, Any]
    at_each_position: int = 0
    noise: Any = ""


PRESETS = {
    "tutorial": Preset("the 2018 tutorial: one hidden layer of 256 units, 2 latent dimensions, 100 epochs", {}),
    "map": Preset("a 2-D map of images or vectors: hidden layers of 1024, 512 and 256 units, KL warm-up, cosine decay, "
                  "220 epochs; of gray images, the encoder sees three quarters of the pixels as black or white",
                  {"encoder": {"name": "mlp", "units": [1024, 512, 256]}, "epochs": 220, "batch_size": 128,
                   "warmup_epochs": 10, "decay": "cosine"},
                  noise={"name": "binarize", "share": 0.75}),
    "sharp": Preset("clear samples and reconstructions of small 8-bit images: convolutions, 24 latent dimensions, a "
                    "RealNVP prior, a logistic distribution of the levels, 15 epochs",
                    {"encoder": {"name": "conv", "filters": [16, 32]}, "latent_dim": 24, "prior": "realnvp",
                     "likelihood": {"name": "logistic-mixture", "components": 1}, "epochs": 15, "batch_size": 64,
                     "decay": "cosine"}),
    "nll": Preset("the best bound for images made black and white, drawn anew in each step: convolutions, 40 latent "
                  "dimensions, a RealNVP prior, 15 epochs",
                  {"encoder": {"name": "conv", "filters": [16, 32]}, "latent_dim": 40, "prior": "realnvp",
                   "binarize": "dynamic", "epochs": 15, "batch_size": 64, "decay": "cosine"}),
    "classes": Preset("images or vectors with labels: a model with the class as its condition, two hidden layers of "
                      "400 units, 8 latent dimensions, 30 epochs",
                      {"condition": "label", "encoder": {"name": "mlp", "units": [400, 400]}, "latent_dim": 8,
                       "epochs": 30, "batch_size": 128, "decay": "cosine"}),
    "codes": Preset("images as a grid of codes: a codebook of 128 vectors of 8 numbers, a code for each 4×4 pixels, "
                    "and a small PixelCNN as their prior, 15 epochs",
                    {"encoder": {"name": "conv", "filters": [16, 32]}, "posterior": {"name": "vq", "entries": 128},
                     "prior": {"name": "pixelcnn", "units": 32, "kernel_size": 3}, "epochs": 15, "batch_size": 128,
                     "decay": "cosine"}, at_each_position=8),
    "photos": Preset("color or gray images of 32×32 pixels and more: convolutions, 4 latent dimensions for each 4×4 "
                     "pixels, a normal distribution with a learned scale, mirrored images too, 10 minutes",
                     {"encoder": {"name": "conv", "filters": [32, 64], "activation": "silu"}, "posterior": "spatial",
                      "likelihood": {"name": "normal", "start": 0.1}, "augment": "flip", "minutes": 10.0,
                      "patience": 10, "batch_size": 32, "learning_rate": 2e-3, "decay": "cosine"},
                     at_each_position=4),
    "table": Preset("new rows of a table: one hidden layer of 128 units, 16 latent dimensions, beta 0.5, cosine decay, "
                    "100 epochs",
                    {"encoder": {"name": "mlp", "units": [128]}, "latent_dim": 16, "beta": 0.5, "epochs": 100,
                     "learning_rate": 3e-3, "decay": "cosine"}),
    "gaps": Preset("filled gaps of a table: the bound of MIWAE with 20 draws, one hidden layer of 64 units, 500 epochs",
                   {"encoder": {"name": "mlp", "units": [64]}, "latent_dim": 10, "epochs": 500,
                    "scaling": "standard", "objective": {"name": "iwae", "k": 20}}),
    "counts": Preset("counts, such as words of documents or genes of cells: a negative binomial distribution, one "
                     "hidden layer of 128 units, 10 latent dimensions, 200 epochs",
                     {"encoder": {"name": "mlp", "units": [128]}, "latent_dim": 10,
                      "likelihood": "negative-binomial", "epochs": 200, "decay": "cosine"}),
}


def preset_fields(name: str | None) -> dict[str, Any]:
    """Return a copy of the fields that preset ``name`` sets; none without a name, and none of "auto"."""
    if name is None or checks.choice("preset", name, [*PRESETS, AUTO]) == AUTO:
        return {}
    return copy.deepcopy(PRESETS[name].fields)


def measured() -> dict[str, dict[str, Any]]:
    """Return what was measured for each preset.

    Returns
    -------
    dict
        By preset: ``command``, as a user types it; ``data``; ``seeds``, their number; ``seconds`` of one training
        with its report, or None; ``results``, the mean over the seeds and their standard deviation by name;
        ``machine``, the processor and the day.
    """
    content = resources.files("zukan.training").joinpath("presets.json").read_text("utf-8")
    return dict(json.loads(content))


def rows() -> list[list[str]]:
    """Return a row for each preset: name, purpose, command, time of one training, results."""
    results = measured()
    return [[name, preset.about, *described(name, results.get(name))] for name, preset in PRESETS.items()]


def described(name: str, one: dict[str, Any] | None) -> list[str]:
    """Return the command, the time and the results as text."""
    if one is None:
        return [f"zukan train DATA --preset {name}", "–", "not measured yet"]
    values = ", ".join(_result(name, *result) for name, result in one["results"].items())
    values += "" if one["seeds"] > 1 else " (one seed)"
    seconds = one["seconds"]
    return [one["command"], "–" if seconds is None else
            f"{seconds / 60:.1f} min" if seconds >= 60 else f"{seconds:.0f} s",
            f"{one['data']}: {values}"]


def _result(name: str, mean: float, spread: float) -> str:
    """Return a mean and its spread over seeds: nats with one digit after the point, smaller numbers with three."""
    digits = 1 if abs(mean) >= 20 else 3
    return f"{name} {mean:,.{digits}f}" + (f" ± {spread:.{digits}f}" if spread else "")
