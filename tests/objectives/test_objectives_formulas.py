"""Objectives on a forward pass made by hand: each formula against plain NumPy."""

import numpy as np
import pytest
import scipy.special
import scipy.stats
from jax import numpy as jnp

import zukan
from zukan.distributions import Bernoulli, Mixture, Normal
from zukan.objectives import ELBO, IWAE, ForwardPass
from zukan.schedules import Cyclic, LinearWarmup

pytestmark = pytest.mark.usefixtures("x64")
SAMPLES, BATCH, LATENT, SHAPE = 6, 4, 3, (2, 2, 1)
STEP = jnp.float32(3.0)
RTOL = 1e-6  # keras.ops.mean works in single precision


class Pass:
    """Parameters of a forward pass, and what they should give."""

    def __init__(self):
        rng = np.random.default_rng(0)
        self.x = rng.random((BATCH, *SHAPE))
        self.mean, self.log_var = rng.normal(size=(BATCH, LATENT)), rng.normal(size=(BATCH, LATENT))
        self.z = self.mean + np.exp(self.log_var / 2) * rng.normal(size=(SAMPLES, BATCH, LATENT))
        self.logits = rng.normal(size=(SAMPLES, BATCH, *SHAPE))
        each = self.x * scipy.special.log_expit(self.logits) + (1 - self.x) * scipy.special.log_expit(-self.logits)
        self.log_p_x = each.sum((-3, -2, -1))
        self.log_q = scipy.stats.norm.logpdf(self.z, self.mean, np.exp(self.log_var / 2)).sum(-1)
        self.log_p_z = scipy.stats.norm.logpdf(self.z).sum(-1)
        self.kl_terms = 0.5 * (np.exp(self.log_var) + self.mean**2 - 1 - self.log_var)

    def forward(self, prior=None, samples=SAMPLES):
        prior = prior or Normal(jnp.zeros(LATENT), jnp.zeros(LATENT))
        q = Normal(jnp.asarray(self.mean), jnp.asarray(self.log_var))
        return ForwardPass(jnp.asarray(self.x), q, jnp.asarray(self.z[:samples]), prior,
                           Bernoulli(jnp.asarray(self.logits[:samples]), event_ndim=3))


@pytest.fixture
def numbers():
    return Pass()


def test_forward_pass(numbers):
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
def test_elbo_weighs_the_kl_by_the_step(numbers, beta, weight):
    terms = ELBO(beta=beta)(numbers.forward(), STEP)
    reconstruction, kl = -numbers.log_p_x.mean(0), numbers.kl_terms.sum(-1)
    np.testing.assert_allclose(terms.loss, reconstruction + weight * kl, rtol=RTOL)
    np.testing.assert_allclose(terms.reconstruction, reconstruction, rtol=RTOL)
    np.testing.assert_allclose(terms.kl, kl, rtol=RTOL)
    assert float(terms.extra["beta"]) == pytest.approx(weight)


@pytest.mark.parametrize("nats", [0.05, 0.5, 1.0, 100.0])
def test_free_bits_charge_a_dimension_at_least_its_allowance(numbers, nats):
    terms = ELBO(beta=2.0, free_bits=nats)(numbers.forward(), STEP)
    charged = np.maximum(numbers.kl_terms.mean(0), nats).sum()  # the mean over the batch of max(., nats), by dimension
    assert float(jnp.mean(terms.loss)) == pytest.approx(-numbers.log_p_x.mean() + 2 * charged)
    np.testing.assert_allclose(terms.kl, numbers.kl_terms.sum(-1), rtol=RTOL)  # what is logged is not floored


def test_free_bits_put_the_floor_on_the_whole_where_the_kl_does_not_split(numbers):
    mixture = Mixture(jnp.zeros(2), Normal(jnp.zeros((2, LATENT)), jnp.zeros((2, LATENT))))  # N(0, I) twice
    forward = numbers.forward(mixture)
    whole = (numbers.log_q - numbers.log_p_z).mean(0)
    for nats in (0.01, 50.0):
        loss = jnp.mean(ELBO(free_bits=nats)(forward, STEP).loss)
        assert float(loss) == pytest.approx(-numbers.log_p_x.mean() + max(whole.mean(), LATENT * nats))


def test_iwae_is_minus_the_log_of_the_mean_weight(numbers):
    log_weights = numbers.log_p_x + numbers.log_p_z - numbers.log_q
    terms = IWAE(k=SAMPLES)(numbers.forward(), STEP)
    np.testing.assert_allclose(terms.loss, -np.log(np.exp(log_weights).mean(0)), rtol=RTOL)
    assert float(terms.extra["beta"]) == 1.0
    assert (terms.loss < -log_weights.mean(0)).all()  # tighter than the ELBO of the same draws, by Jensen


def test_iwae_does_not_overflow(numbers):
    numbers.logits *= 1e4
    assert np.isfinite(np.asarray(IWAE(k=SAMPLES)(numbers.forward(), STEP).loss)).all()


@pytest.mark.parametrize(("objective", "parts"), [
    (ELBO(), ["− E_q[log p(x|z)]", " 1 · KL"]),
    (ELBO(beta=4.0, free_bits=0.25), [" 4 · KL", "0.25 nats"]),
    (ELBO(beta=LinearWarmup(100)), ["β(step)", "LinearWarmup(steps=100"]),
    (IWAE(7), ["1/7", "log"]),
], ids=repr)
def test_formula_shows_the_numbers(objective, parts):
    text = objective.formula()
    assert "\n" not in text
    for part in parts:
        assert part.replace(" ", "") in text.replace(" ", "")


@pytest.mark.parametrize(("call", "words"), [
    (lambda: ELBO(beta=-1.0), ["beta", "-1.0"]),
    (lambda: ELBO(free_bits=-0.5), ["free_bits", "-0.5"]),
    (lambda: ELBO(samples=0), ["samples", "0"]),
    (lambda: IWAE(0), ["k", "at least 1", "0"]),
    (lambda: IWAE(2.0), ["k", "2.0"]),
])
def test_mistakes_are_named(call, words):
    with pytest.raises(zukan.InputError) as caught:
        call()
    for word in words:
        assert word in str(caught.value)
