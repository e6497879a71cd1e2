"""The patience of a run: what its recipe and its history say about its best epoch."""

from __future__ import annotations

import numpy as np

from zukan.model import VAE
from zukan.runs.run import Run
from zukan.training.patience import METRIC, Patience, first_epoch


def patience_of(run: Run, vae: VAE, examples: int, done: int | None = None) -> Patience:
    """Return the patience of a run, with the history of its first ``done`` epochs, by default of all.

    Parameters
    ----------
    run : Run
    vae : VAE
        Its model, whose schedules say which epoch counts first.
    examples : int
        The number of training items.
    done : int, optional
    """
    epochs = run.recipe.patience
    if not epochs:
        return Patience(0)
    losses = run.history.get(METRIC, np.empty(0))[:done].tolist()
    return Patience(epochs, first_epoch(vae, -(-examples // run.recipe.batch_size)), losses)
