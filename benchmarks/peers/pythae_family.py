"""The models of the peer pythae, each with its own trainer, on dense networks of 256 units."""

from __future__ import annotations

import tempfile

import pythae.models
import torch
from pythae.data.datasets import BaseDataset
from pythae.models.base.base_utils import ModelOutput
from pythae.models.nn import BaseDecoder, BaseEncoder
from pythae.trainers import AdversarialTrainer, AdversarialTrainerConfig, BaseTrainer, BaseTrainerConfig
from torch import nn

from benchmarks.peers.pythae_trainer import epochs_of


class Encoder(BaseEncoder):
    """784-256, then heads of the latent width; pythae reads those that a model needs."""

    def __init__(self, latent_dim: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU())
        self.mean, self.log_var = nn.Linear(256, latent_dim), nn.Linear(256, latent_dim)

    def forward(self, x):
        h = self.layers(x)
        return ModelOutput(embedding=self.mean(h), log_covariance=self.log_var(h))


class PointEncoder(Encoder):
    """The same without the head of the log-variance, for models whose codes are points."""

    def forward(self, x):
        return ModelOutput(embedding=self.mean(self.layers(x)))


class Decoder(BaseDecoder):
    """The mirror, with the sigmoid that most of pythae's losses expect."""

    def __init__(self, latent_dim: int, *, logits: bool) -> None:
        super().__init__()
        last = nn.Identity() if logits else nn.Sigmoid()
        self.layers = nn.Sequential(nn.Linear(latent_dim, 256), nn.ReLU(), nn.Linear(256, 784), last,
                                    nn.Unflatten(1, (1, 28, 28)))

    def forward(self, z):
        return ModelOutput(reconstruction=self.layers(z))


def trainer(x, batch_size: int, model: str, latent_dim: int, settings: dict, *, points: bool = False,
            adversarial: bool = False, logits: bool = False):
    """Return a turn that trains ``pythae.models.<model>`` for some epochs after one that is not counted."""
    config = getattr(pythae.models, f"{model}_Config", None) or getattr(pythae.models, f"{model}Config")
    rows = torch.from_numpy((x.transpose(0, 3, 1, 2) > 0.5).astype("float32"))  # its HVAE takes binary data only
    encoder = (PointEncoder if points else Encoder)(latent_dim)
    made = getattr(pythae.models, model)(config(input_dim=(1, 28, 28), latent_dim=latent_dim, **settings),
                                         encoder=encoder, decoder=Decoder(latent_dim, logits=logits))
    options = {"output_dir": tempfile.mkdtemp(), "per_device_train_batch_size": batch_size}
    data = BaseDataset(rows, torch.zeros(len(rows)))
    if adversarial:
        training = AdversarialTrainer(made, data, training_config=AdversarialTrainerConfig(
            autoencoder_learning_rate=1e-3, discriminator_learning_rate=1e-3, **options))
    else:
        training = BaseTrainer(made, data, training_config=BaseTrainerConfig(
            learning_rate=1e-3, optimizer_cls="Adam", **options))
    training.prepare_training()
    return epochs_of(training)
