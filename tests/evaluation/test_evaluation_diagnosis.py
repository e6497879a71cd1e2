"""Each check of the diagnosis finds a cause that is made by hand, and nothing in a healthy model."""

import json
from dataclasses import replace

import keras
import numpy as np
import pytest
import scipy.stats

from zukan import commands, train
from zukan.data import load
from zukan.data.spread import Far
from zukan.evaluation.diagnosis import CHECKS, Evidence, Finding, collect, diagnosis, evidence, listed
from zukan.evaluation.diagnosis.convergence import steadiness, unfinished
from zukan.evaluation.diagnosis.latent import codes, collapse
from zukan.evaluation.diagnosis.likelihood import levels, likelihood
from zukan.evaluation.diagnosis.output import detail, reconstruction, samples
from zukan.evaluation.diagnosis.overfitting import overfitting
from zukan.evaluation.diagnosis.posterior import prior, weights
from zukan.evaluation.diagnosis.scale import scale
from zukan.evaluation.diagnosis.units import silent_units, units
from zukan.model.probing import Probe, probe

RNG = np.random.default_rng(0)
N = 300


def healthy():
    """Return the evidence of a model that fits: smooth images with fine detail, a normal p(x|z) with the right scale."""
    mean = RNG.normal(size=(N, 12, 12, 1)).astype("float32")
    x = mean + 0.3 * RNG.normal(size=mean.shape).astype("float32")
    z, prior_z = RNG.normal(size=(2, N, 3))

    def cost(values):
        return -scipy.stats.norm.logpdf(values, mean, 0.3).reshape(N, -1).sum(axis=1)

    epochs = np.arange(1, 41)
    loss = 100 + 80 * np.exp(-epochs / 4)
    history = {"epoch": epochs, "loss": loss, "val_loss": loss + 2, "beta": np.ones(40)}
    metrics = {"test": {"kl": 9.0, "elbo": -100.0, "bound": -99.5, "bound_elbo": -100.0},
               "latent": {"variables": ["z1", "z2", "z3"], "kl_per_dimension": [3.0, 3.0, 3.0]},
               "codes": {"choices": 16, "used_codes": 16, "perplexity": 14.0, "by_book": {"used_codes": [16]}}}
    return Evidence(history, metrics, None, x,
                    Probe(z, mean, cost(x), cost(mean + 0.3 * RNG.normal(size=mean.shape)),
                          prior_z, RNG.normal(size=mean.shape).astype("float32"), RNG.normal(0, 0.5, (N, 50))),
                    {"encoder": (3, 64), "decoder": (0, 64)},
                    "Normal", np.array(0.3))


HEALTHY = healthy()


def changed(**parts):
    """Return the healthy evidence with other parts; ``test``, ``latent``, ``codes`` and ``history`` are updated."""
    metrics = {name: {**values, **parts.pop(name, {})} for name, values in HEALTHY.metrics.items()}
    probed = HEALTHY.probe._replace(**{name: parts.pop(name) for name in Probe._fields if name in parts})
    history = {**HEALTHY.history, **parts.pop("history", {})}
    return replace(HEALTHY, metrics=metrics, probe=probed, history=history, **parts)


def blurred(images):
    kernel = np.ones(5) / 5
    rows = np.apply_along_axis(np.convolve, 1, images, kernel, "same")
    return np.apply_along_axis(np.convolve, 2, rows, kernel, "same")


def wide(x):
    """Return features of very different spread."""
    return x.reshape(N, -1)[:, :9] * np.array([0.05] * 8 + [5.0])


