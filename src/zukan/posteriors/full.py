"""The normal posterior with a full covariance."""

from __future__ import annotations

from typing import Any, ClassVar

from keras import layers, ops

from zukan import distributions, numerics
from zukan.context import Context, Shapes
from zukan.posteriors.base import Posterior, posteriors


@posteriors.register("full")
class Full(Posterior):
    """q(z|x) = N(mean, L Lᵀ): a full covariance, by its Cholesky factor L (arXiv:1906.02691, section 2.5.1).

    Its parameters are linear in the features. The squared diagonal of L is the variance of each element given those
    before it.
    """

    independent: ClassVar[bool] = False

    def heads(self, features: Any, shapes: Shapes) -> dict[str, Any]:
        """Return ``mean``, ``conditional_log_var``, and ``below``, the d (d - 1) / 2 elements of L below its diagonal.

        There is no ``below`` if d, the latent dimension, is 1.
        """
        d = shapes.latent_dim
        heads = {"mean": layers.Dense(d, name="mean")(features),
                 "conditional_log_var": layers.Dense(d, activation=numerics.bounded_log_var,
                                                     name="conditional_log_var")(features)}
        below = layers.Dense(d * (d - 1) // 2, kernel_initializer="zeros", name="below") if d > 1 else None
        return heads if below is None else {**heads, "below": below(features)}

    def distribution(self, params: dict[str, Any], context: Context) -> distributions.FullNormal:  # noqa: ARG002
        """Return the normal with this mean and this Cholesky factor of its covariance."""
        log_var = params["conditional_log_var"]
        d = log_var.shape[-1]
        cholesky = ops.exp(0.5 * log_var)[..., None] * ops.eye(d, dtype=log_var.dtype)
        if d > 1:
            cholesky = cholesky + ops.pad(_triangle(params["below"], d - 1), ((0, 0), (1, 0), (0, 1)))
        return distributions.FullNormal(params["mean"], cholesky)


def _triangle(elements: Any, n: int) -> Any:
    """Return lower triangular matrices ``(batch, n, n)`` with the n (n + 1) / 2 elements, each at a place of its own.

    The elements from the n-th on, followed by all of them in reverse, fill a square; its lower triangle has each once.
    """
    square = ops.reshape(ops.concatenate([elements[:, n:], ops.flip(elements, axis=1)], axis=1), (-1, n, n))
    return ops.tril(square)
