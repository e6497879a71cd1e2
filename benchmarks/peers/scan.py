"""The model, its loss and Adam, written by hand in JAX with an epoch as one ``jax.lax.scan``: the fastest plain way."""

from __future__ import annotations

import time

import jax
import jax.numpy as jnp
import numpy as np

DENSE = [(784, 256), (256, 2), (256, 2), (2, 256), (256, 784)]
CONV = [(3, 3, 1, 16), (3, 3, 16, 32), (1568, 256), (256, 16), (256, 16), (16, 256), (256, 1568), (3, 3, 32, 16),
        (3, 3, 16, 16), (16, 1)]


def _linear(x, layer):
    return x @ layer[0] + layer[1]


def _conv(x, layer, stride=1):
    lanes = ("NHWC", "HWIO", "NHWC")
    return jax.lax.conv_general_dilated(x, layer[0], (stride, stride), "SAME", dimension_numbers=lanes) + layer[1]


def _dense_net(params, batch, noise):
    hidden, mean, log_var, hidden_up, out = params
    h = jax.nn.relu(_linear(batch, hidden))
    m, v = _linear(h, mean), _linear(h, log_var)
    return m, v, _linear(jax.nn.relu(_linear(m + jnp.exp(0.5 * v) * noise, hidden_up)), out)


def _conv_net(params, batch, noise):
    first, second, hidden, mean, log_var, hidden_up, grid, third, fourth, out = params
    h = jax.nn.relu(_conv(batch.reshape(-1, 28, 28, 1), first, 2))
    h = jax.nn.relu(_conv(h, second, 2)).reshape(len(batch), -1)
    h = jax.nn.relu(_linear(h, hidden))
    m, v = _linear(h, mean), _linear(h, log_var)
    up = jax.nn.relu(_linear(m + jnp.exp(0.5 * v) * noise, hidden_up))
    up = jax.nn.relu(_linear(up, grid)).reshape(-1, 7, 7, 32)
    for layer in (third, fourth):
        up = jax.nn.relu(_conv(up.repeat(2, axis=1).repeat(2, axis=2), layer))
    return m, v, _linear(up, out).reshape(len(batch), -1)


NETWORKS = {"dense": (_dense_net, DENSE, 2), "conv": (_conv_net, CONV, 16)}


def _start(widths, key):
    """Return the state of a training: weights, the two moments of Adam, the number of steps, and the key."""
    glorot = jax.nn.initializers.glorot_uniform()
    params = [(glorot(jax.random.fold_in(key, i), width), jnp.zeros(width[-1])) for i, width in enumerate(widths)]
    return params, jax.tree.map(jnp.zeros_like, params), jax.tree.map(jnp.zeros_like, params), jnp.float32(0), key


def _epoch(rows, network: str):
    """Return a function of a state and a table of row numbers: an epoch."""
    net, _, latent = NETWORKS[network]

    def loss_of(params, batch, key):
        m, v, logits = net(params, batch, jax.random.normal(key, (len(batch), latent)))
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

    return lambda state, table: jax.lax.scan(step, state, table)


def _turn(epoch, state, tables):
    """Return a turn; ``tables()`` gives two tables of an epoch: the full batches, and the rest."""
    def turn(epochs: int):
        nonlocal state
        seconds, loss = [], 0.0
        for _ in range(epochs + 1):
            start = time.perf_counter()
            full, *rest = tables()
            state, losses = epoch(state, full)
            for table in rest:
                state, _ = epoch(state, table)
            loss = float(jnp.mean(losses))
            seconds.append(time.perf_counter() - start)
        return seconds[1:], loss

    return turn


def _tables(images: int, batch_size: int, generator) -> list[np.ndarray]:
    order = generator.permutation(images).astype("int32")
    full = order[: images // batch_size * batch_size].reshape(-1, batch_size)
    return [full, order[None, full.size :]] if images % batch_size else [full]


def trainer(x, batch_size: int, network: str):
    if network == "conv" and jax.default_backend() == "cpu":
        raise ValueError("trains the dense network only: on a CPU, XLA runs convolutions in a scan many times slower")
    rows = jnp.asarray(x.reshape(len(x), -1))
    epoch = jax.jit(_epoch(rows, network), donate_argnums=0)
    generator = np.random.default_rng(0)
    return _turn(epoch, _start(NETWORKS[network][1], jax.random.key(0)),
                 lambda: _tables(len(x), batch_size, generator))


def replicas(x, batch_size: int, network: str, models: int):
    """Train several models under ``jax.vmap``, each with its own weights, order and noise."""
    rows = jnp.asarray(x.reshape(len(x), -1))
    epoch = jax.jit(jax.vmap(_epoch(rows, network)), donate_argnums=0)
    states = [_start(NETWORKS[network][1], jax.random.key(seed)) for seed in range(models)]
    generators = [np.random.default_rng(seed) for seed in range(models)]

    def tables():
        each = [_tables(len(x), batch_size, generator) for generator in generators]
        return [np.stack(of_all) for of_all in zip(*each, strict=True)]

    return _turn(epoch, jax.tree.map(lambda *leaves: jnp.stack(leaves), *states), tables)
