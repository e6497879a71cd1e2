"""The scikit-learn transformer: scikit-learn's checks, units, programs shared between fits, pickles, mistakes."""

import copy
import pickle
import pickletools
import re

import jax
import joblib
import keras
import numpy as np
import pytest
from joblib.externals.loky import get_reusable_executor
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import zukan
from zukan.model import programs
from zukan.sklearn import VAETransformer

TINY = {"encoder": {"name": "mlp", "units": [8]}, "epochs": 1, "batch_size": 256, "samples": 2, "random_state": 0,
        "optimizer": "sgd", "learning_rate": 0.01}  # compiles quickly


@parametrize_with_checks([VAETransformer(**{**TINY, "random_state": None}),
                          VAETransformer(**{**TINY, "random_state": None, "missing": True})])
def test_the_estimator_checks_of_scikit_learn(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def x():
    """60 rows of 3 correlated features in very different units."""
    z = np.random.default_rng(0).normal(size=(60, 2))
    noise = 0.1 * np.random.default_rng(1).normal(size=(60, 3))
    return (z @ [[1.0, 0.5, -1.0], [0.0, 1.0, 1.0]] + noise) * [1e-3, 1.0, 1e4] + [5.0, 0.0, -1e5]


@pytest.fixture(scope="module")
def fitted(x):
    return VAETransformer(**{**TINY, "epochs": 3}).fit(x)


def same(mine, theirs, x):
    np.testing.assert_array_equal(mine.transform(x), theirs.transform(x))
    np.testing.assert_array_equal(mine.score_samples(x), theirs.score_samples(x))


# Missing values and conditions

def test_missing_values_are_not_counted(x):
    holes = x.copy()
    holes[::4, 1] = np.nan
    estimator = VAETransformer(**TINY, missing=True).fit(holes)
    assert np.isfinite(estimator.transform(holes)).all()
    scores = estimator.score_samples(holes)
    scaled = ((holes - np.nanmean(holes, axis=0)) / np.nanstd(holes, axis=0)).astype(np.float32)
    bounds = estimator.vae_.log_likelihood(scaled[:8], samples=2, same_draws=True)
    log_factors = np.where(np.isnan(holes), 0, np.log(np.nanstd(holes, axis=0))).sum(axis=1)
    np.testing.assert_allclose(scores[:8], bounds - log_factors[:8], rtol=1e-4)
    with pytest.raises(ValueError, match="contains NaN"):
        VAETransformer(**TINY).fit(holes)
    with pytest.raises(zukan.InputError, match="all values of feature 1 are missing"):
        VAETransformer(**TINY, missing=True).fit(np.where([[False, True, False]], np.nan, x))
    with pytest.raises(zukan.InputError, match="missing must be True or False, got 'yes'"):
        VAETransformer(**TINY, missing="yes").fit(x)


def test_columns_as_condition(x):
    estimator = VAETransformer(**{**TINY, "epochs": 3}, condition=[1]).fit(x)
    assert estimator.vae_.shapes[:3] == ((2,), 2, 1)
    z = estimator.transform(x)
    other = x.copy()
    other[:, 1] += 10.0
    assert not np.allclose(z, estimator.transform(other))
    c = StandardScaler().fit_transform(x[:, [1]])
    rows = StandardScaler().fit_transform(x[:, [0, 2]]).astype(np.float32)
    np.testing.assert_allclose(z, estimator.vae_.encode(rows, condition=c), rtol=1e-4, atol=1e-5)
    decoded = estimator.inverse_transform(z, condition=x[:, [1]])
    np.testing.assert_array_equal(decoded[:, 1], x[:, 1])
    np.testing.assert_allclose(StandardScaler().fit(x[:, [0, 2]]).transform(decoded[:, [0, 2]]),
                               estimator.vae_.decode(z, condition=c), rtol=1e-3, atol=1e-4)
    assert estimator.score_samples(x).shape == (60,)
    same(pickle.loads(pickle.dumps(estimator)), estimator, x)
    with pytest.raises(zukan.InputError, match=r"the 1 columns? of the condition for each of the 60 codes, got None"):
        estimator.inverse_transform(z)
    with pytest.raises(zukan.InputError, match="condition must be left out"):
        VAETransformer(**TINY).fit(x).inverse_transform(z, condition=x[:, [1]])


@pytest.mark.parametrize("condition", [np.array([1]), range(1, 2), (np.int64(1),)])
def test_columns_as_condition_by_any_sequence(condition, x):
    same(VAETransformer(**TINY, condition=condition).fit(x), VAETransformer(**TINY, condition=[1]).fit(x), x)


@pytest.mark.parametrize("condition", [[3], [-1], ["a"], "a", [0, 0], [0, 1, 2], [0.5], 3])
def test_a_condition_that_names_no_columns(condition, x):
    with pytest.raises(zukan.InputError, match="condition must be different columns of X"):
        VAETransformer(**TINY, condition=condition).fit(x)


def test_columns_as_condition_by_name(x):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(x, columns=["a", "b", "c"])
    by_name = VAETransformer(**TINY, condition=frame.columns[1:2], likelihood="normal").fit(frame)
    decoded = by_name.inverse_transform(by_name.transform(frame), condition=frame[["b"]])
    np.testing.assert_array_equal(decoded[:, 1], x[:, 1])
    np.testing.assert_array_equal(by_name.transform(frame), VAETransformer(**TINY, condition=[1]).fit(x).transform(x))


# Units of the results

@pytest.mark.parametrize(("scaling", "scaler"), [("standard", StandardScaler()), ("minmax", MinMaxScaler())])
def test_rows_are_scaled_for_the_model_and_results_are_scaled_back(scaling, scaler, x):
    estimator = VAETransformer(**TINY, scaling=scaling).fit(x)
    z = estimator.transform(x)
    np.testing.assert_allclose(z, estimator.vae_.encode(scaler.fit_transform(x)), rtol=1e-4, atol=1e-5)
    decoded = estimator.inverse_transform(z)
    assert decoded.shape == x.shape
    np.testing.assert_allclose(scaler.transform(decoded), estimator.vae_.decode(z), rtol=1e-4, atol=1e-5)


def test_the_score_is_a_density_in_the_units_of_the_rows():
    # A lower bound on a density integrates to at most 1, and to almost 1 if it is tight.
    rows = np.random.default_rng(0).normal(3e4, 500.0, size=(200, 1))
    estimator = VAETransformer(**{**TINY, "epochs": 20, "samples": 128, "batch_size": 50}).fit(rows)
    grid = np.linspace(2.4e4, 3.6e4, 1500)[:, None]
    total = np.exp(estimator.score_samples(grid)).sum() * (grid[1, 0] - grid[0, 0])
    assert 0.9 < total < 1.01
    assert estimator.score(rows) > estimator.score(rows + 5000)
    assert estimator.score(rows, rows) == pytest.approx(estimator.score_samples(rows).mean())
    assert estimator.score_samples(rows).dtype == np.float64


def test_a_unit_that_is_1000_times_smaller_lowers_the_score_by_log_1000(fitted, x):
    other = clone(fitted).fit(x * [1000.0, 1.0, 1.0])
    np.testing.assert_allclose(other.score_samples(x * [1000.0, 1.0, 1.0]), fitted.score_samples(x) - np.log(1000),
                               rtol=1e-4, atol=1e-3)


def test_a_constant_feature_is_only_shifted(x):
    rows = x.copy()
    rows[:, 1] = 0.1  # the rounded mean differs from 0.1
    estimator = VAETransformer(**TINY).fit(rows)
    assert rows[:, 1].std() > 0
    assert estimator.rows_.scaling.factor[1] == 1
    np.testing.assert_allclose(estimator.rows_.scaling.factor[[0, 2]], rows[:, [0, 2]].std(axis=0))
    assert np.isfinite(estimator.score_samples(rows)).all()


def test_unscaled_zeros_and_ones_get_a_bernoulli_likelihood(x):
    estimator = VAETransformer(**TINY, scaling="none").fit((x > x.mean(axis=0)).astype(int))
    assert type(estimator.vae_.likelihood) is zukan.likelihoods.Bernoulli
    decoded = estimator.inverse_transform([[0.0, 0.0], [9.0, -9.0]])
    assert ((decoded > 0) & (decoded < 1)).all()
    assert type(clone(estimator).fit(x / 1e5).vae_.likelihood) is zukan.likelihoods.Normal


def test_event_shape_reshapes_rows_for_the_network(x):
    estimator = VAETransformer(**TINY, event_shape=(1, 3, 1)).fit(x)
    assert estimator.vae_.event_shape == (1, 3, 1)
    assert estimator.inverse_transform(estimator.transform(x)).shape == x.shape


# Together with scikit-learn

def test_codes_separate_digits():
    x, y = load_digits(return_X_y=True)
    x, test_x, y, test_y = train_test_split(x, y, train_size=1344, random_state=0, stratify=y)
    vae = VAETransformer(8, epochs=20, random_state=0)
    pipeline = make_pipeline(StandardScaler(), vae, LogisticRegression(max_iter=500)).fit(x, y)
    assert pipeline.score(test_x, test_y) > 0.8  # 0.86; 8 untrained codes or random projections reach at most 0.64
    rows = pipeline[0].transform(test_x)
    assert ((vae.inverse_transform(vae.transform(rows)) - rows) ** 2).mean() < 0.8 * rows.var(axis=0).mean()
    assert vae.score(rows) > vae.score(np.random.default_rng(0).permuted(rows, axis=0))  # rows of unrelated features


def test_grid_search_in_processes(x, monkeypatch):
    for name, value in {"COMPILATION_CACHE_DIR": jax.config.jax_compilation_cache_dir, "DISABLE_MOST_OPTIMIZATIONS": "true",
                        "PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0.05"}.items():  # the settings of conftest.py
        monkeypatch.setenv(f"JAX_{name}", value)
    search = GridSearchCV(VAETransformer(**TINY), {"learning_rate": [1e-5, 0.01]}, cv=2, n_jobs=2, error_score="raise")
    search.fit(x)
    get_reusable_executor().shutdown()
    assert search.best_params_ == {"learning_rate": 0.01}
    same(search.best_estimator_, VAETransformer(**TINY).fit(x), x)


def test_names_of_features_and_codes(fitted, x):
    assert list(fitted.get_feature_names_out()) == ["vaetransformer0", "vaetransformer1"]
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(x, columns=["a", "b", "c"], index=range(100, 160))
    estimator = clone(fitted).set_params(likelihood="normal").set_output(transform="pandas").fit(frame)
    assert list(estimator.feature_names_in_) == ["a", "b", "c"]
    codes = estimator.transform(frame)
    assert list(codes.columns) == ["vaetransformer0", "vaetransformer1"]
    assert list(codes.index) == list(frame.index)
    np.testing.assert_array_equal(codes.to_numpy(), fitted.transform(x))


def test_random_state_can_be_a_generator_or_none(fitted, x):
    def codes(state):
        return clone(fitted).set_params(random_state=state).fit(x).transform(x)

    np.testing.assert_array_equal(codes(np.random.RandomState(0)), fitted.transform(x))
    assert np.abs(codes(1) - fitted.transform(x)).max() > 1e-3
    assert np.abs(codes(None) - codes(None)).max() > 1e-3


# Compiled programs that fits share

@pytest.fixture
def traced(monkeypatch):
    """A list that grows whenever a training step is traced for compilation."""
    result, compute_loss = [], zukan.VAE.compute_loss

    def counting(self, *args, **kwargs):
        result.append(self)
        return compute_loss(self, *args, **kwargs)

    monkeypatch.setattr(zukan.VAE, "compute_loss", counting)
    return result


def test_a_second_fit_of_the_same_kind_compiles_nothing_and_gives_the_same_result(fitted, x, traced, monkeypatch):
    options = {"random_state": 7, "learning_rate": 0.03}
    quick = clone(fitted).set_params(**options).fit(x)
    assert traced == []
    monkeypatch.setattr(programs, "kind_of", lambda vae: None)
    alone = clone(fitted).set_params(**options).fit(x)
    assert len(traced) > 0
    assert all(model is alone.vae_ for model in traced)
    same(quick, alone, x)
    assert quick.history_ == alone.history_
    np.testing.assert_array_equal(quick.inverse_transform([[1.0, 2.0]]), alone.inverse_transform([[1.0, 2.0]]))


@pytest.mark.parametrize("other", [{"beta": 2.0}, {"optimizer": "rmsprop"}])
def test_another_kind_is_compiled_again(other, fitted, x, traced):
    assert clone(fitted).set_params(**other).fit(x).history_ != fitted.history_
    assert len(traced) > 0


def test_the_number_of_kept_programs_is_limited():
    assert 0 < len(programs._kinds) <= programs.KEPT


def test_the_fitted_model_can_be_compiled_and_trained_again(fitted, x):
    vae = clone(fitted).fit(x).vae_
    assert vae.train_function is vae.programs.model.train_function
    vae.compile("rmsprop")
    history = vae.fit(StandardScaler().fit_transform(x), batch_size=60, verbose=0).history
    assert vae.train_function is not vae.programs.model.train_function
    assert np.isfinite(history["loss"]).all()


# Pickles

def test_copies_give_the_same_results(fitted, x, tmp_path):
    joblib.dump(fitted, tmp_path / "vae.joblib")
    for other in (pickle.loads(pickle.dumps(fitted)), copy.deepcopy(fitted), joblib.load(tmp_path / "vae.joblib")):
        same(other, fitted, x)
        assert other.vae_ is not fitted.vae_
        assert other.get_params() == fitted.get_params()
        assert other.history_ == fitted.history_
    unfitted = pickle.loads(pickle.dumps(clone(fitted)))
    with pytest.raises(NotFittedError):
        unfitted.transform(x)


def test_a_pickle_refers_to_no_class_of_keras(fitted):
    words = {str(argument) for _, argument, _ in pickletools.genops(pickle.dumps(fitted)) if isinstance(argument, str)}
    assert "zukan.sklearn.transformer" in words
    assert not [word for word in words if word.startswith(("keras", "jax", "zukan.model"))]


def test_code_in_a_pickled_model_is_not_executed(fitted, tmp_path):
    encoder = keras.Sequential([keras.layers.Lambda(lambda h: h * 2), keras.layers.Dense(2)])
    zukan.VAE((3,), encoder=encoder, decoder="mlp").save(tmp_path / "hostile.keras")
    state = fitted.__getstate__() | {"vae_": (tmp_path / "hostile.keras").read_bytes()}
    with pytest.raises(zukan.InputError, match="ambda"):
        VAETransformer().__setstate__(state)


# Mistakes

@pytest.mark.parametrize(("options", "words"), [
    ({"latent_dim": 0}, ["latent_dim", "got 0"]),
    ({"epochs": 1.5}, ["epochs", "got 1.5"]),
    ({"batch_size": -1}, ["batch_size", "got -1"]),
    ({"samples": 0}, ["samples", "got 0"]),
    ({"learning_rate": "fast"}, ["learning_rate", "got 'fast'"]),
    ({"encoder": "mpl"}, ["encoder", "did you mean 'mlp'?"]),
    ({"likelihood": "auot"}, ["likelihood", "'normal'"]),
    ({"scaling": "standart"}, ["scaling", "did you mean 'standard'?"]),
    ({"optimizer": "adm"}, ["optimizer"]),
    ({"event_shape": (2, 2)}, ["event_shape", "(3,)", "got (2, 2)", "; correct it"]),
    ({"event_shape": ()}, ["event_shape", "got ()"]),
    ({"event_shape": 3}, ["event_shape", "got 3"]),
    ({"event_shape": (-1, -3)}, ["event_shape", "got -1"]),
    ({"likelihood": "bernoulli"}, ["must lie in [0, 1]", "rescale"]),
])
def test_an_invalid_parameter_is_refused_in_one_sentence(options, words, x):
    with pytest.raises(zukan.InputError) as caught:
        VAETransformer(**{**TINY, **options}).fit(x)
    message = str(caught.value)
    assert "\n" not in message
    assert not re.search(r"[.!?]\s", message.removesuffix("?"))
    for word in words:
        assert word in message


@pytest.mark.parametrize("parts", [{"posterior": "planar"}, {"prior": "vamp"}, {"objective": "factor"},
                                   {"objective": {"name": "iwae", "gradient": "dreg"}}], ids=str)
def test_other_parts(parts, x):
    fitted = VAETransformer(**{**TINY, **parts}).fit(x)
    assert fitted.transform(x).shape == (len(x), 2)
    assert np.isfinite(fitted.score_samples(x)).all()


def test_a_model_without_a_density_has_codes_but_no_score(x):
    fitted = VAETransformer(**TINY, posterior="delta", objective="reconstruction").fit(x)
    assert fitted.inverse_transform(fitted.transform(x)).shape == x.shape
    with pytest.raises(zukan.InputError, match="needs a posterior with a density"):
        fitted.score(x)


def test_the_learning_rate_can_be_an_int(x):
    assert VAETransformer(**{**TINY, "learning_rate": 1}).fit(x / 1e9).vae_.optimizer.learning_rate == 1


def test_values_that_are_too_large_to_scale(x):
    with pytest.raises(zukan.InputError, match="X must have features whose spread is a finite number.*; divide them first"):
        VAETransformer(**TINY).fit(x * 1e300)


def test_training_that_diverges(x):
    with pytest.raises(zukan.InputError, match="learning_rate .* became .* in epoch .*; lower"):
        VAETransformer(**{**TINY, "learning_rate": 1e30, "epochs": 20}).fit(x)


@pytest.mark.parametrize(("method", "argument", "words"), [
    ("inverse_transform", [[1.0, 2.0, 3.0]], r"a column for each of the 2 latent dimensions, got .*; give the result of transform"),
    ("inverse_transform", [[1.0, np.nan]], "NaN"),
    ("inverse_transform", sparse.csr_array([[1.0, 2.0]]), "[Ss]parse"),
    ("transform", sparse.csr_array([[1.0, 2.0, 3.0]]), "[Ss]parse"),
    ("score_samples", [[1.0, 2.0]], "2 features"),
])
def test_invalid_rows_are_refused(method, argument, words, fitted):
    with pytest.raises((ValueError, TypeError), match=words):
        getattr(fitted, method)(argument)


@pytest.mark.parametrize("method", ["transform", "inverse_transform", "score_samples", "score", "get_feature_names_out"])
def test_methods_need_a_fit(method, x):
    with pytest.raises(NotFittedError):
        getattr(VAETransformer(), method)(x)


def test_the_module_is_public_but_not_imported_by_star():
    assert zukan.sklearn.VAETransformer is VAETransformer
    assert "sklearn" in dir(zukan)
    assert "sklearn" not in zukan.__all__


def test_progress_is_shown_on_request(x, capsys):
    VAETransformer(**TINY).fit(x)
    assert capsys.readouterr().out == ""
    VAETransformer(**TINY, verbose=2).fit(x)
    assert "elbo" in capsys.readouterr().out
