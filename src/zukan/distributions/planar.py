"""The planar transformation."""

from __future__ import annotations

from typing import Any

from keras import ops

from zukan.distributions.transformed import Transformation


class Planar(Transformation):
    """z + u_hat tanh(w·z + b), which bends the space along the hyperplane w·z + b = 0 (arXiv:1505.05770, section 4.1).

    ``u_hat`` is ``u``, corrected so that the map is invertible. The inverse has no closed form.

    Parameters
    ----------
    w, u : tensor, shape (d,)
    b : tensor, shape ()
    """

    def __init__(self, w: Any, u: Any, b: Any) -> None:
        self.w, self.u, self.b = w, u, b

    def forward(self, value: Any) -> tuple[Any, Any]:
        """Return the image and the log-determinant log |1 + u_hat·w (1 - tanh²(w·z + b))|."""
        dot = ops.sum(self.w * self.u)
        u_hat = self.u + (ops.softplus(dot) - 1.0 - dot) * self.w / ops.sum(self.w * self.w)  # keeps w·u_hat above -1
        h = ops.tanh(ops.sum(value * self.w, axis=-1, keepdims=True) + self.b)
        log_det = ops.log(1.0 + (1.0 - ops.square(h[..., 0])) * ops.sum(self.w * u_hat))
        return value + h * u_hat, log_det
