"""Objectives on decoded items: MS-SSIM against the paper's sums in NumPy, features, and the regularized autoencoder."""

import jax
import keras
import numpy as np
import pytest
from jax import numpy as jnp

import zukan
from zukan.context import Draws
from zukan.objectives import MSSSIM, Perceptual
from zukan.objectives.similarity import similarity
from zukan.registry import describe

EXPONENTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]


def ms_ssim_by_loops(a, b, window, scales, span):
    """One channel of one image, by sums over every window (doi:10.1109/ACSSC.2003.1292216)."""
    c1, c2 = (0.01 * span) ** 2, (0.03 * span) ** 2
    result = 1.0
    for scale in range(scales):
        height, width = a.shape
        rows, columns = min(window, height), min(window, width)
        weights = np.array([[np.exp(-((i - (rows - 1) / 2) ** 2 + (j - (columns - 1) / 2) ** 2) / (2 * 1.5**2))
                             for j in range(columns)] for i in range(rows)])
        weights /= weights.sum()
        luminance, structure = [], []
        for i in range(height - rows + 1):
            for j in range(width - columns + 1):
                p, q = a[i : i + rows, j : j + columns], b[i : i + rows, j : j + columns]
                mean_p, mean_q = (weights * p).sum(), (weights * q).sum()
                var_p, var_q = (weights * (p - mean_p) ** 2).sum(), (weights * (q - mean_q) ** 2).sum()
                covariance = (weights * (p - mean_p) * (q - mean_q)).sum()
                luminance.append((2 * mean_p * mean_q + c1) / (mean_p**2 + mean_q**2 + c1))
                structure.append((2 * covariance + c2) / (var_p + var_q + c2))
        exponent = EXPONENTS[scale] / sum(EXPONENTS[:scales])
        values = np.multiply(luminance, structure) if scale == scales - 1 else structure
        result *= max(np.mean(values), 1e-6) ** exponent
        a, b = (image[: height // 2 * 2, : width // 2 * 2].reshape(height // 2, 2, width // 2, 2).mean((1, 3))
                for image in (a, b))
    return result


@pytest.mark.parametrize(("shape", "window", "scales", "used", "span"), [
    ((20, 17, 1), 3, 5, 3, 1.0), ((12, 13, 2), 5, 2, 2, 2.0), ((5, 4, 1), 11, 5, 1, 1.0), ((1, 3, 1), 11, 5, 1, 1.0),
    ((11, 11, 3), 11, 5, 1, 255.0), ((10, 11, 1), 5, 5, 2, 1.0), ((16, 16, 1), 2, 1, 1, 1.0)], ids=str)
def test_ms_ssim_equals_the_paper_s_sums(x64, shape, window, scales, used, span):
    rng = np.random.default_rng(0)
    a = rng.random((2, *shape)) * span
    b = np.clip(a + 0.3 * span * rng.normal(size=a.shape), 0, span)
    b[1] = span - a[1]  # structure of the other sign
    expected = [np.mean([ms_ssim_by_loops(a[i, :, :, c], b[i, :, :, c], window, used, span) for c in range(shape[-1])])
                for i in range(2)]
    found = similarity(jnp.asarray(a), jnp.asarray(b), window=window, scales=scales, span=span)
    np.testing.assert_allclose(found, expected, rtol=1e-5)  # keras.ops.mean works in single precision
    np.testing.assert_allclose(similarity(jnp.asarray(a), jnp.asarray(a), window=window, span=span), 1.0, rtol=1e-6)


def test_ms_ssim_of_digits_has_two_scales():
    a, b = (np.random.default_rng(seed).random((1, 28, 28, 1)).astype("float32") for seed in (0, 1))
    two = ms_ssim_by_loops(a[0, :, :, 0], b[0, :, :, 0], 11, 2, 1.0)
    assert float(similarity(jnp.asarray(a), jnp.asarray(b))[0]) == pytest.approx(two, rel=1e-4)


def test_ms_ssim_has_finite_gradients_where_images_are_equal_flat_or_opposite():
    flat = jnp.zeros((3, 8, 8, 1))
    noise = jnp.asarray(np.random.default_rng(0).random((3, 8, 8, 1)), "float32")
    for a, b in ((flat, flat), (noise, noise), (noise, 1 - noise), (flat, noise)):
        slope = jax.grad(lambda b, a=a: similarity(a, b, window=3).sum())(b)
        assert np.isfinite(np.asarray(slope)).all()


def images(n=12):
    return np.random.default_rng(0).random((n, 6, 6, 1)).astype("float32")


def model(objective, **options):
    vae = zukan.VAE((6, 6, 1), 2, encoder={"name": "mlp", "units": [5], "activation": "tanh"}, objective=objective, **options)
    rng = np.random.default_rng(0)
    for weight in vae.trainable_variables:
        weight.assign(weight + 0.3 * rng.normal(size=weight.shape))
    return vae


def terms_of(vae, x):
    forward = vae.forward_pass(x, vae(x))
    return forward, vae.objective(forward)


@pytest.mark.parametrize(("likelihood", "beta"), [(1.0, 1.0), (0.5, 0.25), (0.0, 0.0)])
def test_the_similarity_is_of_x_and_the_decoded_mean(double, likelihood, beta):
    x = images().astype("float64")
    forward, terms = terms_of(model(MSSSIM(3.0, likelihood, beta, 2, 3)), x)
    decoded = 1 / (1 + np.exp(-np.asarray(forward.p_x.logits)[0]))
    alike = np.array([ms_ssim_by_loops(x[i, :, :, 0], decoded[i, :, :, 0], 3, 2, 1.0) for i in range(len(x))])
    np.testing.assert_allclose(terms.extra["ms_ssim"], alike, rtol=1e-5)
    expected = likelihood * np.asarray(forward.reconstruction) + beta * np.asarray(forward.kl) + 3.0 * (1 - alike)
    np.testing.assert_allclose(terms.loss, expected, rtol=1e-5)


def features(outputs=("a", "b")):
    x = keras.Input((6, 6, 1))
    a = keras.layers.Conv2D(2, 3, activation="tanh", name="a")(x)
    b = keras.layers.Dense(3, name="b")(keras.layers.Dropout(0.5)(keras.layers.Flatten()(a)))
    return keras.Model(x, [{"a": a, "b": b}[name] for name in outputs])


@pytest.mark.parametrize("layers", [None, ["a"], ["b", "a"]], ids=str)
def test_perceptual_is_the_mean_square_among_features(double, layers):
    x, network = images().astype("float64"), features(("b",))
    forward, terms = terms_of(model(Perceptual(network, layers, 3.0, 0.5, 0.25)), x)
    decoded = 1 / (1 + np.exp(-np.asarray(forward.p_x.logits)[0]))
    kernel, bias, w, b = network.get_weights()

    def compute(x):
        a = np.zeros((len(x), 4, 4, 2))
        for i in range(4):
            for j in range(4):
                a[:, i, j] = np.tanh(np.einsum("nhwc,hwcf->nf", x[:, i : i + 3, j : j + 3], kernel) + bias)
        return {"a": a.reshape(len(x), -1), "b": a.reshape(len(x), -1) @ w + b}

    here, there = compute(x), compute(decoded)
    expected = sum(0.5 * ((here[name] - there[name]) ** 2).mean(1) for name in layers or ["b"])
    np.testing.assert_allclose(terms.extra["perceptual"], expected, rtol=1e-5)
    np.testing.assert_allclose(terms.loss, 0.5 * np.asarray(forward.reconstruction) + 0.25 * np.asarray(forward.kl)
                               + 3.0 * expected, rtol=1e-5)


def test_the_network_of_the_user_stays_as_it_is_and_is_saved(tmp_path):
    network = features(("b",))
    before = [np.array(weight) for weight in network.weights]
    vae = model(Perceptual(network))
    assert vae.objective.network is network
    assert not vae.objective.trainable_variables
    vae.compile("adam")
    vae.fit(images(), epochs=2, batch_size=4, verbose=0)
    vae.save(tmp_path / "model.keras")
    loaded = zukan.load(tmp_path / "model.keras")
    for old, mine, theirs, again in zip(before, network.weights, vae.objective.features.weights,
                                        loaded.objective.features.weights, strict=True):
        for weight in (mine, theirs, again):
            np.testing.assert_array_equal(weight, old)
    assert network.trainable
    assert all(weight.trainable for weight in network.weights)
    with pytest.raises(zukan.InputError, match="cannot be written into a recipe"):
        describe(vae.objective)


def test_a_path_makes_the_same_features_and_goes_into_a_recipe(tmp_path):
    network = features(("a",))
    network.save(tmp_path / "f.keras")
    path = str(tmp_path / "f.keras")
    by_path, by_object = (terms_of(model(Perceptual(given)), images())[1].extra["perceptual"] for given in (path, network))
    np.testing.assert_allclose(by_path, by_object, rtol=1e-6)
    assert describe(Perceptual(path))["network"] == path
    (tmp_path / "f.keras").write_bytes(b"no zip file")
    with pytest.raises(zukan.InputError, match="^network must be the path .*: .*; save one with"):
        Perceptual(path)


def test_a_network_with_code_is_not_opened(tmp_path):
    x = keras.Input((6, 6, 1))
    keras.Model(x, keras.layers.Lambda(lambda x: x + 1.0)(x)).save(tmp_path / "f.keras")
    with pytest.raises(zukan.InputError, match="Lambda|__lambda__"):
        Perceptual(str(tmp_path / "f.keras"))


@pytest.mark.parametrize("layers", [["nothing"], ["a", "nothing"]], ids=str)
def test_a_layer_that_the_network_lacks(layers):
    with pytest.raises(zukan.InputError, match="^layers must be one of 'a', 'b', .*got 'nothing'"):
        Perceptual(features(), layers)


@pytest.mark.parametrize("shape", [(6, 6, 3), (5, 6, 1), (36,)], ids=str)
def test_a_network_for_other_items(shape):
    with pytest.raises(zukan.InputError, match="^network must take items of shape"):
        zukan.VAE(shape, objective=Perceptual(features()))


def test_missing_values_do_not_count(double):
    """Where x is missing, x and what is decoded are both 0."""
    x = images().astype("float64")
    x[:, :3] = np.nan
    _, terms = terms_of(model(MSSSIM(3.0, window=3, scales=1), missing=True), x)
    forward = model(MSSSIM(), missing=True)
    forward = forward.forward_pass(x, forward(x))
    decoded = 1 / (1 + np.exp(-np.asarray(forward.p_x.distribution.logits)[0]))
    decoded[:, :3] = 0
    alike = [ms_ssim_by_loops(np.nan_to_num(x)[i, :, :, 0], decoded[i, :, :, 0], 3, 1, 1.0) for i in range(len(x))]
    np.testing.assert_allclose(terms.extra["ms_ssim"], alike, rtol=1e-5)


@pytest.mark.parametrize(("decay", "gradient_penalty"), [(0.0, 0.0), (0.02, 0.0), (0.0, 0.3), (0.02, 0.3)])
def test_rae_charges_codes_weights_and_slopes(double, decay, gradient_penalty):
    x = images().astype("float64")
    vae = model({"name": "rae", "weight": 0.7, "decay": decay, "gradient_penalty": gradient_penalty}, posterior="delta")
    outputs = vae(x)
    forward = vae.forward_pass(x, outputs)
    terms = vae.objective(forward)
    z = np.asarray(forward.z)[0]
    weights = sum((np.asarray(weight) ** 2).sum() for weight in vae._generation.trainable_variables)
    assert len(vae._generation.trainable_variables) == 4
    draws = np.asarray(keras.random.normal((1, len(x), 6, 6, 1), dtype="float64", seed=Draws(outputs["state"], purpose=1)))
    jacobian = jax.vmap(jax.jacobian(lambda z: vae.context(x).decode(z[None, None]).mean[0, 0]))(jnp.asarray(z))
    slope = np.einsum("nhwc,nhwcd->nd", draws[0], jacobian)
    penalty = (slope**2).sum(-1) if gradient_penalty else np.zeros(len(x))
    np.testing.assert_allclose(terms.extra["code_norm"], (z**2).sum(-1), rtol=1e-6)
    np.testing.assert_allclose(terms.extra["decoder_norm"], weights, rtol=1e-6)
    np.testing.assert_allclose(terms.extra["gradient_norm"], penalty, rtol=1e-6)
    expected = np.asarray(forward.reconstruction) + 0.35 * (z**2).sum(-1) + decay * weights + gradient_penalty * penalty
    np.testing.assert_allclose(terms.loss, expected, rtol=1e-6)
    assert terms.kl is None


def test_the_slope_is_that_of_the_jacobian_on_average(double):
    x = np.repeat(images(1), 4000, axis=0).astype("float64")
    vae = model({"name": "rae", "gradient_penalty": 0.3}, posterior="delta")
    forward, terms = terms_of(vae, x)
    jacobian = jax.jacobian(lambda z: vae.context(x[:1]).decode(z[None, None]).mean)(jnp.asarray(forward.z)[0, 0])
    found = np.asarray(terms.extra["gradient_norm"])
    assert found.mean() == pytest.approx((np.asarray(jacobian) ** 2).sum(), abs=4 * found.std() / np.sqrt(4000))


def test_a_decayed_decoder_has_smaller_weights():
    norms = []
    for decay in (0.0, 0.1):
        vae = model({"name": "rae", "decay": decay}, posterior="delta")
        vae.compile(keras.optimizers.Adam(0.02))
        norms.append(vae.fit(images(), epochs=60, batch_size=12, verbose=0).history["decoder_norm"][-1])
    assert norms[1] < 0.5 * norms[0]
