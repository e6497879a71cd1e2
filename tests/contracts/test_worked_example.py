"""The worked examples of CONTRIBUTING.md, executed as printed: a new part is one file and one line of the table."""

import itertools
import re
from pathlib import Path

import keras
import numpy as np
import pytest
import scipy.stats
from contract_members import MEMBERS, condition_for, in_a_model

import zukan
from zukan.objectives import objectives
from zukan.posteriors import posteriors
from zukan.priors import priors
from zukan.registry import describe

PAGE = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"<!-- worked example -->\n```python\n(.*?)```.*?^ +(Member\(\w+, \"([\w-]+)\".*?\)),$", PAGE,
                      re.DOTALL | re.MULTILINE)


@pytest.fixture
def example(monkeypatch):
    """A function that runs an example and returns its line of the table, and the names that it defines."""
    for registry in (objectives, posteriors, priors):
        monkeypatch.setattr(registry, "members", dict(registry.members))

    def run(name):
        code, line = next((code, line) for code, line, other in EXAMPLES if other == name)
        scope = {"__name__": name}
        exec(compile(code, f"{name}.py", "exec"), scope)
        return eval(line, {"Member": type(MEMBERS[0]), "objectives": objectives, "posteriors": posteriors,
                           "priors": priors}), scope

    return run


def test_every_example_is_run():
    assert [name for *_, name in EXAMPLES] == ["renyi", "conditional-mlp", "skewed"]
    assert PAGE.count("<!-- worked example -->") == len(EXAMPLES)


def trained(member, x, tmp_path, **options):
    """Train a model with the member, and return it with its history after checking that it loads again."""
    part = member.make()
    assert describe(part) == {"name": member.name, **member.arguments}
    vae = zukan.VAE(**in_a_model(member, part, event_shape=x.shape[1:]))
    vae.compile(keras.optimizers.Adam(0.01))
    condition = condition_for(vae, len(x))
    history = vae.fit(x, batch_size=20, verbose=0, **condition, **options).history
    vae.save(tmp_path / "model.keras")
    loaded = zukan.load(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.elbo(x, **condition), vae.elbo(x, **condition))
    assert loaded.get_config() == vae.get_config()
    return loaded, history


def test_the_objective_lies_between_the_elbo_and_the_importance_weighted_bound(example, x, tmp_path):
    member, scope = example("renyi")
    loaded, history = trained(member, x, tmp_path, epochs=60)
    assert history["loss"][-1] < history["loss"][0]
    assert "1/0.75 · log (1/4) Σₖ" in loaded.objective.formula()
    forward = loaded.forward_pass(x, loaded(x))
    bounds = [-np.asarray(scope["Renyi"](alpha, 4)(forward).loss) for alpha in (0.0, 0.25, 0.75, 0.999)]
    np.testing.assert_allclose(bounds[0], -np.asarray(objectives.make({"name": "iwae", "k": 4})(forward).loss), rtol=1e-5)
    assert all((high > low).all() for high, low in itertools.pairwise(bounds))
    np.testing.assert_allclose(bounds[-1], np.mean(forward.log_weights, axis=0), atol=1e-2)


def test_the_prior_learns_a_normal_for_each_class(example, x, tmp_path):
    loaded, history = trained(example("conditional-mlp")[0], x, tmp_path, epochs=60)
    assert history["elbo"][-1] > history["elbo"][0]
    means = [np.asarray(loaded.prior.distribution(loaded.context({"x": None, "condition": row[None]})).mean)
             for row in np.eye(3, dtype="float32")]
    assert np.std(means, axis=0).max() > 0.01
    with pytest.raises(zukan.InputError, match="give condition"):
        zukan.VAE((6,), prior="conditional-mlp")


def test_the_flow_knows_the_density_of_any_z(example, x, tmp_path):
    member, scope = example("skewed")
    loaded, history = trained(member, x, tmp_path, epochs=60)
    assert history["elbo"][-1] > history["elbo"][0]
    q = loaded.posterior_of(x[:1])
    (step,) = q.transformations
    assert isinstance(step, scope["SinhArcsinh"])
    assert np.abs(np.asarray(step.skew)).max() > 1e-3  # training bent it
    step.skew, step.tail = np.array([0.8, -0.3], "float32"), np.array([0.7, 1.2], "float32")
    z, log_q = (np.asarray(array) for array in q.sample_and_log_prob(5000, 0))
    np.testing.assert_allclose(q.log_prob(z), log_q, atol=1e-3)
    # The distribution function of an element is that of the normal at its inverse.
    mean, scale = np.asarray(q.base.mean)[0], np.exp(np.asarray(q.base.log_var)[0] / 2)
    for j in range(2):
        def cdf(value, j=j):
            start = np.sinh((np.arcsinh(value) - step.skew[j]) / step.tail[j])
            return scipy.stats.norm.cdf(start, mean[j], scale[j])

        assert scipy.stats.kstest(z[:, 0, j].astype("float64"), cdf).pvalue > 1e-3
        at = z[:3, 0].astype("float64")
        at[:, 1 - j] = at[0, 1 - j]
        expected = (cdf(at[:, j] + 1e-4) - cdf(at[:, j] - 1e-4)) / 2e-4
        ratios = np.exp(np.asarray(q.log_prob(at[:, None].astype("float32")))[:, 0])
        np.testing.assert_allclose(ratios / ratios[0], expected / expected[0], rtol=1e-2)
    assert zukan.VAE((6,), posterior="skewed", objective={"name": "iwae", "gradient": "dreg"}, prior={"name": "vamp", "components": 3}).posterior.evaluable
