"""Fit a prior to the codes of a trained model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from zukan import checks
from zukan.compiled import CompiledEpochs
from zukan.distributions import Distribution


class _CodeModel(CompiledEpochs):
    """Trains a prior on codes, by maximum likelihood.

    Parameters
    ----------
    prior : Prior
        Built.
    distribution : callable
        condition -> p(z).
    seed : int
    """

    def __init__(self, prior: Any, distribution: Callable[[Any], Distribution], seed: int) -> None:
        super().__init__()
        self.prior = prior
        self.distribution = distribution
        self.seed = seed
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:  # noqa: ARG002, FBT001, FBT002 Keras's signature
        """Return log p(z) in nats, shape ``(batch,)``."""
        return self.distribution(inputs.get("condition")).log_prob(inputs["z"])

    def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None,  # noqa: ARG002
                     training: bool = True) -> Any:  # noqa: ARG002, FBT001, FBT002 Keras's signature
        """Return -log p(z), averaged over the batch."""
        return -ops.mean(y_pred)


def fit_prior(new: Any, vae: Any, x: Any, condition: Any, *, epochs: int, batch_size: int, learning_rate: float,
              ) -> None:
    """Train the prior of ``new``, a copy of ``vae`` with another prior, on new draws from q(z|x) in every epoch."""
    checks.integer("epochs", epochs)
    if not new.prior.trainable_variables:
        return
    codes = _CodeModel(new.prior, lambda rows: new.prior.distribution(
        new.context({"x": None, "condition": rows})), new.seed)
    codes.compile(keras.optimizers.Adam(checks.number("learning_rate", learning_rate, above=0.0)))
    rows = {} if condition is None else {"condition": condition}
    for epoch in range(epochs):
        z = vae.encode(x, **rows, sample=True, seed=epoch)
        inputs = {"z": z} if condition is None else {"z": z, "condition": new._inputs.conditions(condition, len(z))}  # noqa: SLF001 its own model
        codes.fit(inputs, epochs=epoch + 1, initial_epoch=epoch, batch_size=batch_size, verbose=0)
