"""The Hamiltonian posterior."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from keras import initializers, ops

from zukan import checks, distributions
from zukan.context import Context, Shapes
from zukan.posteriors.base import Posterior, posteriors
from zukan.posteriors.normal import normal_heads


@posteriors.register("hamiltonian")
class Hamiltonian(Posterior):
    """q(z|x): draws from a normal, moved by leapfrog steps on log p(x, z), with tempering (arXiv:1805.11328).

    Every step takes the gradient of the decoder twice. Outside of a model, as in the exported encoder, and for the code
    of x, it is the normal that the draws start from.

    Parameters
    ----------
    steps : int, default 3
        With 0 it is the normal posterior.
    step_size : float, default 0.05
        Between 0 and 1; one for each dimension if it is learned.
    temperature : float, default 0.3
        The inverse temperature beta_0 of the first momentum, between 0 and 1. The steps conserve energy and the bound;
        what raises the bound is that the momentum cools.
    learned : bool, default True
        Train step sizes and temperature, from these values.
    """

    evaluable: ClassVar[bool] = False
    reads: ClassVar[tuple[str, ...]] = ("density",)

    def __init__(self, steps: int = 3, step_size: float = 0.05, temperature: float = 0.3, *,
                 learned: bool = True) -> None:
        super().__init__()
        self.steps = checks.integer("steps", steps, minimum=0)
        self.step_size = checks.number("step_size", step_size, above=0.0, maximum=0.99999)
        self.temperature = checks.number("temperature", temperature, above=0.0, maximum=0.99999)
        self.learned = learned

    def build(self, shapes: Shapes) -> None:
        """Create the logits of the step sizes and of the temperature."""
        for name, shape in (("step_size", (shapes.latent_dim,)), ("temperature", ())):
            value = getattr(self, name)
            start = initializers.Constant(math.log(value / (1.0 - value)))
            setattr(self, f"{name}_logit", self.add_weight(shape=shape, initializer=start, trainable=self.learned,
                                                           name=f"{name}_logit"))
        super().build(shapes)

    def heads(self, features: Any, shapes: Shapes) -> dict[str, Any]:
        """Return ``base_mean`` and ``base_log_var``, each ``(batch, latent_dim)``."""
        return normal_heads(features, shapes, "base_")

    def distribution(self, params: dict[str, Any], context: Context) -> distributions.Distribution:
        """Return the moved draws; the normal that they start from, if there is no x or no step."""
        base = distributions.Normal(params["base_mean"], params["base_log_var"])
        if context.x is None or not self.steps:
            return base
        return distributions.Hamiltonian(base, context.log_joint, ops.sigmoid(self.step_size_logit.value),
                                         ops.sigmoid(self.temperature_logit.value), self.steps)
