"""Every mistake in what a model is given ends in one sentence: the argument, the rule, the value found, the fix."""

import keras
import numpy as np
import pytest
import scipy.sparse

import zukan
from zukan import VAE
from zukan.networks import MLP, Conv


@pytest.mark.parametrize(("options", "words"), [
    ({"latent_dim": 0}, ["latent_dim", "at least 1", "got 0"]),
    ({"latent_dim": -3}, ["latent_dim", "-3"]),
    ({"latent_dim": 2.0}, ["latent_dim", "whole number", "2.0"]),
    ({"latent_dim": "2"}, ["latent_dim", "'2'"]),
    ({"latent_dim": None}, ["latent_dim", "None"]),
    ({"seed": -1}, ["seed", "-1"]),
    ({"seed": 0.5}, ["seed", "0.5"]),
    ({"seed": 2**32}, ["seed", "4294967296"]),
    ({"event_shape": (0, 3)}, ["event_shape", "0"]),
    ({"event_shape": (28, 28.0)}, ["event_shape", "28.0"]),
    ({"event_shape": ()}, ["event_shape", "()"]),
    ({"event_shape": 784}, ["event_shape", "784"]),
    ({"event_shape": None}, ["event_shape", "None"]),
    ({"encoder": "mpl"}, ["encoder", "did you mean 'mlp'?"]),
    ({"decoder": "cnov"}, ["decoder", "did you mean 'conv'?"]),
    ({"posterior": "norml"}, ["posterior", "did you mean 'normal'?"]),
    ({"prior": "mixtur"}, ["prior", "did you mean 'mixture'?"]),
    ({"likelihood": "bernouli"}, ["likelihood", "did you mean 'bernoulli'?"]),
    ({"objective": "ebo"}, ["objective", "did you mean 'elbo'?"]),
    ({"encoder": 5}, ["encoder", "got 5"]),
    ({"encoder": None}, ["encoder", "None"]),
    ({"encoder": {"units": [3]}}, ["encoder", "'name'"]),
    ({"encoder": {"name": "conv", "filtres": [3]}}, ["encoder", "did you mean 'filters'?"]),
    ({"encoder": {"name": "mlp", "units": [0]}}, ["units", "0"]),
    ({"encoder": {"name": "mlp", "units": [2.5]}}, ["units", "2.5"]),
    ({"encoder": {"name": "mlp", "units": 256}}, ["units", "256"]),
    ({"encoder": {"name": "mlp", "activation": "rulu"}}, ["activation", "rulu"]),
    ({"encoder": {"name": "conv", "filters": [-4]}}, ["filters", "-4"]),
    ({"encoder": {"name": "conv", "filters": []}}, ["filters", "[]"]),
    ({"encoder": {"name": "conv", "filters": 4}}, ["filters", "4"]),
    ({"encoder": {"name": "conv", "kernel_size": 0}}, ["kernel_size", "0"]),
    ({"encoder": "conv", "event_shape": (784,)}, ["conv", "(784,)", "use network 'mlp'"]),
    ({"encoder": "mlp", "decoder": "conv", "event_shape": (28, 28)}, ["conv", "(28, 28)"]),
    ({"encoder": keras.layers.Flatten()}, ["decoder", "mirror"]),
    ({"prior": {"name": "mixture", "components": 0}}, ["components", "0"]),
    ({"likelihood": {"name": "normal", "scale": 0.0}}, ["scale", "above 0", "0.0"]),
    ({"likelihood": {"name": "normal", "scale": "lerned"}}, ["scale", "'learned'", "'lerned'"]),
    ({"objective": {"name": "elbo", "beta": -1.0}}, ["beta", "-1.0"]),
    ({"objective": {"name": "elbo", "beta": {"name": "warmup"}}}, ["beta", "steps"]),
    ({"objective": {"name": "elbo", "betta": 1.0}}, ["objective", "did you mean 'beta'?"]),
    ({"objective": {"name": "iwae", "k": 0}}, ["k", "0"]),
    ({"prior": zukan.likelihoods.Bernoulli}, ["prior"]),
    ({"objective": MLP([3])}, ["objective", "MLP"]),
], ids=repr)
def test_building(options, words):
    said(lambda: VAE(**options), words)


