"""Find where the time of a training step goes: a hand-written step, and the same step with one thing changed.

python -m benchmarks.step [--rounds 7]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

from benchmarks import markdown
from benchmarks.processes import DATA

BATCH, STEPS = 64, 468
WIDTHS = [(784, 256), (256, 2), (256, 2), (2, 256), (256, 784)]


def by_absolute_value(logits, x):
    """Return minus the log-probability of a Bernoulli as zukan writes it, with the absolute value of the logits."""
    absolute = jnp.abs(logits)
    return -jnp.sum((x - 0.5) * logits - 0.5 * absolute - jnp.log1p(jnp.exp(-absolute)), axis=-1)


def by_softplus(logits, x):
    return jnp.sum(jax.nn.softplus(logits) - x * logits, axis=-1)


def squares(logits, x):
    return jnp.sum((logits - x) ** 2, axis=-1)


def _gather(data, index):
    return data[index]


def _gather_bytes(data, index):
    return data[index].astype("float32") / 255


def _slice(data, index):
    return jax.lax.dynamic_slice_in_dim(data, index[0] % (len(data) - BATCH), BATCH)


def _turn(pixels, *, gradient=True, adam=True, noise=True, reconstruction=by_absolute_value, rows: Callable = _gather,
          unroll: int = 1, as_bytes=False, flat=False) -> Callable[[], float]:
    """Return a function that runs many steps in one loop and returns the milliseconds per step."""
    data = jnp.asarray(pixels if as_bytes else pixels.astype("float32") / 255)
    glorot, key = jax.nn.initializers.glorot_uniform(), jax.random.key(0)
    params = [(glorot(jax.random.fold_in(key, i), width), jnp.zeros(width[1])) for i, width in enumerate(WIDTHS)]
    params, parts = ravel_pytree(params) if flat else (params, lambda params: params)

    def loss(params, x, key):
        hidden, mean, log_var, hidden_up, out = parts(params)
        h = jax.nn.relu(x @ hidden[0] + hidden[1])
        m, v = h @ mean[0] + mean[1], h @ log_var[0] + log_var[1]
        z = m + jnp.exp(0.5 * v) * (jax.random.normal(key, m.shape) if noise else 1.0)
        logits = jax.nn.relu(z @ hidden_up[0] + hidden_up[1]) @ out[0] + out[1]
        return jnp.mean(reconstruction(logits, x) + 0.5 * jnp.sum(jnp.exp(v) + m**2 - 1 - v, axis=-1))

    def step(state, index):
        params, first, second, count, key = state
        key, noise_key = jax.random.split(key) if noise else (key, key)
        x = rows(data, index)
        if not gradient:
            return state, loss(params, x, noise_key)
        value, grads = jax.value_and_grad(loss)(params, x, noise_key)
        count += 1
        if adam:
            first = jax.tree.map(lambda m, g: m + 0.1 * (g - m), first, grads)
            second = jax.tree.map(lambda v, g: v + 0.001 * (g * g - v), second, grads)
            rate = 1e-3 * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)
            params = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) + 1e-7), params, first, second)
        else:
            params = jax.tree.map(lambda p, g: p - 1e-4 * g, params, grads)
        return (params, first, second, count, key), value

    run = jax.jit(lambda state, table: jax.lax.scan(step, state, table, unroll=unroll), donate_argnums=0)
    state = (params, jax.tree.map(jnp.zeros_like, params), jax.tree.map(jnp.zeros_like, params), jnp.float32(0), key)
    generator = np.random.default_rng(0)

    def turn() -> float:
        nonlocal state
        table = generator.permutation(len(data))[: STEPS * BATCH].astype("int32").reshape(STEPS, BATCH)
        start = time.perf_counter()
        state, losses = run(state, table)
        losses.block_until_ready()
        return (time.perf_counter() - start) / STEPS * 1e3

    return turn


VARIANTS = {
    "the step: gather, loss, gradient, Adam": {},
    "forward only": {"gradient": False},
    "plain gradient descent instead of Adam": {"adam": False},
    "no noise": {"noise": False},
    "squared error instead of the Bernoulli": {"reconstruction": squares},
    "the Bernoulli with JAX's softplus": {"reconstruction": by_softplus},
    "consecutive rows instead of gathered ones": {"rows": _slice},
    "images stored as bytes, cast within the step": {"rows": _gather_bytes, "as_bytes": True},
    "all weights as one vector": {"flat": True},
    "two steps per loop iteration": {"unroll": 2},
    "four steps per loop iteration": {"unroll": 4},
}


def measure(rounds: int) -> str:
    """Time all variants in turns and return a table."""
    with np.load(DATA) as arrays:
        pixels = arrays["x_train"].reshape(-1, 784)
    turns = {name: _turn(pixels, **options) for name, options in VARIANTS.items()}
    for turn in turns.values():
        turn()
    times: dict[str, list[float]] = {name: [] for name in turns}
    for _ in range(rounds):
        for name, turn in turns.items():
            times[name].append(turn())
    base = statistics.median(next(iter(times.values())))
    rows = [[name, f"{statistics.median(values):.3f}", f"{min(values):.3f}", f"{max(values):.3f}",
             f"{statistics.median(values) / base:.2f}×"] for name, values in times.items()]
    return (f"Milliseconds per step of {BATCH} images, {STEPS} steps per turn.\n\n"
            + markdown.table(["", "median", "min", "max", "ratio"], rows))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    print(measure(parser.parse_args().rounds), markdown.machine("cpu"), sep="\n")


if __name__ == "__main__":
    main()
