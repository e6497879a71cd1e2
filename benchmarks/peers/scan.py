"""The model, its loss and Adam, written by hand in JAX with an epoch as one ``jax.lax.scan``: the fastest plain way."""

from __future__ import annotations

import time

import jax
import jax.numpy as jnp
import numpy as np


def _loss(params, batch, key):
    hidden, mean, log_var, hidden_up, out = params
    h = jax.nn.relu(batch @ hidden[0] + hidden[1])
    m, v = h @ mean[0] + mean[1], h @ log_var[0] + log_var[1]
    z = m + jnp.exp(0.5 * v) * jax.random.normal(key, m.shape)
    logits = jax.nn.relu(z @ hidden_up[0] + hidden_up[1]) @ out[0] + out[1]
    reconstruction = jnp.sum(jax.nn.softplus(logits) - batch * logits, axis=-1)
    return jnp.mean(reconstruction + 0.5 * jnp.sum(jnp.exp(v) + m**2 - 1 - v, axis=-1))


def trainer(x, batch_size: int, network: str):
    if network != "dense":
        raise ValueError("trains the dense network only: on a CPU, XLA runs convolutions in a scan many times slower")
    rows = jnp.asarray(x.reshape(len(x), -1))
    key = jax.random.key(0)
    glorot = jax.nn.initializers.glorot_uniform()
    widths = [(784, 256), (256, 2), (256, 2), (2, 256), (256, 784)]
    params = [(glorot(jax.random.fold_in(key, i), width), jnp.zeros(width[1])) for i, width in enumerate(widths)]

    def step(state, index):
        params, first, second, count, key = state
        key, noise = jax.random.split(key)
        loss, grads = jax.value_and_grad(_loss)(params, rows[index], noise)
        count += 1
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, grads)
        second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, grads)
        rate = 1e-3 * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)
        params = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) + 1e-7), params, first, second)
        return (params, first, second, count, key), loss

    epoch = jax.jit(lambda state, table: jax.lax.scan(step, state, table), donate_argnums=0)
    state = (params, jax.tree.map(jnp.zeros_like, params), jax.tree.map(jnp.zeros_like, params), jnp.float32(0), key)
    generator = np.random.default_rng(0)

    def turn(epochs: int):
        nonlocal state
        seconds = []
        for _ in range(epochs + 1):
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
