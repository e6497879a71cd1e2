"""The formulas of the objectives against NumPy, on a forward pass with random numbers."""

import numpy as np
import pytest
import scipy.special
import scipy.stats
from jax import numpy as jnp

import zukan
from zukan.context import Context, Piece
from zukan.distributions import Bernoulli, Mixture, Normal
from zukan.objectives import ELBO, IWAE, ForwardPass
from zukan.schedules import Cyclic, LinearWarmup

pytestmark = pytest.mark.usefixtures("x64")
SAMPLES, BATCH, LATENT, SHAPE = 6, 4, 3, (2, 2, 1)
PASS = Context(step=jnp.float32(3.0))
RTOL = 1e-6  # keras.ops.mean works in single precision


class Numbers:
    """The numbers of a forward pass and the expected terms, in NumPy."""

    def __init__(self):
        rng = np.random.default_rng(0)
        self.x = rng.random((BATCH, *SHAPE))
        self.mean, self.log_var = rng.normal(size=(BATCH, LATENT)), rng.normal(size=(BATCH, LATENT))
        self.z = self.mean + np.exp(self.log_var / 2) * rng.normal(size=(SAMPLES, BATCH, LATENT))
        self.logits = rng.normal(size=(SAMPLES, BATCH, *SHAPE))
        log_p = scipy.special.log_expit(self.logits), scipy.special.log_expit(-self.logits)
        self.log_p_x = (self.x * log_p[0] + (1 - self.x) * log_p[1]).sum((-3, -2, -1))
        self.log_q = scipy.stats.norm.logpdf(self.z, self.mean, np.exp(self.log_var / 2)).sum(-1)
        self.log_p_z = scipy.stats.norm.logpdf(self.z).sum(-1)
        self.kl_terms = 0.5 * (np.exp(self.log_var) + self.mean**2 - 1 - self.log_var)

    def forward(self, prior=None, samples=SAMPLES):
        prior = prior or Normal(jnp.zeros(LATENT), jnp.zeros(LATENT))
        q = Normal(jnp.asarray(self.mean), jnp.asarray(self.log_var))
        return ForwardPass(jnp.asarray(self.x), q, jnp.asarray(self.z[:samples]), prior,
                           Bernoulli(jnp.asarray(self.logits[:samples]), event_ndim=3), PASS)


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


def test_iwae_does_not_overflow(numbers):
    numbers.logits *= 1e4
    assert np.isfinite(np.asarray(IWAE(k=SAMPLES)(numbers.forward()).loss)).all()


@pytest.mark.parametrize(("objective", "texts"), [
    (ELBO(), ["− E_q[log p(x|z)]", " 1 · KL"]),
    (ELBO(beta=4.0, free_bits=0.25), [" 4 · KL", "0.25 nats"]),
    (ELBO(beta=LinearWarmup(100)), ["β(step)", "LinearWarmup(steps=100"]),
    (IWAE(7), ["1/7", "log"]),
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
])
def test_messages_name_the_mistake(call, words):
    with pytest.raises(zukan.InputError) as caught:
        call()
    for word in words:
        assert word in str(caught.value)
