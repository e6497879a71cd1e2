"""The formulas of the objectives against NumPy, on a forward pass with random numbers."""

import dataclasses

import keras
import numpy as np
import pytest
from jax import numpy as jnp
from tiny_pass import BATCH, LATENT, RTOL, SAMPLES, Numbers

import zukan
from zukan.context import Context, Piece
from zukan.distributions import Mixture, Normal
from zukan.objectives import (
    AAE,
    DIP,
    ELBO,
    IWAE,
    MMD,
    MSSSIM,
    RAE,
    VAEGAN,
    BetaTC,
    Capacity,
    ForwardPass,
    NotMIWAE,
    Perceptual,
    Sliced,
)
from zukan.schedules import Cyclic, LinearWarmup

pytestmark = pytest.mark.usefixtures("x64")

@pytest.fixture
def numbers():
    return Numbers()


def test_forward_pass_computes_its_terms(numbers):
    forward = numbers.forward()
    np.testing.assert_allclose(forward.log_p_x, numbers.log_p_x, rtol=RTOL)
    np.testing.assert_allclose(forward.reconstruction, -numbers.log_p_x.mean(0), rtol=RTOL)
    np.testing.assert_allclose(forward.kl_terms, numbers.kl_terms, rtol=RTOL)
    np.testing.assert_allclose(forward.kl, numbers.kl_terms.sum(-1), rtol=RTOL)
    np.testing.assert_allclose(forward.elbo, numbers.log_p_x.mean(0) - numbers.kl_terms.sum(-1), rtol=RTOL)
    np.testing.assert_allclose(forward.log_weights, numbers.log_p_x + numbers.log_p_z - numbers.log_q, rtol=RTOL)


@pytest.mark.parametrize(("beta", "weight"), [
    (1.0, 1.0), (4, 4.0), (0.0, 0.0), (LinearWarmup(12), 0.25), (LinearWarmup(2, value=3.0), 3.0),
    ({"name": "cyclic", "period": 2, "ratio": 1.0}, 0.5), (Cyclic(3), 0.0)], ids=repr)
def test_elbo_weights_the_kl_by_its_schedule(numbers, beta, weight):
    terms = ELBO(beta=beta)(numbers.forward())
    reconstruction, kl = -numbers.log_p_x.mean(0), numbers.kl_terms.sum(-1)
    np.testing.assert_allclose(terms.loss, reconstruction + weight * kl, rtol=RTOL)
    np.testing.assert_allclose(terms.reconstruction, reconstruction, rtol=RTOL)
    np.testing.assert_allclose(terms.kl, kl, rtol=RTOL)
    assert float(terms.extra["beta"]) == pytest.approx(weight)


@pytest.mark.parametrize("nats", [0.05, 0.5, 1.0, 100.0])
def test_free_bits_count_each_dimension_with_at_least_that_many_nats(numbers, nats):
    terms = ELBO(beta=2.0, free_bits=nats)(numbers.forward())
    floored = np.maximum(numbers.kl_terms.mean(0), nats).sum()  # the floor applies to the batch mean of each dimension
    assert float(jnp.mean(terms.loss)) == pytest.approx(-numbers.log_p_x.mean() + 2 * floored)
    np.testing.assert_allclose(terms.kl, numbers.kl_terms.sum(-1), rtol=RTOL)  # the logged KL has no floor


def test_free_bits_put_a_floor_on_the_whole_kl_if_it_is_estimated(numbers):
    mixture = Mixture(jnp.zeros(2), Normal(jnp.zeros((2, LATENT)), jnp.zeros((2, LATENT))))  # N(0, I) twice
    forward = numbers.forward(mixture)
    kl = (numbers.log_q - numbers.log_p_z).mean(0)
    for nats in (0.01, 50.0):
        loss = jnp.mean(ELBO(free_bits=nats)(forward).loss)
        assert float(loss) == pytest.approx(-numbers.log_p_x.mean() + max(kl.mean(), LATENT * nats))


LAYOUTS = {  # the layout, the number of columns of the KL, and the floor of each column
    "one floor for each variable": ((Piece("real", 2), Piece("categorical", 3)), 3, [0.9, 0.9, 0.9]),
    "no more than the logarithm of k": ((Piece("real", 1), Piece("categorical", 2), Piece("categorical", 9)), 3,
                                        [0.9, np.log(2), 0.9]),
    "the sum, if the KL does not split": ((Piece("real", 2), Piece("categorical", 2), Piece("sphere", 4)), 1,
                                          [2 * 0.9 + np.log(2) + 0.9]),
}


