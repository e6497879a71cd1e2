"""Train every part on the backend that KERAS_BACKEND names and write the results to a folder.

test_contracts_backends.py runs this script.
"""

import json
import sys
from pathlib import Path

import keras
import numpy as np
from contract_members import (
    CONV,
    MEMBERS,
    ON_BACKENDS,
    condition_for,
    in_a_model,
    methods_for,
    name_of,
    suited,
    two_optimizers,
)

import zukan
from zukan import export, numerics

folder = Path(sys.argv[1])
with np.load(folder / "jax.npz") as arrays:
    x = arrays["x"]


def rows_of(vae):
    rows = suited(vae, x.reshape(-1, *vae.event_shape))
    return np.where(np.random.default_rng(0).random(rows.shape) < 0.2, np.nan, rows).astype("float32") if vae.missing else rows


def bound(vae, rows, condition):
    return vae.elbo(rows, samples=16, same_draws=False, **condition).mean() if vae.density else -vae.reconstruction_terms(rows, same_draws=False).sum() / len(rows)


def train(optimizer=None, **options):
    vae = zukan.VAE(**options)
    vae.compile(optimizer or keras.optimizers.Adam(0.01))
    rows, condition = rows_of(vae), condition_for(vae, len(x))
    before = bound(vae, rows, condition)
    history = vae.fit(rows, epochs=2, batch_size=8, verbose=0, validation_data=(rows, *condition.values()), **condition).history
    history = {name: [float(value) for value in values] for name, values in history.items()}
    return vae, history, [float(before), float(bound(vae, rows, condition))]


def shapes_of(vae, methods):
    rows, condition = rows_of(vae)[:4], condition_for(vae, 4)  # few: the same draws for every row take a pass for each
    one = condition_for(vae, 1)
    results = {"encode": vae.encode(rows, **condition), "encode_sample": vae.encode(rows, sample=True, **condition),
               "reconstruct": vae.reconstruct(rows, sample=True, **condition),
               "drawn_sample": vae.sample(3, draw=True, as_frame=False, **condition_for(vae, 3))}
    if vae.density:
        results["log_likelihood"] = vae.log_likelihood(rows, samples=2, **condition)
    more = {"decode": lambda: vae.decode(results["encode"], **condition),
            "sample": lambda: vae.sample(3, as_frame=False, **condition_for(vae, 3)),
            "attribution": lambda: vae.attribution(rows, **condition), "predict": lambda: vae.predict(rows, verbose=0, **condition),
            "interpolate": lambda: vae.interpolate(rows[0], rows[1], steps=4, **{name: value[0] for name, value in one.items()})}
    more |= {"elbo": lambda: vae.elbo(rows, samples=2, **condition)} if vae.density else {}
    results |= {name: method() for name, method in more.items() if name in methods}
    if vae.missing:
        results |= {"impute": vae.impute(rows, samples=2, **condition),
                    "draws": vae.impute(rows, samples=2, draws=1, **condition)[0]}
    for name, result in results.items():
        assert np.isfinite(result).all(), name
    return {name: list(result.reshape(len(result), -1).shape if result.ndim > 1 else result.shape)
            for name, result in results.items()}


histories, elbos, shapes, exports, extras = {}, {}, {}, {}, {}
trials = {name_of(member): (member, {}, None) for member in ON_BACKENDS}
factor = next(member for member in MEMBERS if member.name == "factor")
trials |= {"two optimizers": (factor, {}, two_optimizers()), "missing values": (CONV, {"missing": True, "condition": 3}, None)}
for name, (member, more, optimizer) in trials.items():
    shape = {1: (6,), 2: (3, 2)}.get(len(member.model.get("event_shape", ())), (2, 3, 1))
    options = in_a_model(member, event_shape=shape, **more)
    if name == "schedule-warmup":  # with 5 updates in an epoch, the mean weights are known
        options["objective"] = {"name": "elbo", "beta": {"name": "warmup", "steps": 10, "start": 0.05, "value": 1.05}}
    vae, histories[name], elbos[name] = train(optimizer, **options)
    shapes[name] = shapes_of(vae, methods_for(name))
    extras[name] = vae.extras
    if member.registry.kind in {"network", "likelihood"} or member.name in {"planar", "delta"}:
        exports[name] = export.write(vae, folder / "onnx" / name)

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

value = keras.ops.convert_to_tensor([[0.3, -1.2], [2.0, 0.5]])
second = numerics.gradient(lambda z: numerics.gradient(lambda z: z[:, 0] ** 3 * z[:, 1] ** 2, z) ** 2 / 2, value)

messages = []
try:
    vae.fit((255 * x).astype("uint8"))
except zukan.InputError as error:
    messages.append(str(error))

(folder / "report.json").write_text(json.dumps({
    "backend": keras.backend.backend(), "histories": histories, "elbos": elbos, "extras": extras, "shapes": shapes, "exports": exports, "first": first,
    "again": train(**small, seed=1)[1], "other": train(**small, seed=2)[1], "changed": changed, "reloaded": reloaded,
    "second": keras.ops.convert_to_numpy(second).tolist(), "messages": messages}))
