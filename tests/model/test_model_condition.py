"""A condition: what it may look like, who sees it, and that every method takes it."""

import numpy as np
import pytest

import zukan

CLASSES = np.arange(40) % 3


@pytest.fixture(scope="module")
def vae(make, x):
    vae = make(condition=3, prior="conditional")
    vae.fit(x, condition=CLASSES, batch_size=8, epochs=2, validation_data=(x[:16], CLASSES[:16]), verbose=0)
    return vae


METHODS = {
    "encode": lambda vae, x, c: vae.encode(x, condition=c), "reconstruct": lambda vae, x, c: vae.reconstruct(x, condition=c),
    "decode": lambda vae, x, c: vae.decode(np.ones((len(x), 2)), condition=c),
    "sample": lambda vae, x, c: vae.sample(len(x), condition=c), "elbo": lambda vae, x, c: vae.elbo(x, condition=c),
    "drawn sample": lambda vae, x, c: vae.sample(len(x), condition=c, draw=True),
    "kl_terms": lambda vae, x, c: vae.kl_terms(x, condition=c), "score": lambda vae, x, c: vae.score(x, condition=c, samples=2),
    "log_likelihood": lambda vae, x, c: vae.log_likelihood(x, condition=c, samples=2),
    "attribution": lambda vae, x, c: vae.attribution(x, condition=c),
    "predict": lambda vae, x, c: vae.predict(x, condition=c, verbose=0),
}
each_method = pytest.mark.parametrize("method", METHODS)


@each_method
def test_classes_rows_and_one_class_for_all_mean_the_same(vae, x, method):
    call, rows = METHODS[method], np.eye(3)[CLASSES]
    result = call(vae, x, CLASSES)
    np.testing.assert_array_equal(call(vae, x, rows), result)
    np.testing.assert_array_equal(call(vae, x, CLASSES.astype("uint8")), result)
    one = call(vae, x, 1)
    np.testing.assert_array_equal(call(vae, x, np.ones(40, int)), one)
    assert (one != call(vae, x, 2)).any()  # it matters
    assert np.isfinite(result).all()
    assert len(result) == 40


@each_method
def test_a_model_with_a_condition_asks_for_it_and_another_refuses_it(vae, trained, x, method):
    for model, condition in ((vae, None), (trained, CLASSES)):
        if model is trained and method in {"decode", "sample", "drawn sample"}:
            continue
        with pytest.raises(zukan.InputError, match="^condition must be") as caught:
            METHODS[method](model, x, condition)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("method", ["decode", "sample"])
def test_a_model_without_a_condition_refuses_one_when_it_generates(trained, x, method):
    with pytest.raises(zukan.InputError, match="^condition must be"):
        METHODS[method](trained, x, CLASSES)


def test_interpolation_is_under_one_condition(vae, x):
    steps = vae.interpolate(x[0], x[1], condition=1, steps=5)
    np.testing.assert_allclose(steps[[0, -1]], vae.reconstruct(x[:2], condition=1), rtol=1e-5)


def test_evaluate_takes_the_condition(vae, x):
    logs = vae.evaluate(x, condition=CLASSES, batch_size=40, verbose=0, return_dict=True)
    assert logs["elbo"] == pytest.approx(-logs["reconstruction"] - logs["kl"], rel=1e-5)
    with pytest.raises(zukan.InputError, match="condition must be given"):
        vae.evaluate(x, verbose=0)


@pytest.mark.parametrize(("condition", "words"), [
    (np.full(40, 3), ["0 to 2", "got 3", "condition=4"]), (np.full(40, -1), ["got -1"]), (np.zeros(39, int), ["(40,)"]),
    (np.zeros((40, 2)), ["(40, 3)"]), (np.full((40, 3), np.nan), ["finite"]), (["a"] * 40, ["finite numbers"]),
    (np.zeros(40), ["(40,)"]), (7, ["got 7"])], ids=str)
def test_mistakes_are_one_sentence(vae, x, condition, words):
    with pytest.raises(zukan.InputError) as caught:
        vae.encode(x, condition=condition)
    assert "\n" not in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_labels_passed_as_y_are_explained(vae, x):
    with pytest.raises(zukan.InputError, match=r"fit\(x, condition=y\)$"):
        vae.fit(x, CLASSES)


def test_validation_data_needs_its_condition(vae, x):
    with pytest.raises(zukan.InputError, match="condition must be given"):
        vae.fit(x, condition=CLASSES, validation_data=x[:16], verbose=0)


def test_the_condition_reaches_encoder_and_decoder(make, x):
    for name, model in (("encoder", 0), ("decoder", 1)):
        vae = make(condition=3)
        network = (vae._inference, vae._generation)[model]
        kernel = next(layer for layer in network.layers if layer.name == "hidden_1").kernel
        assert kernel.shape[0] == (6, 2)[model] + 3, name


def test_weights_count_with_a_condition(make, x):
    weights = np.linspace(0.1, 2.0, 40, dtype="float32")
    plain, weighted = make(condition=3), make(condition=3)
    plain.fit(x, condition=CLASSES, batch_size=8, verbose=0)
    weighted.fit(x, condition=CLASSES, sample_weight=weights, batch_size=8, verbose=0)
    assert (plain.get_weights()[0] != weighted.get_weights()[0]).any()
