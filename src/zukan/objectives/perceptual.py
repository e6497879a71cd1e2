"""A perceptual term: the distance of images among the features of a network of the user's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import keras
from keras import ops

from zukan import checks, untrusted
from zukan.context import Shapes
from zukan.objectives.base import ForwardPass, LearnedObjective, LossTerms, objectives
from zukan.objectives.penalized import Penalized


@dataclass(frozen=True)
class _Given:
    """The argument as it is: Keras does not look inside for layers, whose weights it would save twice."""

    network: Any


@objectives.register("perceptual")
class Perceptual(Penalized, LearnedObjective):
    """−E_q[log p(x|z)] + KL + weight · sum_l |f_l(x) − f_l(decoded)|² / 2, for a network f of yours (arXiv:1610.00291).

    The square is averaged over the elements of each layer's features. It is logged as ``perceptual``, and is not in
    nats. The network stays as it is, and is saved with the model.

    Parameters
    ----------
    network : str or keras.Model
        Path of a ``.keras`` file, which must stay there, or a functional model. It takes x as the model does: scaling
        or more channels are layers of it.
    layers : sequence of str, optional
        Names of the layers whose outputs are compared; by default the outputs of the network.
    weight : float, default 100.0
    likelihood : float, default 1.0
        Weight of −E_q[log p(x|z)]; with 0 the features take its place.
    beta : float, default 1.0
        Weight of the KL. With 0, the posterior needs no density.
    """

    extras: ClassVar[tuple[str, ...]] = ("perceptual",)
    numbers: ClassVar[tuple[str, ...]] = ("weight", "beta")

    def __init__(self, network: Any, layers: Sequence[str] | None = None, weight: float = 100.0,
                 likelihood: float = 1.0, beta: float = 1.0) -> None:
        super().__init__()
        self.weigh(weight=weight, likelihood=likelihood, beta=beta)
        self._given = _Given(network)
        self.layers = layers
        model = _opened(network)
        names = [layer.name for layer in model.layers]
        tensors = [model.get_layer(checks.choice("layers", name, names)).output for name in layers or ()]
        self.features = keras.Model(model.inputs[0], tensors or model.outputs, name="features")
        self.features.trainable = False

    @property
    def network(self) -> Any:
        """The network as it was given."""
        return self._given.network

    def build(self, shapes: Shapes) -> None:
        """Try the network on the shape of an event."""
        with checks.explained(lambda _: f"network must take items of shape {shapes.event_shape}, got one for "
                                        f"{self.features.input_shape[1:]}; add layers to it that change the shape"):
            self.features(ops.zeros((1, *shapes.event_shape)))
        super().build(shapes)

    def __call__(self, forward: ForwardPass) -> LossTerms:
        """Return the terms."""
        pairs = zip(self._features(forward.x), self._features(forward.output), strict=True)
        away = sum(0.5 * ops.mean(ops.square(x - y), axis=tuple(range(1, len(x.shape)))) for x, y in pairs)
        return self.terms(forward, away, {"perceptual": away})

    def _features(self, x: Any) -> list[Any]:
        return [ops.cast(value, x.dtype) for value in keras.tree.flatten(self.features(x, training=False))]

    def formula(self) -> str:
        """Return the loss in words and numbers."""
        return self.written("|f(x) − f(mean of p(x|z))|² / 2")


def _opened(network: Any) -> keras.Model:
    """Return a copy of the network; no code in a file is executed."""
    with checks.explained(lambda error: f"network must be the path of a .keras file or a functional keras.Model, got "
                                        f"{checks.show(network)}: {str(error).splitlines()[0].rstrip('.')}; "
                                        f"save one with model.save('features.keras')"):
        if isinstance(network, keras.Model):
            copy = keras.models.clone_model(network)
            copy.set_weights(network.get_weights())
            return copy
        with untrusted.limit_weights(untrusted.inspect(Path(network))):
            return keras.saving.load_model(network, compile=False, safe_mode=True)
