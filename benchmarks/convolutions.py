"""Time the convolutions of the preset with their gradients: XLA's, and as products of patches; alone and in a loop.

python -m benchmarks.convolutions [--rounds 5]
"""

from __future__ import annotations

import argparse
import statistics
import time

import jax
import jax.numpy as jnp

from benchmarks import markdown
from zukan.networks import convolutions

BATCH, REPEATS = 64, 10
LAYERS = [("28×28×1 → 14×14×16", convolutions.Conv2D, 16, 2, (28, 28, 1)),
          ("14×14×16 → 7×7×32", convolutions.Conv2D, 32, 2, (14, 14, 16)),
          ("7×7×32, upsampled → 14×14×16", convolutions.UpConv2D, 16, 1, (7, 7, 32)),
          ("14×14×16, upsampled → 28×28×16", convolutions.UpConv2D, 16, 1, (14, 14, 16))]


def _step(layer):
    """Return one step of gradient descent on input and weights."""
    def loss(x, variables):
        return jnp.sum(layer.stateless_call(variables, [], x)[0] ** 2)

    def step(state):
        return jax.tree.map(lambda value, slope: value - 1e-6 * slope, state, list(jax.grad(loss, (0, 1))(*state)))

    return step


def _milliseconds(function, state, calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        state = jax.block_until_ready(function(state))
    return (time.perf_counter() - start) / REPEATS * 1e3


def measure(rounds: int) -> str:
    """Time all layers in turns and return a table."""
    functions, largest = {}, convolutions.LARGEST
    for name, kind, filters, strides, shape in LAYERS:
        layer = kind(filters, 3, strides=strides, padding="same", activation="relu")
        layer.build((BATCH, *shape))
        state = [jax.random.normal(jax.random.key(0), (BATCH, *shape)), [v.value for v in layer.trainable_variables]]
        step = _step(layer)
        for limit in (largest, 0):  # with 0 no convolution becomes a product
            convolutions.LARGEST = limit
            alone = jax.jit(step).lower(state).compile()
            looped = jax.jit(lambda state, step=step: jax.lax.fori_loop(0, REPEATS, lambda _, each: step(each), state))
            functions[name, limit] = (alone, looped.lower(state).compile(), state)
    convolutions.LARGEST = largest
    times: dict = {key: ([], []) for key in functions}
    for number in range(rounds + 1):
        for key, (alone, looped, state) in functions.items():
            one, many = _milliseconds(alone, state, REPEATS), _milliseconds(looped, state, 1)
            if number:
                times[key][0].append(one)
                times[key][1].append(many)
    rows = [[name, *(f"{statistics.median(times[name, limit][place]):.2f}" for limit in (0, largest)
                     for place in (0, 1))] for name, *_ in LAYERS]
    return (f"Milliseconds of a layer with its gradients, {BATCH} images.\n\n" + markdown.table(
        ["", "XLA's convolution, alone", "in a loop", "product of patches, alone", "in a loop"], rows))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    print(measure(parser.parse_args().rounds), markdown.machine("cpu"), sep="\n")


if __name__ == "__main__":
    main()
