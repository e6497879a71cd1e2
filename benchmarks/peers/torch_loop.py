"""A hand-written training loop in PyTorch: all data in one tensor, rows taken by a permutation, no data loader."""

from __future__ import annotations

import time

import torch
from torch import nn
from torch.nn import functional


def nets(network: str) -> tuple[nn.Module, nn.Module, int, int]:
    """Return encoder and decoder, the width of the features between them, and the latent dimension."""
    if network == "dense":
        return (nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU()),
                nn.Sequential(nn.Linear(2, 256), nn.ReLU(), nn.Linear(256, 784), nn.Unflatten(1, (1, 28, 28))), 256, 2)
    encoder = nn.Sequential(nn.Conv2d(1, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 3, 2, 1), nn.ReLU(), nn.Flatten(),
                            nn.Linear(32 * 7 * 7, 256), nn.ReLU())
    decoder = nn.Sequential(nn.Linear(16, 256), nn.ReLU(), nn.Linear(256, 7 * 7 * 32), nn.ReLU(),
                            nn.Unflatten(1, (32, 7, 7)), nn.Upsample(scale_factor=2), nn.Conv2d(32, 16, 3, 1, 1),
                            nn.ReLU(), nn.Upsample(scale_factor=2), nn.Conv2d(16, 16, 3, 1, 1), nn.ReLU(),
                            nn.Conv2d(16, 1, 1))
    return encoder, decoder, 256, 16


class PlainVAE(nn.Module):
    """Encoder, sampling and decoder; a call returns the loss."""

    def __init__(self, network: str) -> None:
        super().__init__()
        self.encoder, self.decoder, width, latent = nets(network)
        self.mean, self.log_var = nn.Linear(width, latent), nn.Linear(width, latent)

    def forward(self, x):
        h = self.encoder(x)
        mean, log_var = self.mean(h), self.log_var(h)
        logits = self.decoder(mean + torch.exp(0.5 * log_var) * torch.randn_like(mean))
        reconstruction = functional.binary_cross_entropy_with_logits(logits, x, reduction="sum")
        return (reconstruction + 0.5 * (log_var.exp() + mean**2 - 1 - log_var).sum()) / len(x)


def trainer(x, batch_size: int, network: str, *, compiled: bool = False, products: str = "highest"):
    torch.manual_seed(0)
    torch.set_float32_matmul_precision(products)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    data = torch.from_numpy(x.transpose(0, 3, 1, 2).copy()).to(device)
    model = PlainVAE(network).to(device)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    loss_of = torch.compile(model, dynamic=True) if compiled else model

    def epoch() -> float:
        total = torch.zeros((), device=device)
        for rows in torch.randperm(len(data), device=device).split(batch_size):
            optimizer.zero_grad()
            loss = loss_of(data[rows])
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(rows)
        return float(total) / len(data)

    def turn(epochs: int):
        seconds = []
        for _ in range(epochs + 1):
            start = time.perf_counter()
            loss = epoch()
            seconds.append(time.perf_counter() - start)
        return seconds[1:], loss  # as for `fit`, the first epoch of a turn is not counted

    return turn