@pytest.mark.parametrize("case", LAYOUTS)
def test_free_bits_follow_the_layout(case):
    layout, columns, floors = LAYOUTS[case]
    kl = np.random.default_rng(0).uniform(0.2, 4.0, (BATCH, columns)) * np.linspace(0.1, 1.0, columns)
    forward = Known(jnp.asarray(kl), Context(step=jnp.float32(0.0), layout=layout))
    loss = float(jnp.mean(ELBO(free_bits=0.9)(forward).loss))
    assert loss == pytest.approx(np.maximum(kl.mean(0), floors).sum(), rel=1e-6)
    only = Known(jnp.asarray(kl), Context(step=jnp.float32(0.0), layout=(Piece("categorical", 5),) * columns))
    assert float(jnp.mean(ELBO(free_bits=100.0)(only).loss)) == pytest.approx(
        np.maximum(kl.mean(0), np.log(5)).sum(), rel=1e-6)


class Known(ForwardPass):
    """A pass whose KL is given, and whose reconstruction is free of charge."""

    def __init__(self, kl, context):
        z = jnp.zeros((1, *kl.shape))
        super().__init__(None, None, z, None, None, context)
        self.__dict__.update(kl_terms=kl, kl=kl.sum(-1), reconstruction=jnp.zeros(len(kl)))


def test_iwae_is_minus_the_log_of_the_mean_importance_weight(numbers):
    log_weights = numbers.log_p_x + numbers.log_p_z - numbers.log_q
    terms = IWAE(k=SAMPLES)(numbers.forward())
    np.testing.assert_allclose(terms.loss, -np.log(np.exp(log_weights).mean(0)), rtol=RTOL)
    assert float(terms.extra["beta"]) == 1.0
    assert (terms.loss < -log_weights.mean(0)).all()  # Jensen's inequality: the bound is tighter than the ELBO


@pytest.mark.parametrize(("k", "m", "elbo_weight", "partial"), [
    (2, 3, 0.0, False), (3, 2, 0.3, False), (6, 1, 0.3, False), (2, 3, 0.0, True), (3, 2, 0.3, True), (1, 6, 0.0, False)])
def test_the_relatives_of_iwae_combine_bounds(numbers, k, m, elbo_weight, partial):
    log_weights = numbers.log_p_x + numbers.log_p_z - numbers.log_q
    expected = np.zeros(BATCH)
    for b in range(BATCH):
        groups = [range(SAMPLES)] if partial else [range(i * k, (i + 1) * k) for i in range(m)]
        bounds = [np.log(sum(np.exp(log_weights[i, b]) for i in group) / len(group)) for group in groups]
        expected[b] = elbo_weight * log_weights[:, b].mean() + (1 - elbo_weight) * np.mean(bounds)
    objective = IWAE(k, m, elbo_weight, partial=partial)
    forward = numbers.forward()
    if partial:  # decodes again
        forward = dataclasses.replace(forward, context=dataclasses.replace(
            forward.context, log_joint=lambda z: forward.log_p_x + forward.p_z.log_prob(z)))
    np.testing.assert_allclose(objective(forward).loss, -expected, rtol=RTOL)
    assert objective.samples == SAMPLES


@pytest.mark.parametrize(("nats", "target"), [(2.5, 2.5), (100.0, 100.0), (LinearWarmup(12, value=8.0), 2.0)], ids=repr)
def test_capacity_charges_the_distance_to_the_scheduled_kl(numbers, nats, target):
    terms = Capacity(nats, gamma=3.0)(numbers.forward())
    kl = numbers.kl_terms.sum(-1)
    np.testing.assert_allclose(terms.loss, -numbers.log_p_x.mean(0) + 3.0 * abs(kl - target), rtol=RTOL)
    np.testing.assert_allclose(terms.kl, kl, rtol=RTOL)
    assert float(terms.extra["capacity"]) == target


def test_iwae_does_not_overflow(numbers):
    numbers.logits *= 1e4
    assert np.isfinite(np.asarray(IWAE(k=SAMPLES)(numbers.forward()).loss)).all()