EPOCHS = HEALTHY.history["epoch"]
LOSS = HEALTHY.history["loss"]
CAUSES = [
    (scale, "problem", "1,286", "--scaling minmax", lambda: changed(far=Far(1286.0, ("'p12'",), "--scaling minmax"))),
    (scale, "problem", "not scaled", "divide 8-bit images by 255", lambda: changed(x=HEALTHY.x * 60)),
    (scale, "note", "times the median spread", "--scaling standard", lambda: changed(x=wide(HEALTHY.x))),
    (collapse, "problem", "no information", "--warmup-epochs", lambda: changed(test={"kl": 0.02})),
    (collapse, "note", "1 of 3 latent dimensions", "free bits", lambda: changed(latent={"kl_per_dimension": [3, 3, 0.001]})),
    (codes, "note", "In 1 of 2", "learning rate", lambda: changed(codes={"by_book": {"used_codes": [1, 16]}})),
    (codes, "note", "only about 9", "fsq", lambda: changed(codes={"choices": 512, "perplexity": 9.0})),
    (overfitting, "problem", "epoch 40", "--patience", lambda: changed(history={
        "epoch": np.arange(1, 81), "loss": np.r_[LOSS, LOSS[-1] - np.arange(1, 41)],
        "val_loss": np.r_[LOSS + 2, LOSS[-1] + 2 + np.arange(1, 41)], "beta": np.ones(80)})),
    (steadiness, "problem", "nan", "scale the data", lambda: changed(history={"val_loss": np.r_[LOSS[:-1], np.nan]})),
    (steadiness, "problem", "jumps", "--learning-rate", lambda: changed(history={"loss": LOSS + 20 * (EPOCHS % 2)})),
    (unfinished, "note", "1 nats an epoch", "--epochs 80", lambda: changed(history={"val_loss": 200.0 - EPOCHS, "loss": 200.0 - EPOCHS})),
    (units, "problem", "95%", "activation", lambda: changed(silent={"encoder": (61, 64)})),
    (levels, "note", "61.2 nats", "continuous-bernoulli", lambda: changed(test={"entropy": 61.24})),
    (likelihood, "problem", "more around", "learned scale", lambda: changed(cost=HEALTHY.probe.cost + 50, scale=0.2)),
    (likelihood, "problem", "less around", "smaller scale than 1", lambda: changed(cost=HEALTHY.probe.cost - 60, scale=1.0)),
    (likelihood, "problem", "more around", "negative-binomial", lambda: changed(cost=HEALTHY.probe.cost + 50, likelihood="Poisson", scale=None)),
    (likelihood, "problem", "almost 0", "floor", lambda: changed(scale=np.array(1e-5))),
    (likelihood, "note", "few items", "student-t", lambda: changed(cost=HEALTHY.probe.cost + 5000 * (np.arange(N) < 9))),
    (likelihood, "note", "One scale", 'scale="feature"', lambda: changed(
        mean=HEALTHY.x + np.geomspace(0.001, 1, 12, dtype="float32")[:, None] * RNG.normal(size=HEALTHY.x.shape))),
    (reconstruction, "problem", "blurry", "--latent-dim", lambda: changed(mean=blurred(HEALTHY.x))),
    (reconstruction, "problem", "nothing", "--encoder conv ", lambda: changed(mean=HEALTHY.x[::-1])),
    (reconstruction, "problem", "nothing", "a wider network", lambda: changed(
        x=HEALTHY.x.reshape(N, -1), mean=HEALTHY.x[::-1].reshape(N, -1))),
    (reconstruction, "problem", "nothing", "--encoder conv1d", lambda: changed(x=HEALTHY.x[..., 0], mean=HEALTHY.x[::-1, ..., 0])),
    (samples, "note", "times as far", "--prior autoregressive, or vae.fit_prior).", lambda: changed(
        sample=2 * HEALTHY.probe.sample, fits="autoregressive")),
    (prior, "problem", "AUC", "vae.fit_prior), or train with a higher --beta.", lambda: changed(z=HEALTHY.probe.z + 3, pseudo=False)),
    (samples, "note", "times as far", "--prior maf", lambda: changed(sample=2 * HEALTHY.probe.sample)),
    (samples, "note", "softer", "--prior maf", lambda: changed(sample=0.5 * HEALTHY.probe.sample)),
    (prior, "problem", "AUC", "vae.fit_prior", lambda: changed(z=np.sign(HEALTHY.probe.z) + 0.1 * HEALTHY.probe.z)),
    (prior, "problem", "AUC", "higher --beta, or longer", lambda: changed(z=HEALTHY.probe.z + 3, fits="")),
    (weights, "note", "8.0 nats", "--posterior full", lambda: changed(test={"bound": -92.0})),
    (weights, "note", "make up", "5000", lambda: changed(log_weights=40 * HEALTHY.probe.log_weights)),
]


@pytest.mark.parametrize(("check", "severity", "what", "change", "make_evidence"), CAUSES,
                         ids=[f"{case[0].__name__}: {case[2]}" for case in CAUSES])