def wrong(value):
    x = np.full((8, 4, 4, 1), 0.5, "float32")
    x[3, 1, 2, 0] = value
    return x


GOOD = wrong(0.5)
DATA = [
    ((GOOD * 255).astype("uint8"), ["uint8", "divide by 255"]),
    (np.zeros(GOOD.shape, int), ["int64", "convert it to float32"]),
    (GOOD > 0, ["bool", "float32"]),
    (GOOD.astype(complex), ["complex128", "float32"]),
    (GOOD.astype(object), ["object", "float32"]),
    (GOOD * 255, ["[0, 1]", "127.5", "divide by 255"]),
    (wrong(-0.25), ["[0, 1]", "-0.25", "likelihood='normal'"]),
    (wrong(1.0001), ["[0, 1]", "1.0001"]),
    (wrong(1e6), ["[0, 1]", "1e+06", "likelihood='normal'"]),
    (wrong(np.nan), ["finite", "NaN"]),
    (wrong(np.inf), ["finite", "infinity"]),
    (wrong(-np.inf), ["finite", "infinity"]),
    (GOOD[..., 0], ["(n, 4, 4, 1)", "(8, 4, 4)", "x[..., None]"]),
    (GOOD.reshape(8, 16), ["(n, 4, 4, 1)", "(8, 16)", "event_shape=(16,)"]),
    (GOOD[0], ["(n, 4, 4, 1)", "(4, 4, 1)"]),
    (GOOD[:, :3], ["(8, 3, 4, 1)", "event_shape=(3, 4, 1)"]),
    (GOOD[:0], ["(0, 4, 4, 1)", "at least 1"]),
    (np.float32(3.0), ["shape", "()"]),
    ([], ["shape", "(0,)"]),
]


@pytest.fixture(scope="module")
def vae():
    model = VAE((4, 4, 1), encoder={"name": "mlp", "units": [3]})
    model.compile("adam")
    return model


