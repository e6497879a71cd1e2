"""Every registered part in a small VAE: it trains, is saved and loaded, and accepts every event shape."""

import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from contract_members import MEMBERS, TRIALS, accepted, condition_for, data, in_a_model, items_for, name_of

import zukan
from zukan import export
from zukan.training import checkpoints, replicas

SCRIPT = Path(__file__).with_name("load_process.py")
NETWORKS = [member for member in MEMBERS if member.registry.kind == "network"]
N, HELD_OUT = 32, 16
SAVED = [trial for trial in TRIALS if not trial.plain]
each_trial = pytest.mark.parametrize("trial", [
    pytest.param(trial, marks=[pytest.mark.thorough] if trial.plain else []) for trial in TRIALS], ids=lambda trial: trial.name)


def fit(vae, **options):
    x, held_out = items_for(vae, N), items_for(vae, HELD_OUT, seed=1)
    condition = condition_for(vae, HELD_OUT).values()
    return vae.fit(x, batch_size=4, validation_data=(held_out, *condition) if condition else held_out, verbose=0,
                   **{"epochs": 2, **condition_for(vae, N), **options}).history


def inputs(vae, n, seed=0):
    return vae._inputs.check("x", items_for(vae, n, seed), condition_for(vae, n).get("condition"))


def assert_same_weights(ours, theirs, **tolerance):
    for mine, other in zip((*ours.variables, *ours.optimizer.variables), (*theirs.variables, *theirs.optimizer.variables),
                           strict=True):
        np.testing.assert_allclose(np.asarray(mine, "float64"), np.asarray(other, "float64"), err_msg=mine.path,
                                   **{"rtol": 0, "atol": 0, **tolerance})


def results(vae):
    """Return what a saved model must reproduce, as lists."""
    x, condition = items_for(vae, 8), condition_for(vae, 8)
    arrays = [vae.encode(x, sample=True, **condition), vae.reconstruct(x, **condition), vae.attribution(x, **condition),
              vae.sample(3, as_frame=False, **condition_for(vae, 3))]
    arrays += [vae.log_likelihood(x, samples=2, **condition)] if vae.density else []
    return [array.tolist() for array in arrays]


@pytest.fixture(scope="module")
def models():
    """Every trial's model after two epochs, with its history, made when it is first asked for."""
    made = {}

    def get(trial):
        if trial.name not in made:
            vae = trial.build()
            x, condition = items_for(vae, N), condition_for(vae, N)
            before = vae.elbo(x, samples=16, **condition).mean() if vae.density else None
            made[trial.name] = vae, fit(vae), before
        return made[trial.name]

    return get


@each_trial
def test_a_model_trains_and_its_history_holds_its_own_terms_only(trial, models):
    vae, history, before = models(trial)
    bound = {"kl", "elbo"} if vae.density else set()
    terms = {"loss", "reconstruction", *bound, *vae.extras}
    assert set(history) == terms | {f"val_{term}" for term in terms}
    assert np.isfinite(list(history.values())).all()
    x, condition = items_for(vae, N), condition_for(vae, N)
    if "density" in vae.objective.needs:
        assert before < vae.elbo(x, samples=16, **condition).mean()
    else:
        assert history["loss"][1] < history["loss"][0]
    if bound:
        np.testing.assert_allclose(history["elbo"], -np.add(history["reconstruction"], history["kl"]), rtol=1e-5)
    else:
        for method in (vae.elbo, vae.kl_terms, vae.log_likelihood, vae.score):
            with pytest.raises(zukan.InputError, match="needs a (posterior|prior) with a density") as caught:
                method(x, **condition)
            assert "\n" not in str(caught.value)


@each_trial
def test_a_compiled_epoch_equals_kerass_own_loop(trial):
    ours, theirs = trial.build(), trial.build()
    fit(ours, shuffle=False, epochs=1)
    theirs.begin(inputs(theirs, N))
    keras.Model.fit(theirs, inputs(theirs, N), batch_size=4, epochs=1, shuffle=False, verbose=0,
                    validation_data=(inputs(theirs, HELD_OUT, seed=1),))
    assert_same_weights(ours, theirs, atol=1e-5)


@each_trial
def test_a_resumed_training_is_equal_bit_for_bit(trial, tmp_path, models):
    vae, resumed = trial.build(), trial.build()
    fit(vae, epochs=1, callbacks=[checkpoints.Checkpoints(tmp_path)])
    for variable in (*resumed.trainable_variables, *resumed.non_trainable_variables):
        variable.assign(variable + 1)  # whatever it holds is replaced
    assert checkpoints.restore(tmp_path, resumed) == 1
    fit(resumed, initial_epoch=1)
    assert_same_weights(resumed, models(trial)[0])


