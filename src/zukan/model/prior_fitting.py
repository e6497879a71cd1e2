"""Fit a prior to the codes of a trained model."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from zukan import checks
from zukan.compiled import CompiledEpochs


class _CodeModel(CompiledEpochs):
    """Trains a prior on codes.

    Parameters
    ----------
    vae : VAE
        The model whose prior is trained.
    """

    def __init__(self, vae: Any) -> None:
        super().__init__()
        self.prior = vae.prior
        self.cost = lambda inputs, state: vae.prior.cost(
            inputs["z"], vae.context({"x": None, "condition": inputs.get("condition")}, state))
        self.seed = vae.seed
        self.draws = keras.random.SeedGenerator(vae.seed)
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:  # noqa: ARG002, FBT001, FBT002 Keras's signature
        """Return the prior's cost in nats, shape ``(batch,)``."""
        return self.cost(inputs, self.draws.next())

    def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None,  # noqa: ARG002
                     training: bool = True) -> Any:  # noqa: ARG002, FBT001, FBT002 Keras's signature
        """Return the cost, averaged over the batch."""
        return ops.mean(y_pred)


def fit_prior(new: Any, vae: Any, x: Any, condition: Any, *, epochs: int, batch_size: int, learning_rate: float,
              ) -> None:
    """Train the prior of ``new``, a copy of ``vae`` with another prior, on new draws from q(z|x) in every epoch.

    The learning rate falls to 0, so that the last steps average over the noise of the draws.
    """
    checks.integer("epochs", epochs)
    checks.integer("batch_size", batch_size)
    checks.number("learning_rate", learning_rate, above=0.0)
    trainable, new.prior.trainable = new.prior.trainable, True
    epochs = epochs if new.prior.trainable_variables else 0
    rows = {} if condition is None else {"condition": condition}
    codes = _CodeModel(new)
    for epoch in range(epochs):
        z = vae.encode(x, **rows, sample=True, seed=epoch)
        if not epoch:
            new.prior.start(z, new.seed)
            steps = epochs * -(-len(z) // batch_size)
            codes.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(learning_rate, steps)))
        inputs = {"z": z} if condition is None else {"z": z, "condition": new._inputs.conditions(condition, len(z))}  # noqa: SLF001 its own model
        codes.fit(inputs, epochs=epoch + 1, initial_epoch=epoch, batch_size=batch_size, verbose=0)
    new.prior.trainable = trainable