@pytest.mark.parametrize(("x", "words"), DATA)
def test_data(vae, x, words):
    before = [np.array(w) for w in vae.weights]
    for call in (vae.fit, vae.evaluate, vae.predict, vae.encode, vae.reconstruct, vae.elbo, vae.log_likelihood, vae.kl_terms):
        said(lambda: call(x), ["x must", *words])  # noqa: B023 called immediately
    if not isinstance(x, list):  # Keras reads a list as (x, y, sample_weight)
        said(lambda: vae.fit(GOOD, validation_data=x), ["validation_data must", *words])
    said(lambda: vae.fit(GOOD, validation_data=(x, None)), ["validation_data must", *words])
    for old, new in zip(before, vae.weights, strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize(("call", "words"), [
    (lambda vae: vae.fit(GOOD, np.arange(8)), ["y", "must not be given", "fit(x)"]),
    (lambda vae: vae.fit(GOOD, GOOD + 0), ["y", "must not be given"]),
    (lambda vae: vae.evaluate(GOOD, np.arange(8)), ["y", "must not be given"]),
    (lambda vae: vae.fit(None), ["x"]),
    (lambda vae: vae.fit(GOOD, batch_size=0), ["batch_size", "0"]),
    (lambda vae: vae.fit(GOOD, batch_size=-8), ["batch_size", "-8"]),
    (lambda vae: vae.fit(GOOD, batch_size=2.5), ["batch_size", "2.5"]),
    (lambda vae: vae.fit(GOOD, sample_weight=np.ones(5, "float32")), ["sample_weight", "8", "5"]),
    (lambda vae: vae.decode(np.zeros((3, 5))), ["z must", "(n, 2)", "(3, 5)"]),
    (lambda vae: vae.decode(np.zeros(2)), ["z must", "(2,)"]),
    (lambda vae: vae.decode(np.zeros((0, 2))), ["z must", "(0, 2)"]),
    (lambda vae: vae.decode(np.full((1, 2), np.nan)), ["z must", "finite"]),
    (lambda vae: vae.decode("abc"), ["z must", "'abc'"]),
    (lambda vae: vae.sample(0), ["n", "at least 1", "0"]),
    (lambda vae: vae.sample(2.5), ["n", "2.5"]),
    (lambda vae: vae.sample(2, seed=-1), ["seed", "-1"]),
    (lambda vae: vae.encode(GOOD, seed=-1, sample=True), ["seed", "-1"]),
    (lambda vae: vae.elbo(GOOD, seed=-1), ["seed", "-1"]),
    (lambda vae: vae.elbo(GOOD, samples=0), ["samples", "0"]),
    (lambda vae: vae.log_likelihood(GOOD, samples=2.0), ["samples", "2.0"]),
    (lambda vae: vae.encode(GOOD, batch_size=0), ["batch_size", "0"]),
    (lambda vae: vae.log_likelihood(GOOD, batch_size=0), ["batch_size", "0"]),
    (lambda vae: vae.interpolate(GOOD[0], GOOD[1], steps=1), ["steps", "at least 2", "1"]),
    (lambda vae: vae.interpolate(GOOD[0], GOOD[1][..., 0]), ["b must", "(4, 4, 1)", "got (4, 4)"]),
    (lambda vae: vae.interpolate(GOOD[0] * 9, GOOD[1]), ["a must", "[0, 1]"]),
])
def test_calls(vae, call, words):
    said(lambda: call(vae), words)


@pytest.mark.parametrize(("arguments", "words"), [
    ({"loss": "mse"}, ["loss must not be given to compile", "'mse'", "VAE(objective=...)"]),
    ({"metrics": ["mse"]}, ["metrics must not be given to compile", "['mse']", "callback"]),
    ({"weighted_metrics": ["mse"]}, ["weighted_metrics", "callback"]),
    ({"loss_weights": [1.0]}, ["loss_weights", "'beta'"]),
])
def test_arguments_of_compile_that_a_vae_does_not_take(arguments, words):
    vae = VAE((4, 4, 1), encoder={"name": "mlp", "units": [3]})
    said(lambda: vae.compile("adam", **arguments), words)
    vae.compile("adam", **dict.fromkeys(arguments))


def test_class_weight_is_refused(vae):
    said(lambda: vae.fit(GOOD, class_weight={0: 1.0}, verbose=0), ["class_weight must not be given to fit", "sample_weight"])


def test_a_file_of_another_format_is_refused(vae, tmp_path):
    for ending in (".h5", ".hdf5"):
        said(lambda ending=ending: vae.save(tmp_path / f"m{ending}"), ["must end in .keras", f"m{ending}"])
    assert not list(tmp_path.iterdir())


SPARSE = scipy.sparse.csr_matrix(GOOD.reshape(len(GOOD), -1))


@pytest.mark.parametrize("call", [
    lambda vae: vae.fit(SPARSE), lambda vae: vae.encode(SPARSE), lambda vae: vae.evaluate(SPARSE),
    lambda vae: vae.predict(scipy.sparse.coo_array(SPARSE)), lambda vae: vae.fit(GOOD, validation_data=SPARSE),
    lambda vae: zukan.data.load(SPARSE), lambda vae: zukan.data.load({"x": SPARSE}),
    lambda vae: zukan.data.load((SPARSE, np.arange(len(GOOD))))])
def test_sparse_matrices(vae, call):
    said(lambda: call(vae), ["a dense array", "a sparse", ".toarray()"])


@pytest.mark.parametrize(("high", "divided"), [(3, False), (16, False), (100, True), (255, True), (300, False)])
def test_the_advice_for_a_range_fits_its_largest_value(vae, high, divided):
    with pytest.raises(zukan.InputError, match="rescale the data") as error:
        vae.encode(np.full_like(GOOD, high))
    assert ("divide by 255" in str(error.value)) is divided


def test_fit_before_compile():
    vae = VAE((4, 4, 1), encoder={"name": "mlp", "units": [3]})
    with pytest.raises(ValueError, match="compile"):
        vae.fit(GOOD)


def test_a_normal_likelihood_takes_any_finite_value():
    vae = VAE((4, 4, 1), encoder={"name": "mlp", "units": [3]}, likelihood="normal")
    vae.encode(GOOD * 1000 - 500)
    said(lambda: vae.encode(wrong(np.nan)), ["x must", "finite"])


def test_a_network_that_needs_images_says_so_itself():
    said(lambda: Conv().encode(keras.Input((5,))), ["(height, width, channels)", "(5,)"])


def said(call, words):
    """Assert that ``call`` is refused in one line that holds ``words``."""
    with pytest.raises(zukan.InputError) as caught:
        call()
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 400
    for word in words:
        assert word in message