@each_trial
def test_replicas_equal_their_own_fits(trial, models, request):
    if trial.name == "posterior-vq":  # Adam amplifies rounding in its gradients near zero, so compile as users do
        request.getfixturevalue("optimized")
        alone = trial.build()
        fit(alone)
    else:
        alone = models(trial)[0]
    together = [trial.build(seed=seed) for seed in (0, 1)]
    replicas.fit(together, inputs(together[0], N), inputs(together[0], HELD_OUT, seed=1), epochs=2, batch_size=4,
                 callbacks=[[], []])
    assert_same_weights(together[0], alone, rtol=1e-5, atol=2e-6)
    assert any(not np.array_equal(mine, other) for mine, other in zip(*(vae.get_weights() for vae in together), strict=True))


@each_trial
def test_exported_networks_compute_the_same_as_the_model(trial, models, tmp_path):
    errors = export.write(models(trial)[0], tmp_path)
    assert set(errors) == {"encoder.onnx", "decoder.onnx"}
    assert 0 <= max(errors.values()) < 1e-5


@pytest.fixture(scope="module")
def loaded(models, tmp_path_factory):
    """Return the results of all saved models in a new process."""
    folder = tmp_path_factory.mktemp("saved")
    for i, trial in enumerate(SAVED):
        models(trial)[0].save(folder / f"{i}.keras")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])}
    process = subprocess.run([sys.executable, SCRIPT, folder], env=environment, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr[-3000:]
    return json.loads((folder / "results.json").read_text())


@pytest.mark.parametrize("trial", SAVED, ids=lambda trial: trial.name)
def test_a_model_is_saved_and_loads_in_a_new_process(trial, models, loaded):
    vae, there = models(trial)[0], loaded[SAVED.index(trial)]
    assert there["config"] == json.loads(json.dumps(vae.get_config()))
    for mine, other in zip(results(vae), there["results"], strict=True):
        np.testing.assert_array_equal(np.float32(other), np.float32(mine))


@pytest.mark.parametrize("member", [m for m in MEMBERS if not issubclass(m.registry.members[m.name], keras.Layer)],
                         ids=name_of)
def test_one_part_serves_two_models(member):
    part = member.make()
    first, second = (zukan.VAE(**in_a_model(member, part)) for _ in range(2))
    for one, other in zip(first.weights, second.weights, strict=True):
        assert one is not other
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(("member", "shape"), [
    pytest.param(member, shape, id=f"{member.name}-{'x'.join(map(str, shape))}")
    for member in NETWORKS for shape in accepted(member)])
def test_a_network_accepts_every_event_shape(member, shape):
    latent_dim = 1 + len(shape)
    vae = zukan.VAE(shape, latent_dim, encoder=member.make())
    x = data(3, shape)
    mean, log_var, z = vae.encoder(x)
    assert mean.shape == log_var.shape == z.shape == (3, latent_dim)
    image = np.asarray(vae.decoder(mean))
    assert image.shape == x.shape
    assert ((image >= 0) & (image <= 1)).all()
    assert len(set(image.ravel().tolist())) > 1 or image[0].size == 1, "the decoder must reach every element"


@pytest.mark.parametrize(("latent_dim", "shape", "prior", "likelihood"), [
    (1, (3, 2, 1), "mixture", "bernoulli"), (2, (7,), "normal", "bernoulli"), (5, (1,), "normal", "normal")])
def test_methods_return_the_documented_shapes(latent_dim, shape, prior, likelihood):
    vae = zukan.VAE(shape, latent_dim, encoder={"name": "mlp", "units": [4]}, prior=prior, likelihood=likelihood)
    x = data(5, shape)
    assert vae.encode(x).shape == vae.encode(x, sample=True).shape == (5, latent_dim)
    assert vae.decode(np.zeros((4, latent_dim))).shape == (4, *shape)
    assert vae.sample(3).shape == (3, *shape)
    assert vae.reconstruct(x).shape == x.shape
    assert vae.interpolate(x[0], x[1], steps=4).shape == (4, *shape)
    assert vae.elbo(x, samples=2).shape == vae.log_likelihood(x, samples=2).shape == (5,)
    assert vae.kl_terms(x).shape == (5, latent_dim if prior == "normal" else 1)
    assert all(array.dtype == np.float32 for array in (vae.encode(x), vae.sample(3), vae.elbo(x)))
