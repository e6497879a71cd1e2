"""The likelihood of a table: each column has its own distribution, encoder input and check, wherever it stands."""

import keras
import numpy as np
import pytest
import scipy.special
import scipy.stats
from jax import numpy as jnp

import zukan
from zukan.context import Context, Shapes
from zukan.distributions import Categories, Observed
from zukan.likelihoods import Mixed

COLUMNS = [{"name": "height"}, {"name": "pet", "kind": "category", "levels": ["cat", "dog", "eel"]},
           {"name": "visits", "kind": "count"}, {"name": "when", "kind": "date"}, {"name": "smokes", "kind": "boolean"},
           {"name": "town", "kind": "category", "levels": ["A", "B"]}, {"name": "age"}]
ROWS = np.array([[0.3, 2, 0, -1.0, 1, 0, 2.5], [-1.2, 0, 7, 0.4, 0, 1, 0.0]])
LEVELS = np.array([[[0.2, -1.0, 0.7], [0.5, 1.5, -1e9]], [[3.0, 0.0, -2.0], [-0.5, 0.1, -1e9]]])
PARAMS = {"mean": np.array([[0.1, -0.5, 2.0], [-1.0, 0.0, 0.3]]), "log_rate": np.array([[0.3], [1.7]]),
          "logits": np.array([[0.8], [-1.1]]), "level_logits": LEVELS}
LOG_VAR, LOG_DISPERSION, DF = np.array([-1.0, 0.5, 1.2]), np.array([-0.7]), 4.0


def likelihood(**options):
    """Return the likelihood with known scales and dispersion."""
    part = Mixed(COLUMNS, **{"numeric": {"name": "normal", "scale": "feature", "floor": 0.0}, **options})
    part.build(Shapes((7,), 2))
    part.members[0].log_var.assign(LOG_VAR)
    part.members[1].log_dispersion.assign(LOG_DISPERSION)
    return part


def expected(numbers):
    """Return the log-densities of scipy for each cell of `ROWS`."""
    scale, rate, r = np.exp(LOG_VAR / 2), np.exp(PARAMS["log_rate"]), np.exp(-LOG_DISPERSION)
    terms = np.empty((2, 7))
    density = scipy.stats.norm.logpdf if numbers["name"] == "normal" else lambda *a: scipy.stats.t.logpdf(a[0], DF, *a[1:])
    terms[:, [0, 3, 6]] = density(ROWS[:, [0, 3, 6]], PARAMS["mean"], scale)
    terms[:, [2]] = scipy.stats.nbinom.logpmf(ROWS[:, [2]], r, r / (r + rate))
    terms[:, [4]] = scipy.stats.bernoulli.logpmf(ROWS[:, [4]], scipy.special.expit(PARAMS["logits"]))
    for element, place in enumerate([1, 5]):
        for row in range(2):
            shares = scipy.special.softmax(LEVELS[row, element])
            terms[row, place] = np.log(shares[int(ROWS[row, place])])
    return terms


@pytest.mark.parametrize("numbers", [
    {"name": "normal", "scale": "feature", "floor": 0.0}, {"name": "student-t", "scale": "feature", "floor": 0.0, "df": DF}])
@pytest.mark.usefixtures("x64")
def test_the_log_density_is_the_sum_of_those_of_the_columns(numbers):
    p_x = likelihood(numeric=numbers).distribution({name: jnp.asarray(value) for name, value in PARAMS.items()}, Context())
    terms = expected(numbers)
    np.testing.assert_allclose(p_x.log_prob_terms(jnp.asarray(ROWS)), terms, rtol=1e-6)  # scales are float32 weights
    np.testing.assert_allclose(p_x.log_prob(jnp.asarray(ROWS)), terms.sum(1), rtol=1e-6)
    observed = np.array([[True, False, True, True, False, True, False], [False, True, False, False, True, False, True]])
    np.testing.assert_allclose(Observed(p_x, jnp.asarray(observed)).log_prob(jnp.asarray(ROWS)), (terms * observed).sum(1),
                               rtol=1e-6)


def test_a_learned_scale_stays_above_its_floor():
    part = Mixed([{"name": "a"}, {"name": "b"}])
    part.build(Shapes((2,), 1))
    log_var = jnp.array([[-30.0, 1.0]])
    p_x = part.distribution({"mean": jnp.zeros((1, 2)), "log_var": log_var}, Context()).parts[0]
    np.testing.assert_allclose(np.exp(0.5 * np.asarray(p_x.log_var)), [[0.01, np.sqrt(np.e + 1e-4)]], rtol=2e-3)


