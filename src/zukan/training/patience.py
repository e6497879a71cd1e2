"""Patience: stop a training whose validation loss no longer falls, and find its best epoch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from zukan import checks, schedules
from zukan.model import VAE

METRIC = "val_loss"


class Patience(keras.callbacks.Callback):
    """Stop after a number of epochs without a lower validation loss.

    All that it knows follows from the losses so far, so a resumed training stops where an uninterrupted one does.

    Parameters
    ----------
    epochs : int
        That number; 0 never stops, and the best epoch is then the last one.
    first : int, default 1
        The first epoch that counts, see `first_epoch`.
    losses : sequence of float
        The validation losses of the epochs before this training.
    """

    only_reads = True  # see `zukan.compiled.CompiledEpochs`

    def __init__(self, epochs: int, first: int = 1, losses: Sequence[float] = ()) -> None:
        super().__init__()
        self.epochs, self.first, self.losses = epochs, first, [*losses]

    @property
    def best(self) -> int:
        """The epoch with the lowest validation loss, counted from 1; before the first one that counts, the latest."""
        counted = np.array(self.losses[self.first - 1 :] if self.epochs else [])
        if not np.isfinite(counted).any():
            return len(self.losses)
        return self.first + int(np.argmin(np.where(np.isfinite(counted), counted, np.inf)))

    @property
    def is_over(self) -> bool:
        """Whether the training has to stop."""
        return 0 < self.epochs <= len(self.losses) - max(self.best, self.first - 1)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Note the loss, and stop the training if it is time."""
        self.losses.append(float((logs or {}).get(METRIC, math.nan)))
        if self.is_over:
            self.model.stop_training = True


def first_epoch(vae: VAE, steps_per_epoch: int) -> int:
    """Return the first epoch whose validation loss can be compared with those that follow.

    While beta or a temperature changes, the losses of two epochs are not of one kind.

    Raises
    ------
    zukan.InputError
        If a weight of the loss never settles.
    """
    parts = [value for part in (vae.objective, vae.posterior) for value in vars(part).values()
             if isinstance(value, schedules.Schedule)]
    steps = max((part.settles() for part in parts), default=0.0)
    if math.isinf(steps):
        raise checks.InputError(f"patience must be 0 if a weight of the loss changes all the time, got "
                                f"{checks.listed(part for part in parts if math.isinf(part.settles()))}; use the "
                                "schedule 'warmup', or leave patience out")
    return max(1, math.ceil(steps / steps_per_epoch))
