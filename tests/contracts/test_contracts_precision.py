"""Every part of a model whose networks compute in bfloat16: all that is not encoder or decoder stays float32."""

import jax
import jax.numpy as jnp
import keras
import pytest
from contract_members import TRIALS, condition_for, items_for


@pytest.mark.parametrize("trial", [pytest.param(trial, marks=[pytest.mark.thorough] if trial.plain else [])
                                   for trial in TRIALS], ids=lambda trial: trial.name)
def test_only_the_networks_compute_in_bfloat16(trial, monkeypatch):
    vae = trial.build(dtype="mixed_bfloat16")
    inputs = vae._inputs.check("x", items_for(vae, 4), condition_for(vae, 4).get("condition"))
    calls = []

    def traced():
        def step(inputs):  # a new function each time, since JAX keeps what it has traced
            return vae.compute_loss(inputs, None, vae(inputs, training=True), training=True)

        with keras.StatelessScope(state_mapping=[(v, v.value) for v in vae.variables]):
            return str(jax.make_jaxpr(step)(inputs))

    assert "bf16" in traced()
    # Without the networks, whose place these zeros take, nothing is left in bfloat16.
    for network in (vae._inference, vae._generation):
        def zeros(inputs, training=None, mask=None, *, network=network):
            calls.append(network)
            rows = keras.tree.flatten(inputs)[0]
            return {key: (jnp.zeros((len(rows), *value.shape[1:])) + 0.0 * rows.mean()).astype(value.dtype)
                    for key, value in network.output.items()}

        monkeypatch.setattr(network, "call", zeros)
    assert "bf16" not in traced()
    assert len(set(calls)) == 2
    assert {v.dtype for v in vae.trainable_variables} == {"float32"}
