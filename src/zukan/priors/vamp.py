"""The VampPrior: a mixture of posteriors of learned pseudo-inputs."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from keras import ops

from zukan import checks, distributions
from zukan.context import Context, Shapes
from zukan.priors.base import Prior, priors


@priors.register("vamp")
class Vamp(Prior):
    """p(z) = 1/K sum_k q(z|u_k), with pseudo-inputs u_k that are trained with the model (arXiv:1705.07120).

    The pseudo-inputs start as training items, chosen at random. KL(q(z|x) || p(z)) has no closed form for this prior.
    It is estimated from the samples of z that the decoder sees.

    Parameters
    ----------
    components : int, default 500
        Number of pseudo-inputs.
    """

    needs: ClassVar[tuple[str, ...]] = ("density", "evaluable")
    kinds: ClassVar[tuple[str, ...]] = ("real", "sphere", "ball")

    def __init__(self, components: int = 500) -> None:
        super().__init__()
        self.components = checks.integer("components", components)

    def build(self, shapes: Shapes) -> None:
        """Create the pseudo-inputs, shape ``(components, *event_shape)``."""
        if shapes.condition_dim:
            raise checks.InputError(
                f"prior 'vamp' must be used without a condition, got one of {shapes.condition_dim} values; "
                f"use prior 'conditional'")
        self.pseudo_inputs = self.add_weight(shape=(self.components, *shapes.event_shape), initializer="random_normal",
                                             name="pseudo_inputs")
        super().build(shapes)

    def begin(self, x: Any, seed: int, infer: Any) -> None:  # noqa: ARG002
        """Set the pseudo-inputs to random training items; a missing value becomes 0."""
        rows = np.random.default_rng(seed).choice(len(x), self.components, replace=len(x) < self.components)
        self.pseudo_inputs.assign(np.nan_to_num(x[np.sort(rows)]))

    def distribution(self, context: Context) -> distributions.Mixture:
        """Return the mixture of the posteriors of the pseudo-inputs, event shape ``(latent_dim,)``."""
        return distributions.Mixture(ops.zeros((self.components,)), context.encode(self.pseudo_inputs.value))
