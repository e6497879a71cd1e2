"""A forward pass with random numbers, and its terms in NumPy, all in double precision."""

import numpy as np
import scipy.special
import scipy.stats
from jax import numpy as jnp

from zukan.context import Context, Draws
from zukan.distributions import Bernoulli, Normal
from zukan.objectives import ForwardPass

SAMPLES, BATCH, LATENT, SHAPE = 6, 4, 3, (2, 2, 1)
STATE = np.array([11, 5], "uint32")
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

    def forward(self, prior=None, samples=SAMPLES, examples=10.0):
        context = Context(step=jnp.float32(3.0), examples=jnp.float64(examples), draws=Draws(jnp.asarray(STATE), purpose=1))
        prior = prior or Normal(jnp.zeros(LATENT), jnp.zeros(LATENT))
        q = Normal(jnp.asarray(self.mean), jnp.asarray(self.log_var))
        return ForwardPass(jnp.asarray(self.x), q, jnp.asarray(self.z[:samples]), prior,
                           Bernoulli(jnp.asarray(self.logits[:samples]), event_ndim=3), context)