def test_a_cause_is_found(check, severity, what, change, make_evidence):
    finding = check(make_evidence())
    assert finding.severity == severity
    assert what in finding.what
    assert change in finding.change
    assert finding.evidence
    json.dumps(finding.to_json(), allow_nan=False)


def test_a_healthy_model_is_fine():
    findings = diagnosis(HEALTHY)
    assert [finding for finding in findings if finding.severity != "fine"] == []
    assert {case[0] for case in CAUSES} == set(CHECKS)
    assert len({finding.check for finding in findings}) == len(findings) == len(CHECKS) - 1  # levels is for one likelihood
    assert all(finding.evidence and not finding.change for finding in findings)


def test_without_evidence_there_is_no_finding():
    bare = Evidence({"epoch": np.array([1]), "loss": np.array([3.0])},
                    {"test": {"reconstruction": 3.0}, "latent": {"variables": ["z1"], "kl_per_dimension": None}})
    assert diagnosis(bare) == []


@pytest.mark.parametrize("count", [1, 2, 5])
def test_few_items(count):
    """Few test items make no check fail, and no finding that needs more of them."""
    few = replace(HEALTHY, x=HEALTHY.x[:count], probe=Probe(*(values[:count] for values in HEALTHY.probe)))
    checked = {finding.check for finding in diagnosis(few)}
    assert "prior" not in checked
    assert checked.isdisjoint({"blur", "samples"} if count == 1 else ())


def test_few_draws_show_that_one_alone_makes_up_the_bound():
    values = 40 * HEALTHY.probe.log_weights[:, :16]
    assert "make up" in weights(changed(log_weights=values)).what
    assert weights(changed(log_weights=values / 40)).severity == "fine"
    assert weights(changed(log_weights=values[:, :1])).severity == "fine"  # one draw has all of the weight


def test_epochs_after_the_kept_one_are_not_overfitting():
    rising = changed(history={"epoch": np.arange(1, 51), "loss": np.r_[LOSS, LOSS[-1] - np.arange(1, 11)],
                              "val_loss": np.r_[LOSS + 2, LOSS[-1] + 2 + np.arange(1, 11)], "beta": np.ones(50)})
    assert overfitting(rising).severity == "problem"
    kept = replace(rising, kept=40)
    assert overfitting(kept).severity == unfinished(kept).severity == "fine"


def test_the_kept_epoch_is_the_best_one(make, x):
    collected = collect(make(), load(x), HEALTHY.history, {**HEALTHY.metrics, "epochs": {"best": 7, "trained": 40}}, samples=2)
    assert (collected.kept, len(collected.history["loss"])) == (7, 40)


def test_fewer_items_are_probed_if_they_are_large(make, monkeypatch):
    monkeypatch.setattr(evidence, "LARGEST", 12 * 6 + 5)
    assert len(collect(make(), load(RNG.random((120, 6))), HEALTHY.history, HEALTHY.metrics, samples=1).x) == 12


def test_problems_come_first():
    both = changed(test={"entropy": 3.0, "kl": 0.0})
    severities = [finding.severity for finding in diagnosis(both)]
    assert severities == sorted(severities, key=["problem", "note", "fine"].index)
    assert {"problem", "note", "fine"} == set(severities)


def test_standardized_residuals():
    """The excess of the cost is an oracle of sqrt(1 + 2 e): residuals of 1.5 scales."""
    residuals = 1.5 * RNG.normal(size=HEALTHY.x.shape)
    cost = -scipy.stats.norm.logpdf(residuals * 0.3, 0, 0.3).reshape(N, -1).sum(axis=1)
    finding = likelihood(changed(cost=cost))
    assert finding.evidence["RMS of standardized residuals"] == pytest.approx(1.5, rel=0.01)
    assert finding.severity == "problem"


def test_detail_is_the_power_above_a_quarter_cycle_per_pixel():
    place = np.arange(32)
    slow, fast = (np.sin(2 * np.pi * place * cycles / 32)[None, :, None, None] * np.ones((1, 32, 32, 1)) for cycles in (4, 12))
    assert detail(slow) < 1e-20
    assert detail(slow + 2 * fast) == pytest.approx(detail(2 * fast))
    assert detail(2 * fast) == pytest.approx(4 * detail(fast))