def test_draws_and_typical_rows_stand_in_the_order_of_the_columns():
    part = likelihood()
    params = {name: jnp.asarray(value, "float32") for name, value in PARAMS.items()}
    p_x = part.distribution(params, Context())
    drawn = np.asarray(p_x.sample(40_000, 0))
    assert drawn.shape == (40_000, 2, 7)
    np.testing.assert_allclose(drawn[..., [0, 3, 6]].mean(0), PARAMS["mean"], atol=0.05)
    np.testing.assert_allclose(drawn[..., [0, 3, 6]].var(0), np.broadcast_to(np.exp(LOG_VAR), (2, 3)), rtol=0.05)
    np.testing.assert_allclose(drawn[..., 2].mean(0), np.exp(PARAMS["log_rate"][:, 0]), rtol=0.05)
    np.testing.assert_allclose(drawn[..., 4].mean(0), scipy.special.expit(PARAMS["logits"][:, 0]), atol=0.02)
    for element, place in enumerate([1, 5]):
        shares = [(drawn[..., place] == level).mean(0) for level in range(3)]
        np.testing.assert_allclose(np.transpose(shares), scipy.special.softmax(LEVELS[:, element], axis=-1), atol=0.02)
    levels = [[2, 1], [0, 1]]  # the most probable ones
    for rows in (np.asarray(p_x.mean), part.typical(np.asarray(p_x.summary))):
        np.testing.assert_allclose(rows[:, [0, 3, 6]], PARAMS["mean"], rtol=1e-6)
        np.testing.assert_array_equal(rows[:, [1, 5]], levels)
        np.testing.assert_allclose(rows[:, 2], np.exp(PARAMS["log_rate"][:, 0]), rtol=1e-6)
        np.testing.assert_allclose(rows[:, 4], scipy.special.expit(PARAMS["logits"][:, 0]), rtol=1e-6)


def test_averages_of_categories_are_those_of_their_probabilities():
    shares = np.array([[0.6, 0.4, 0.0], [0.0, 0.5, 0.5]])  # the first level is likelier in one, the second in both together
    p = Categories(jnp.log(jnp.asarray(np.maximum(shares, 1e-30), "float32"))[:, None])
    np.testing.assert_array_equal(np.asarray(p.mean)[:, 0], [0, 1])
    np.testing.assert_array_equal(
        Mixed([{"name": "a", "kind": "category", "levels": "xyz"}]).typical(np.asarray(p.summary).mean(0)), [1])


def test_the_encoder_sees_logarithms_of_counts_and_a_one_for_each_level():
    part = likelihood()
    observed = np.ones((2, 7), "float32")
    observed[1, [1, 5]] = 0
    seen = np.asarray(part.as_input(jnp.asarray(np.where(observed, ROWS, 0), "float32"), jnp.asarray(observed)))
    hot = [[0, 0, 1, 1, 0], [0, 0, 0, 0, 0]]  # three levels, then two; a missing category has no 1
    numbers = ROWS[:, [0, 3, 6]]
    np.testing.assert_allclose(seen, np.hstack([numbers, np.log1p(ROWS[:, [2]]), ROWS[:, [4]], hot]), rtol=1e-6)


def table(n=200):
    rng = np.random.default_rng(0)
    z = rng.normal(size=n)
    x = np.column_stack([z, np.digitize(z, [-0.5, 0.5]), rng.poisson(np.exp(1 + z)), -z, z > 0, z + rng.normal(size=n) > 0,
                         rng.normal(size=n)]).astype("float32")
    x[rng.random(x.shape) < 0.2] = np.nan
    return x


def test_a_model_learns_fills_gaps_and_explains_each_column():
    x = table()
    vae = zukan.VAE((7,), encoder={"name": "mlp", "units": [32]}, likelihood=Mixed(COLUMNS), missing=True)
    vae.compile(keras.optimizers.Adam(0.01))
    losses = vae.fit(x, epochs=30, verbose=0).history["loss"]
    assert losses[-1] < losses[0] - 2
    filled, shares = vae.impute(x), vae.attribution(x)
    np.testing.assert_array_equal(filled[~np.isnan(x)], x[~np.isnan(x)])
    assert set(filled[:, 1]) <= {0, 1, 2}
    assert np.corrcoef(filled[np.isnan(x[:, 0]), 0], -filled[np.isnan(x[:, 0]), 3])[0, 1] > 0.5
    np.testing.assert_allclose(shares.sum(1) + vae.kl_terms(x).sum(1), -vae.elbo(x), rtol=1e-4, atol=1e-4)
    rates = vae.decode(np.zeros((1, 2)))[0, 2]
    assert 1 < rates < 12  # counts started at the mean of the data


@pytest.mark.parametrize(("change", "words"), [
    ((0, 2, -1.0), r"columns 'visits'\) must lie in \[0, inf\]"), ((0, 2, 1.5), r"columns 'visits'\) must hold whole numbers"),
    ((0, 4, 2.0), r"columns 'smokes'\) must lie in \[0, 1\]"), ((1, 1, 3.0), r"columns 'pet', 'town'\) must lie in \[0, 2\]"),
    ((1, 5, 2.0), "level of 'town' must be below 2, got 2")])
def test_values_that_a_column_cannot_have_are_refused(change, words):
    x = ROWS.astype("float32")
    x[change[:2]] = change[2]
    with pytest.raises(zukan.InputError, match=words) as caught:
        Mixed(COLUMNS).check("x", x)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("arguments", "words"), [
    ({"numeric": "bernoulli"}, "numeric must be"), ({"counts": "normal"}, "counts must be"),
    ({"columns": [{"name": "a", "kind": "colour"}]}, "columns must say what each column"),
    ({"columns": [{"name": "a", "kind": "category"}]}, "must have levels")])
def test_wrong_arguments_are_refused(arguments, words):
    with pytest.raises(zukan.InputError, match=words):
        Mixed(**arguments)


def test_rows_of_another_width_are_refused():
    with pytest.raises(zukan.InputError, match=r"must have shape \(7,\), got event_shape \(6,\)"):
        zukan.VAE((6,), likelihood=Mixed(COLUMNS))
