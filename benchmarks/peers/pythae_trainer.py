"""The peer pythae, with its own trainer and its own ``get_nll``."""

from __future__ import annotations

import tempfile
import time

import torch
from pythae.data.datasets import BaseDataset
from pythae.models import VAE, VAEConfig
from pythae.models.base.base_utils import ModelOutput
from pythae.models.nn import BaseDecoder, BaseEncoder
from pythae.trainers import BaseTrainer, BaseTrainerConfig
from torch import nn

from benchmarks.peers.torch_loop import nets


class Encoder(BaseEncoder):
    """The encoder in the form that pythae needs."""

    def __init__(self, network: str) -> None:
        super().__init__()
        self.layers, _, width, latent = nets(network)
        self.mean, self.log_var = nn.Linear(width, latent), nn.Linear(width, latent)

    def forward(self, x):
        h = self.layers(x)
        return ModelOutput(embedding=self.mean(h), log_covariance=self.log_var(h))


class Decoder(BaseDecoder):
    """The decoder, with the sigmoid that pythae's loss expects."""

    def __init__(self, network: str) -> None:
        super().__init__()
        self.layers = nets(network)[1]

    def forward(self, z):
        return ModelOutput(reconstruction=torch.sigmoid(self.layers(z)))


def _training(x, batch_size: int, network: str):
    encoder = Encoder(network)
    config = VAEConfig(input_dim=(1, 28, 28), latent_dim=encoder.mean.out_features, reconstruction_loss="bce")
    rows = torch.from_numpy(x.transpose(0, 3, 1, 2).copy())
    trainer = BaseTrainer(
        VAE(config, encoder, Decoder(network)), BaseDataset(rows, torch.zeros(len(rows))),
        training_config=BaseTrainerConfig(output_dir=tempfile.mkdtemp(), per_device_train_batch_size=batch_size,
                                          learning_rate=1e-3, optimizer_cls="Adam"))
    trainer.prepare_training()
    return trainer, rows


def trainer(x, batch_size: int, network: str):
    training, _ = _training(x, batch_size, network)
    return epochs_of(training)


def epochs_of(training):
    """Return a turn that trains for some epochs, after one that is not counted."""
    done = 0

    def turn(epochs: int):
        nonlocal done
        seconds = []
        for _ in range(epochs + 1):
            done += 1
            start = time.perf_counter()
            loss = training.train_step(done)
            seconds.append(time.perf_counter() - start)
        return seconds[1:], float(loss[0] if isinstance(loss, tuple) else loss)  # a tuple if there are two players

    return turn


def scorer(x, samples: int, epochs: int):
    training, rows = _training(x, 64, "dense")
    for epoch in range(epochs):
        training.train_step(epoch + 1)
    model = training.model.eval()

    def turn(images: int):
        start = time.perf_counter()
        with torch.no_grad():  # faster than pythae alone, which keeps what a gradient needs
            bound = model.get_nll(rows[:images].to(next(model.parameters()).device), n_samples=samples)
        return [time.perf_counter() - start], float(bound)

    return turn
