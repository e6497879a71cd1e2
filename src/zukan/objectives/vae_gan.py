"""VAE-GAN: a discriminator judges decoded items, and its features say how alike two items are."""

from __future__ import annotations

from typing import Any, ClassVar

import keras
from keras import layers, ops

from zukan import checks
from zukan.context import Shapes
from zukan.networks import Network, networks
from zukan.objectives.adversary import taken_for_real, told_apart
from zukan.objectives.base import ForwardPass, LearnedObjective, LossTerms, objectives
from zukan.objectives.penalized import Penalized


@objectives.register("vae-gan")
class VAEGAN(Penalized, LearnedObjective):
    """KL + |D_l(x) − D_l(decoded)|² / 2 + weight · (−log D(decoded)), for the decoder alone (arXiv:1512.09300).

    The discriminator D tells x from what is decoded from z and from draws from p(z). It is trained by its own loss,
    ``adversary``, at the same step. Its features D_l stand in for pixels: ``features`` is −log N(D_l(x); D_l(decoded),
    I) in nats, up to a constant, in a space that changes as D learns. So the loss is not a
    bound.

    Parameters
    ----------
    weight : float, default 1.0
        Of the decoder's loss −log D(decoded); 1/γ of the paper.
    likelihood : float, default 0.0
        Weight of −E_q[log p(x|z)].
    beta : float, default 1.0
        Weight of the KL. With 0, the posterior needs no density.
    network : str, mapping or Network, default "mlp"
        Encoder network of the discriminator, whose features are D_l; "conv" for images.
    """

    extras: ClassVar[tuple[str, ...]] = ("features", "fooling", "adversary")
    numbers: ClassVar[tuple[str, ...]] = ("weight", "beta")

    def __init__(self, weight: float = 1.0, likelihood: float = 0.0, beta: float = 1.0, network: Any = "mlp") -> None:
        super().__init__()
        self.weigh(weight=weight, likelihood=likelihood, beta=beta)
        if not isinstance(networks.make(network, "network"), Network):
            raise checks.InputError(f"network must be one of zukan's, by name, mapping or object, got "
                                    f"{checks.show(network)}; use 'conv', or register a Network of your own")
        self.network = network

    def build(self, shapes: Shapes) -> None:
        """Create the discriminator."""
        x = keras.Input(shapes.event_shape)
        features = networks.make(self.network, "network").encode(x)
        self.discriminator = keras.Model(x, [features, layers.Dense(1, name="logit")(features)], name="discriminator")
        super().build(shapes)

    def __call__(self, forward: ForwardPass) -> LossTerms:
        """Return the terms. Encoder and decoder learn from the features, the decoder alone from D's logit."""
        context = forward.context
        codes = ops.stop_gradient(ops.stack([forward.z[0], forward.prior_draws()]))
        made = context.decode(codes).mean
        made = made if context.observed is None else ops.where(context.observed, made, ops.zeros_like(made))
        with context.frozen("objective"):
            away = self.discriminator(forward.x)[0] - self.discriminator(forward.output)[0]
            fooling = ops.mean(taken_for_real(self._logits(made)), axis=0)
        features = 0.5 * ops.sum(ops.square(away), axis=-1)
        real = self.discriminator(forward.x)[1][:, 0]
        adversary = ops.mean(told_apart(real, self._logits(ops.stop_gradient(made))), axis=0)
        return self.terms(forward, fooling, {"features": features, "fooling": fooling, "adversary": adversary},
                          features + adversary)

    def _logits(self, made: Any) -> Any:
        """Return the discriminator's logits for items of shape (2, batch, *event_shape), shape (2, batch)."""
        rows = ops.reshape(made, (-1, *made.shape[2:]))
        return ops.reshape(self.discriminator(rows)[1], (2, -1))

    def formula(self) -> str:
        """Return the loss in words and numbers."""
        return f"{self.written('(−log D(decoded))')} + |D_l(x) − D_l(decoded)|² / 2"
