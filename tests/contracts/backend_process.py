"""Train every part on the backend that KERAS_BACKEND names and write the results to a folder.

test_contracts_backends.py runs this script.
"""

import json
import sys
from pathlib import Path

import keras
import numpy as np
from contract_members import MEMBERS, in_a_model, name_of

import zukan
from zukan import export

folder = Path(sys.argv[1])
with np.load(folder / "jax.npz") as arrays:
    x = arrays["x"]


def train(**options):
    vae = zukan.VAE(**options)
    vae.compile(keras.optimizers.Adam(0.01))
    rows = x.reshape(-1, *vae.event_shape)
    before = vae.elbo(rows, samples=16).mean()
    history = vae.fit(rows, epochs=2, batch_size=8, verbose=0, validation_data=rows).history
    history = {name: [float(value) for value in values] for name, values in history.items()}
    return vae, history, [float(before), float(vae.elbo(rows, samples=16).mean())]


def shapes_of(vae):
    flat = x.reshape(-1, *vae.event_shape)
    results = {"encode": vae.encode(flat), "encode_sample": vae.encode(flat, sample=True), "decode": vae.decode(vae.encode(flat)),
               "reconstruct": vae.reconstruct(flat, sample=True), "sample": vae.sample(3), "elbo": vae.elbo(flat, samples=2),
               "log_likelihood": vae.log_likelihood(flat, samples=2), "interpolate": vae.interpolate(flat[0], flat[1], steps=4),
               "predict": vae.predict(flat, verbose=0)}
    for name, result in results.items():
        assert np.isfinite(result).all(), name
    return {name: list(result.reshape(len(result), -1).shape if result.ndim > 1 else result.shape)
            for name, result in results.items()}


histories, elbos, shapes, exports = {}, {}, {}, {}
for member in MEMBERS:
    options = in_a_model(member, event_shape=(2, 3, 1))
    if name_of(member) == "schedule-warmup":  # with 5 updates in an epoch, the mean weights are known
        options["objective"] = {"name": "elbo", "beta": {"name": "warmup", "steps": 10, "start": 0.05, "value": 1.05}}
    vae, histories[name_of(member)], elbos[name_of(member)] = train(**options)
    shapes[name_of(member)] = shapes_of(vae)
    if member.registry.kind in {"network", "likelihood"}:
        exports[name_of(member)] = export.write(vae, folder / "onnx" / name_of(member))

small = {"event_shape": (6,), "encoder": {"name": "mlp", "units": [8]}}
vae, first, _ = train(**small, seed=1)
before = vae.encode(x), vae.elbo(x)
vae.fit(x, batch_size=8, verbose=0)
changed = bool((vae.encode(x) != before[0]).any() and (vae.elbo(x) != before[1]).any())

vae.save(folder / "here.keras")
here = zukan.load(folder / "here.keras")
reloaded = bool((here.encode(x) == vae.encode(x)).all() and (here.elbo(x) == vae.elbo(x)).all())

from_jax = zukan.load(folder / "from_jax.keras")
export.write(from_jax, folder / "onnx" / "from_jax")
np.savez(folder / "loaded.npz", encode=from_jax.encode(x), decode=from_jax.decode(from_jax.encode(x)),
         elbo=from_jax.elbo(x, samples=500), log_likelihood=from_jax.log_likelihood(x, samples=500))

messages = []
try:
    vae.fit((255 * x).astype("uint8"))
except zukan.InputError as error:
    messages.append(str(error))

(folder / "report.json").write_text(json.dumps({
    "backend": keras.backend.backend(), "histories": histories, "elbos": elbos, "shapes": shapes, "exports": exports, "first": first,
    "again": train(**small, seed=1)[1], "other": train(**small, seed=2)[1], "changed": changed, "reloaded": reloaded,
    "messages": messages}))