def test_silent_units(x):
    inputs = keras.Input((6,))
    network = keras.Model(inputs, keras.layers.Dense(3)(keras.layers.Dense(5, activation="relu", name="hidden")(inputs)))
    hidden = network.get_layer("hidden")
    kernel, bias = hidden.get_weights()
    hidden.set_weights([kernel, np.array([-1e3, 0, -1e3, 1e3, 1e3], bias.dtype)])
    expected = int((np.maximum(x @ kernel + hidden.get_weights()[1], 0).max(axis=0) == 0).sum())
    assert silent_units(network, x) == (expected, 5)
    assert expected >= 2
    assert silent_units(keras.Sequential([keras.Input((6,)), keras.layers.Dense(2)]), x) == (0, 0)


@pytest.mark.parametrize("options", [{"likelihood": "normal"}, {"likelihood": "normal", "posterior": "delta",
                                                                "objective": "reconstruction"}])
def test_a_probe_equals_the_terms_of_the_model(options, make, x):
    vae = make(**options)
    result = probe(vae, x, samples=3, seed=5)
    mean = vae.decode(result.z)
    np.testing.assert_allclose(result.mean, mean, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(result.sample, vae.decode(result.prior_z), rtol=1e-5, atol=1e-6)
    assert scipy.stats.kstest(result.prior_z.ravel(), "norm").pvalue > 1e-3
    np.testing.assert_allclose(result.cost, -scipy.stats.norm.logpdf(x, mean).sum(axis=1), rtol=1e-4)
    assert result.drawn_cost.mean() == pytest.approx(6 * (0.5 * np.log(2 * np.pi) + 0.5), abs=4 * np.sqrt(3 / len(x)))
    if options.get("posterior"):
        assert result.log_weights is None
        return
    q = vae.inference.predict(x, verbose=0)
    log_q = scipy.stats.norm.logpdf(result.z, q["mean"], np.exp(q["log_var"] / 2)).sum(axis=1)
    expected = -result.cost + scipy.stats.norm.logpdf(result.z).sum(axis=1) - log_q
    assert result.log_weights.shape == (len(x), 3)
    np.testing.assert_allclose(result.log_weights[:, 0], expected, rtol=1e-4, atol=1e-4)


def test_the_report_and_the_command_find_the_same_cause(tmp_path):
    """The networks of a model with a condition and missing values have several inputs."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(0, 80, (200, 4)).astype("float32"), np.arange(200) % 2
    x[rng.uniform(size=x.shape) < 0.2] = np.nan
    run = train({"x": x, "y": y}, out=tmp_path / "run", epochs=2, patience=1, missing=True, condition="label", scaling="none",
                likelihood="normal", encoder={"name": "mlp", "units": [4]})
    checked = {values["check"] for values in run.metrics["diagnosis"]}
    assert checked >= {"blur", "samples", "prior", "likelihood fit"}
    assert "dead units" not in checked
    assert [values["severity"] for values in run.metrics["diagnosis"] if values["check"] == "data scale"] == ["problem"]
    assert "The values are not scaled" in run.file(run.REPORT).read_text("utf-8")
    findings = commands.diagnose(run.path, tmp_path / "findings.json", items=10, samples=4)
    assert "The values are not scaled" in next(finding.what for finding in findings if finding.check == "data scale")
    written = [Finding.from_json(values) for values in json.loads((tmp_path / "findings.json").read_text("utf-8"))]
    assert [str(finding) for finding in written] == [str(finding) for finding in findings]


def test_the_evidence_as_text():
    assert listed({"KL": 0.01234, "size": 12345.6, "range": "1 to 2", "shift": -2.0}) == (
        "KL 0.0123, size 12,346, range 1 to 2, shift −2")


def test_the_command_knows_the_best_epoch(make, x):
    """As the report does: the model is the one of the best epoch, so what the loss did later says nothing about it."""
    dataset = load({"x_train": x, "x_test": x})
    history = {"epoch": np.arange(1, 9), "val_loss": np.r_[5.0, 4, 3, 4, 5, 6, 7, 8], "loss": np.arange(8, 0, -1.0)}
    metrics = {"test": {}, "latent": {}, "epochs": {"best": 3, "trained": 8}}
    evidence = collect(make(likelihood="normal"), dataset, history, metrics, items=10, samples=1)
    assert evidence.kept == 3
    assert overfitting(evidence).severity == "fine"
    assert (evidence.fits, evidence.pseudo) == ("maf", False)
