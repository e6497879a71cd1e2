"""The published figures on MNIST, each with the recipe that zukan trains to be measured against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Fields = dict[str, Any]


@dataclass(frozen=True)
class Yardstick:
    """A published figure, and what zukan trains.

    Parameters
    ----------
    table : str
        The group in the results page.
    network : str
        The network of the published figure, or what differs from it.
    published : str
        The figure with its source.
    aim : str
        The value to reach.
    fields : dict
        Fields of the recipe that differ from the tutorial.
    bound : bool
        Whether the importance-weighted bound counts; else −ELBO.
    neighbors : int
        If not 0, the k of a nearest-neighbor accuracy in the latent space, which is measured too.
    """

    table: str
    network: str
    published: str
    aim: str
    fields: Fields
    bound: bool = True
    neighbors: int = 0


def mlp(*units: int, activation: str = "relu") -> Fields:
    """Return the mapping of a multilayer perceptron."""
    return {"name": "mlp", "units": list(units), "activation": activation}


COSINE = {"decay": "cosine", "warmup_epochs": 10}
GATED = {"encoder": {"name": "gated", "units": [300, 300]}, "latent_dim": 40, "batch_size": 250, "decay": "cosine",
         "warmup_epochs": 50}
IWAE_NETWORK = {"encoder": mlp(200, 200, activation="tanh"), "latent_dim": 50, "batch_size": 100, "decay": "cosine"}
EXAMPLES = "pythae's examples/scripts/reproducibility"

YARDSTICKS = {
    "tutorial": Yardstick(
        "C", "784-256-2, 100 epochs", "149.3–150.6 (Keras's tutorial, measured)", "≤ 147",
        {"batch_size": 256, "learning_rate": 8e-3, "decay": "cosine", "warmup_epochs": 50,
         "corrupt": {"name": "binarize", "share": 0.5}}, bound=False),
    "pytorch": Yardstick(
        "C", "784-400-20, 10 epochs", "105.6 (PyTorch's example, batch 128)", "≤ 105.6",
        {"encoder": mlp(400), "latent_dim": 20, "batch_size": 128, "epochs": 10, "learning_rate": 2e-3,
         "decay": "cosine"}, bound=False),
    "map": Yardstick(
        "C, D", "any, 2 dimensions", "132.9; 5-NN .765 (VAE), .793 (AE) (arXiv:2009.12981)", "≤ 131; 5-NN ≥ .90",
        {"encoder": mlp(1024, 512, 256), "batch_size": 128, "epochs": 220,
         "corrupt": {"name": "binarize", "share": 0.75}, **COSINE},
        bound=False, neighbors=5),
    "static-vae": Yardstick(
        "B, F", "784-400-40", f"89.78 ({EXAMPLES})", "≤ 88.5",
        {"encoder": mlp(400), "latent_dim": 40, "batch_size": 250, "learning_rate": 4e-3, "epochs": 600,
         "binarize": "static", "decay": "cosine", "warmup_epochs": 50}),
    "static-vamp": Yardstick(
        "B, F", "gated 300-300-40, VampPrior of 500", f"85.57 (arXiv:1705.07120), 85.79 ({EXAMPLES})", "≤ 84.5",
        {**GATED, "prior": "vamp", "epochs": 200, "binarize": "static"}),
    "dynamic-vae": Yardstick(
        "A", "gated 300-300-40", "84.45 (arXiv:1705.07120)", "≤ 84.0",
        {**GATED, "epochs": 1500, "binarize": "dynamic"}),
    "dynamic-vamp": Yardstick(
        "A", "gated 300-300-40, VampPrior of 500", "82.29–82.43 (arXiv:1705.07120)", "≤ 81.9",
        {**GATED, "prior": "vamp", "epochs": 1000, "binarize": "dynamic"}),
    "iwae": Yardstick(
        "A, F", "784-200-200-50, tanh, IWAE of 50 draws", "84.78 (arXiv:1509.00519), 84.32 (DReG)", "≤ 84.3",
        {**IWAE_NETWORK, "learning_rate": 3e-3, "epochs": 28, "binarize": "dynamic",
         "objective": {"name": "iwae", "k": 50, "gradient": "dreg"}}),
    "sphere": Yardstick(
        "B, F", "784-256-128-10 on the sphere in 11 dimensions", f"93.13 ({EXAMPLES})", "≤ 93.1",
        {"encoder": mlp(256, 128), "latent_dim": 11, "posterior": "sphere", "prior": "sphere", "batch_size": 250,
         "learning_rate": 4e-3, "epochs": 400, "binarize": "dynamic", **COSINE}),
    "hamiltonian": Yardstick(
        "B, F", "784-400-40, Hamiltonian posterior of 3 steps (theirs: convolutions)",
        f"86.40 (arXiv:1805.11328), 86.21 ({EXAMPLES})", "≤ 86.2",
        {"encoder": mlp(400), "latent_dim": 40, "posterior": "hamiltonian", "batch_size": 250,
         "learning_rate": 4e-3, "epochs": 80, "binarize": "static", **COSINE}),
}
