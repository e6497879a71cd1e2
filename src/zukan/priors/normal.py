"""The standard normal prior."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras import ops

from zukan import distributions
from zukan.priors.base import Prior, priors


@priors.register("normal")
class Normal(Prior):
    """p(z) = N(0, I), without weights (arXiv:1312.6114)."""

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Store the latent dimension; there are no weights to create."""
        self.latent_dim = input_shape[-1]
        super().build(input_shape)

    def distribution(self, encode: Callable[[Any], Any] | None = None) -> distributions.Normal:  # noqa: ARG002
        """Return N(0, I), event shape ``(latent_dim,)``."""
        return distributions.Normal(ops.zeros((self.latent_dim,)), ops.zeros((self.latent_dim,)))
