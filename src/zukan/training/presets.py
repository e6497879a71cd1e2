"""Named recipes and what they reached, each measured by the command ``zukan train --preset NAME``, seed 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zukan import checks


@dataclass(frozen=True)
class Preset:
    """Fields that differ from the default recipe, and the measured result."""

    about: str
    fields: dict[str, Any]
    measured: str


PRESETS = {
    "tutorial": Preset("the 2018 tutorial: one hidden layer of 256, two latent dimensions, 100 epochs", {},
                       "test −ELBO 149.0, 15-NN accuracy 0.734"),
    "quick": Preset("the tutorial for 10 epochs, as in its code", {"epochs": 10},
                    "test −ELBO 155.7, 15-NN accuracy 0.688"),
    "deep": Preset("the best 2-D map: 784-1024-512-256-2 and its mirror, warm-up, cosine decay",
                   {"encoder": {"name": "mlp", "units": [1024, 512, 256]}, "epochs": 50, "batch_size": 128,
                    "warmup_epochs": 10, "decay": "cosine"},
                   "test −ELBO 134.2, 15-NN accuracy 0.847"),
    "wide": Preset("twenty latent dimensions: 784-400-20, batch 128, 10 epochs",
                   {"encoder": {"name": "mlp", "units": [400]}, "latent_dim": 20, "epochs": 10, "batch_size": 128},
                   "test −ELBO 105.8, 15-NN accuracy 0.972"),
    "conv": Preset("convolutions, sixteen latent dimensions, for images of any size; 5 epochs",
                   {"encoder": {"name": "conv", "filters": [16, 32]}, "latent_dim": 16, "epochs": 5,
                    "batch_size": 128}, "test −ELBO 103.5, 15-NN accuracy 0.968"),
}


def fields_of(name: str | None) -> dict[str, Any]:
    """Return the fields that the preset sets; none for ``None``."""
    return {} if name is None else dict(PRESETS[checks.choice("preset", name, PRESETS)].fields)
