"""A learned mixture of normals as prior."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zukan import checks, distributions
from zukan.priors.base import Prior, priors


@priors.register("mixture")
class Mixture(Prior):
    """p(z) = sum_k weight_k N(mean_k, diag(exp(log_var_k))), all learned with the model (arXiv:1611.05148).

    Its KL has no closed form, so it is estimated from the same draws of z as the reconstruction.

    Parameters
    ----------
    components : int, default 10
        How many normals; they start at unit variance around random centres.
    """

    def __init__(self, components: int = 10) -> None:
        super().__init__()
        self.components = checks.integer("components", components)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create weights, means and log-variances."""
        shape = (self.components, input_shape[-1])
        self.logits = self.add_weight(shape=(self.components,), initializer="zeros", name="logits")
        self.mean = self.add_weight(shape=shape, initializer="random_normal", name="mean")
        self.log_var = self.add_weight(shape=shape, initializer="zeros", name="log_var")
        super().build(input_shape)

    def distribution(self, encode: Callable[[Any], Any] | None = None) -> distributions.Mixture:  # noqa: ARG002
        """Return the mixture with its present weights."""
        components = distributions.Normal(self.mean.value, self.log_var.value)
        return distributions.Mixture(self.logits.value, components)
