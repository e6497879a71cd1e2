"""Time of a steady epoch of the tutorial's model: zukan, stock Keras ``fit`` on JAX, a hand-written ``jax.lax.scan``.

    python -m benchmarks.epoch [--rounds 5] [--batch-size 64]

The three take turns within each round, so that a machine's noise falls on all alike; the ratios are of medians within
this one run. The loss after the last epoch stands beside each, since a faster wrong model does not count.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable

os.environ["KERAS_BACKEND"] = "jax"

import jax
import jax.numpy as jnp
import keras
import numpy as np

import zukan

EPOCHS = 3  # of one turn; the first of each turn pays for set-up and is not counted


class Clock(keras.callbacks.Callback):
    """Seconds of each epoch, and the last loss."""

    def on_train_begin(self, logs=None):
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.start)
        self.loss = logs["loss"]


def keras_turn(x: np.ndarray, batch_size: int, fit: Callable) -> Callable[[], tuple[list[float], float]]:
    """Return a function that trains for a turn through ``fit`` and returns seconds by epoch and the loss."""
    vae, clock = zukan.VAE(), Clock()
    vae.compile("adam")

    def turn():
        fit(vae, x, epochs=EPOCHS, batch_size=batch_size, verbose=0, callbacks=[clock])
        return clock.seconds[1:], clock.loss

    return turn


def scan_turn(x: np.ndarray, batch_size: int) -> Callable[[], tuple[list[float], float]]:
    """Return the same for the model and Adam written by hand in JAX, an epoch as one ``jax.lax.scan``."""
    rows = jnp.asarray(x.reshape(len(x), -1))
    key = jax.random.key(0)
    glorot = jax.nn.initializers.glorot_uniform()
    widths = [(784, 256), (256, 2), (256, 2), (2, 256), (256, 784)]
    params = [(glorot(jax.random.fold_in(key, i), width), jnp.zeros(width[1])) for i, width in enumerate(widths)]
    zeros = jax.tree.map(jnp.zeros_like, params)

    def loss_of(params, batch, key):
        hidden, mean, log_var, hidden_up, out = params
        h = jax.nn.relu(batch @ hidden[0] + hidden[1])
        m, v = h @ mean[0] + mean[1], h @ log_var[0] + log_var[1]
        z = m + jnp.exp(0.5 * v) * jax.random.normal(key, m.shape)
        logits = jax.nn.relu(z @ hidden_up[0] + hidden_up[1]) @ out[0] + out[1]
        reconstruction = jnp.sum(jax.nn.softplus(logits) - batch * logits, axis=-1)
        return jnp.mean(reconstruction + 0.5 * jnp.sum(jnp.exp(v) + m**2 - 1 - v, axis=-1))

    def step(state, index):
        params, first, second, count, key = state
        key, noise = jax.random.split(key)
        loss, grads = jax.value_and_grad(loss_of)(params, rows[index], noise)
        count += 1
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, grads)
        second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, grads)
        rate = 1e-3 * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)
        params = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) + 1e-7), params, first, second)
        return (params, first, second, count, key), loss

    epoch = jax.jit(lambda state, table: jax.lax.scan(step, state, table), donate_argnums=0)
    copy = jax.tree.map(jnp.copy, zeros)
    state = (params, zeros, copy, jnp.float32(0), key)
    generator = np.random.default_rng(0)

    def turn():
        nonlocal state
        seconds = []
        for _ in range(EPOCHS):
            start = time.perf_counter()
            order = generator.permutation(len(x)).astype("int32")
            full = order[: len(x) // batch_size * batch_size].reshape(-1, batch_size)
            state, losses = epoch(state, full)
            if len(x) % batch_size:
                state, _ = epoch(state, order[None, full.size :])
            loss = float(jnp.mean(losses))
            seconds.append(time.perf_counter() - start)
        return seconds[1:], loss

    return turn


def main() -> None:
    """Run the turns and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batch-size", type=int, default=64)
    given = parser.parse_args()
    x = zukan.data.load("mnist").train.x
    turns = {"zukan": keras_turn(x, given.batch_size, zukan.VAE.fit),
             "stock Keras fit": keras_turn(x, given.batch_size, keras.Model.fit),
             "hand-written scan": scan_turn(x, given.batch_size)}
    seconds: dict[str, list[float]] = {name: [] for name in turns}
    losses = {}
    for turn in turns.values():
        turn()  # compiles
    for _ in range(given.rounds):
        for name, turn in turns.items():
            taken, losses[name] = turn()
            seconds[name] += taken
    ours = statistics.median(seconds["zukan"])
    print(f"{os.cpu_count()} CPUs, {jax.devices()[0].device_kind}, Keras {keras.__version__}, JAX {jax.__version__}, "
          f"batch {given.batch_size}, seconds an epoch without validation")
    print(f"{'':20}{'median':>8}{'min':>8}{'max':>8}{'zukan is':>12}{'train loss':>12}")
    for name, taken in seconds.items():
        median = statistics.median(taken)
        print(f"{name:20}{median:8.3f}{min(taken):8.3f}{max(taken):8.3f}{ours / median:11.2f}x{losses[name]:12.2f}")


if __name__ == "__main__":
    main()
