"""Time a step's mixture density with its gradient, by plain differences and as zukan computes it.

    python -m benchmarks.mixtures

CPU time counts, so that other programs on the machine do not matter much.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import jax
import numpy as np

import zukan
from zukan.distributions import Distribution, Mixture, Normal

STEPS, VALUES, COMPONENTS, WIDTH = 20, 250, 500, 40


def milliseconds(log_prob: Callable, *arrays: np.ndarray) -> float:
    """Return the CPU time of the gradient of the summed density with respect to values, means and log-variances."""
    step = jax.jit(jax.grad(lambda *inputs: log_prob(*inputs).sum(), argnums=(0, 1, 2)))
    jax.block_until_ready(step(*arrays))
    start = time.process_time()
    for _ in range(STEPS):
        jax.block_until_ready(step(*arrays))
    return (time.process_time() - start) / STEPS * 1000


class Plain(Normal):
    """A normal without the fast gradient."""

    log_prob_of_each = Distribution.log_prob_of_each


def main() -> None:
    """Print both times and their ratio."""
    rng = np.random.default_rng(0)
    shapes = ((1, VALUES, WIDTH), (COMPONENTS, WIDTH), (COMPONENTS, WIDTH))
    arrays = [rng.normal(size=shape).astype("float32") for shape in shapes]
    logits = np.zeros(COMPONENTS, "float32")
    plain, ours = (milliseconds(lambda z, *normal, kind=kind: Mixture(logits, kind(*normal)).log_prob(z), *arrays)
                   for kind in (Plain, Normal))
    print(f"zukan {zukan.__version__}: {VALUES} values, {COMPONENTS} components, {WIDTH} dimensions: "
          f"differences {plain:.1f} ms, zukan {ours:.1f} ms, ratio {plain / ours:.1f}")


if __name__ == "__main__":
    main()