@pytest.mark.parametrize(("objective", "texts"), [
    (ELBO(), ["− E_q[log p(x|z)]", " 1 · KL"]),
    (ELBO(beta=4.0, free_bits=0.25), [" 4 · KL", "0.25 nats"]),
    (ELBO(beta=LinearWarmup(100)), ["β(step)", "LinearWarmup(steps=100"]),
    (IWAE(7), ["1/7", "log"]),
    (IWAE(3, 2, 0.25, partial=True, gradient="dreg"), ["1/3", "1/2", "0.25 · ELBO + 0.75", "6 draws", "doubly"]),
    (IWAE(gradient="stl"), ["without the score"]),
    (Capacity(4.0, 7.0), ["7 · |KL", "− 4|"]),
    (Capacity(LinearWarmup(10)), ["C(step)", "LinearWarmup(steps=10"]),
    (BetaTC(3.0, 0.5, 2.0), ["0.5 · MI", "3 · TC", "2 · Σ", "stratified"]),
    (DIP("I", 2.0, 3.0), ["2 · Σ", "3 · Σ", "means"]),
    (NotMIWAE(7, "self-masking-low"), ["log (1/7) Σₖ p(xₒ|zₖ) p(s|xₒ, xₖ)", "a < 0"]),
    (MMD(3.0), ["3 · MMD"]),
    (MMD(3.0, beta=0.5), ["0.5 · KL", "3 · MMD"]),
    (Sliced(2.0, slices=7), ["2 · SW", "7 directions"]),
    (RAE(0.5, 0.0, 3.0), ["0.5 · |z|", "3 · |∂"]),
    (MSSSIM(5.0, likelihood=0.0, beta=2.0), ["loss = 2 · KL", "5 · (1 − MS-SSIM"]),
    (AAE(3.0), ["3 · (−log D(z))"]),
    (VAEGAN(0.5), ["0.5 · (−log D(decoded))", "|D_l"]),
], ids=repr)
def test_formula_shows_the_numbers(objective, texts):
    formula = objective.formula()
    assert "\n" not in formula
    for text in texts:
        assert text.replace(" ", "") in formula.replace(" ", "")


@pytest.mark.parametrize(("call", "words"), [
    (lambda: ELBO(beta=-1.0), ["beta", "-1.0"]),
    (lambda: ELBO(free_bits=-0.5), ["free_bits", "-0.5"]),
    (lambda: ELBO(samples=0), ["samples", "0"]),
    (lambda: IWAE(0), ["k", "at least 1", "0"]),
    (lambda: IWAE(2.0), ["k", "2.0"]),
    (lambda: IWAE(m=0), ["m", "at least 1", "0"]),
    (lambda: IWAE(elbo_weight=1.5), ["elbo_weight", "at most 1", "1.5"]),
    (lambda: IWAE(gradient="sticky"), ["gradient", "'stl'", "'sticky'"]),
    (lambda: Capacity(nats=-1.0), ["nats", "-1.0"]),
    (lambda: Capacity(gamma=-1.0), ["gamma", "-1.0"]),
    (lambda: BetaTC(sampling="stratifed"), ["sampling", "did you mean 'stratified'?"]),
    (lambda: DIP("III"), ["kind", "'I', 'II'", "'III'"]),
    (lambda: MMD(kernel="rfb"), ["kernel", "did you mean 'rbf'?"]),
    (lambda: MMD(scales=[0.0]), ["scales", "above 0", "0.0"]),
    (lambda: Sliced(slices=0), ["slices", "0"]),
    (lambda: Sliced(weight=-1.0), ["weight", "-1.0"]),
    (lambda: RAE(decay=-1.0), ["decay", "-1.0"]),
    (lambda: MSSSIM(scales=6), ["scales", "at most 5", "6"]),
    (lambda: MSSSIM(span=0.0), ["span", "above 0"]),
    (lambda: AAE(units=[0]), ["units", "0"]),
    (lambda: VAEGAN(network="cnv"), ["network", "did you mean 'conv'?"]),
    (lambda: VAEGAN(network=keras.layers.Dense(3)), ["network", "Dense", "'conv'"]),
    (lambda: Perceptual("nothing.keras"), ["network", "nothing.keras", "model.save"]),
])
def test_messages_name_the_mistake(call, words):
    with pytest.raises(zukan.InputError) as caught:
        call()
    for word in words:
        assert word in str(caught.value)
