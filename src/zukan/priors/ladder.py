"""The prior of the ladder VAE: layers from the top down."""

from __future__ import annotations

from typing import Any

from keras import ops

from zukan import checks, distributions, numerics
from zukan.context import Context, Shapes
from zukan.priors.base import Prior, priors


@priors.register("ladder")
class Ladder(Prior):
    """p(z) is a chain of normal layers: the top one N(0, I), each other given the one above (arXiv:1602.02282).

    The posterior says how wide each layer is. Mean and log-variance of a layer are a network of the layer above, with
    one hidden layer; the log-variance is clipped to [-20, 20].

    Parameters
    ----------
    units : int, default 64
        Width of the hidden layers.
    """

    def __init__(self, units: int = 64) -> None:
        super().__init__()
        self.units = checks.integer("units", units)

    def build(self, shapes: Shapes) -> None:
        """Create the networks from each layer to the one below."""
        self.sizes = tuple(piece.size for piece in shapes.layout)
        if len(self.sizes) < 2:
            raise checks.InputError(
                f"prior 'ladder' needs a z of two or more layers, got {len(self.sizes)} of {shapes.latent_dim} "
                f"numbers; use posterior={{'name': 'ladder', 'widths': [{max(1, shapes.latent_dim // 4)}, "
                f"{shapes.latent_dim - max(1, shapes.latent_dim // 4)}]}}")
        self.down = []
        for number, (above, size) in enumerate(zip(self.sizes[:-1], self.sizes[1:], strict=True), 2):
            for name, shape, start in (("hidden", (above, self.units), "glorot_uniform"),
                                       ("hidden_bias", (self.units,), "zeros"),
                                       ("down", (self.units, 2 * size), "glorot_uniform"),
                                       ("down_bias", (2 * size,), "zeros")):
                self.down.append(self.add_weight(shape=shape, initializer=start, name=f"{name}_{number}"))
        super().build(shapes)

    def distribution(self, context: Context) -> distributions.Ladder:  # noqa: ARG002
        """Return the chain, event shape ``(latent_dim,)``."""
        top = distributions.Normal(ops.zeros((self.sizes[0],)), ops.zeros((self.sizes[0],)))
        below = [self._given([weight.value for weight in self.down[4 * i : 4 * i + 4]])
                 for i in range(len(self.sizes) - 1)]
        return distributions.Ladder(top, below, self.sizes)

    @staticmethod
    def _given(weights: list[Any]) -> Any:
        """Return the function from a layer to the distribution of the one below."""
        hidden, hidden_bias, down, down_bias = weights

        def below(above: Any) -> distributions.Normal:
            features = ops.matmul(ops.relu(ops.matmul(above, hidden) + hidden_bias), down) + down_bias
            mean, log_var = ops.split(features, 2, axis=-1)
            return distributions.Normal(mean, numerics.bounded_log_var(log_var))

        return below
