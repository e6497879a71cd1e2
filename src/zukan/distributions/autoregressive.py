"""The autoregressive transformation, which is a coupling layer if it has two steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from keras import ops

from zukan.distributions.transformed import Transformation

UNROLLED = 4  # steps; more become a loop, since XLA takes minutes to compile the gradient of 64 unrolled ones


class Autoregressive(Transformation):
    """value * exp(log_scale) + shift, where both depend on the elements of lower degree only.

    The Jacobian is triangular, so its determinant is the product of the scales. `forward` is one pass of the network;
    `inverse` takes one pass for each degree. With all degrees different, it is a layer of an inverse autoregressive
    flow (arXiv:1606.04934), and inverted a layer of a masked autoregressive flow (arXiv:1705.07057). With two degrees,
    it is the affine coupling of RealNVP (arXiv:1605.08803).

    Parameters
    ----------
    degrees : sequence of int
        From 0; one for each element.
    network : callable
        value -> (shift, log_scale), of which element i depends on the elements j with ``degrees[j] < degrees[i]``.
    """

    def __init__(self, degrees: npt.ArrayLike, network: Callable[[Any], tuple[Any, Any]]) -> None:
        self.degrees = np.asarray(degrees, "int32")
        self.network = network

    def forward(self, value: Any) -> tuple[Any, Any]:
        """Return the image of ``value`` and the log-determinant, in one pass."""
        shift, log_scale = self.network(value)
        return value * ops.exp(log_scale) + shift, ops.sum(log_scale, axis=-1)

    def inverse(self, value: Any) -> tuple[Any, Any]:
        """Find the elements degree by degree, then return them and the log-determinant."""
        def find(degree: Any, found: Any) -> Any:
            shift, log_scale = self.network(found)
            return ops.where(ops.equal(self.degrees, degree), (value - shift) * ops.exp(-log_scale), found)

        steps, found = int(self.degrees.max()) + 1, ops.zeros_like(value)
        if steps > UNROLLED:
            found = ops.fori_loop(0, steps, find, found)
        else:
            for degree in range(steps):
                found = find(degree, found)
        return found, -ops.sum(self.network(found)[1], axis=-1)
