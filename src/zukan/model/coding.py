"""From examples to codes and back."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops

from zukan import checks
from zukan.model.batching import over_batches
from zukan.model.checking import check_codes
from zukan.model.passes import Passes


class Coding(Passes):
    """Encode, decode, reconstruct, sample, interpolate."""

    def encode(self, x: Any, *, sample: bool = False, seed: int = 0, batch_size: int = 1024) -> np.ndarray:
        """Return the codes of ``x``: the means of q(z|x), or one draw from each.

        Parameters
        ----------
        x : array, shape (n, *event_shape)
        sample : bool, default False
            Draw from q(z|x) instead of taking its mean.
        seed : int, default 0
            Seed of the draw.
        batch_size : int, default 1024

        Returns
        -------
        array, shape (n, latent_dim)
        """
        program = self._program(_sample if sample else _mean)
        return over_batches(program, self._check("x", x), batch_size, seed)

    def decode(self, z: Any, *, batch_size: int = 1024) -> np.ndarray:
        """Return the means of p(x|z), shape ``(n, *event_shape)``, for codes ``z``, shape ``(n, latent_dim)``."""
        return over_batches(self._program(_decode), check_codes(z, self.latent_dim), batch_size, 0)

    def reconstruct(self, x: Any, *, sample: bool = False, seed: int = 0, batch_size: int = 1024) -> np.ndarray:
        """Return ``decode(encode(x))``: through the mean of q(z|x), or with ``sample=True`` through one draw."""
        program = self._program(_through_sample if sample else _through_mean)
        return over_batches(program, self._check("x", x), batch_size, seed)

    def sample(self, n: int = 16, *, seed: int = 0) -> np.ndarray:
        """Draw ``n`` codes from the prior and return the means of p(x|z), shape ``(n, *event_shape)``."""
        n, seed = checks.integer("n", n), checks.integer("seed", seed, minimum=0)
        return self.decode(ops.convert_to_numpy(self.prior.distribution(self.posterior_of).sample(n, seed)))

    def interpolate(self, a: Any, b: Any, *, steps: int = 9) -> np.ndarray:
        """Decode a straight line between the codes of two examples.

        Parameters
        ----------
        a, b : array, shape event_shape
        steps : int, default 9
            Number of images, both ends included.

        Returns
        -------
        array, shape (steps, *event_shape)
        """
        checks.integer("steps", steps, minimum=2)
        for name, end in (("a", a), ("b", b)):
            if np.shape(end) != self.event_shape:
                raise checks.InputError(
                    f"{name} must have shape {self.event_shape}, got {np.shape(end)}; give one example")
        ends = [self._check(name, np.asarray(end)[None]) for name, end in (("a", a), ("b", b))]
        start, end = self.encode(np.concatenate(ends))
        weights = np.linspace(0.0, 1.0, steps, dtype=start.dtype)[:, None]
        return self.decode((1.0 - weights) * start + weights * end)


def _mean(model: Passes, x: Any, draws: Any) -> Any:  # noqa: ARG001 every program takes draws
    return model.posterior_of(x).mean


def _sample(model: Passes, x: Any, draws: Any) -> Any:
    return model.posterior_of(x).sample(1, draws)[0]


def _decode(model: Passes, z: Any, draws: Any) -> Any:  # noqa: ARG001
    return model.decoded(z)


def _through_mean(model: Passes, x: Any, draws: Any) -> Any:
    return model.decoded(_mean(model, x, draws))


def _through_sample(model: Passes, x: Any, draws: Any) -> Any:
    return model.decoded(_sample(model, x, draws))
