"""The linear-Gaussian model x = W z + b + s * noise, whose likelihood p(x) = N(b, W W' + s^2 I) is known.

The columns of W are orthogonal, so the exact posterior is a diagonal normal, which a VAE with linear layers can equal.
"""

import keras
import numpy as np
import scipy.stats

import zukan
from zukan.likelihoods import Normal

FEATURES, LATENT, SCALE = 5, 2, 0.7


class World:
    """The generative model, data drawn from it, its exact posterior, and its exact log p(x)."""

    def __init__(self):
        rng = np.random.default_rng(0)
        columns, _ = np.linalg.qr(rng.normal(size=(FEATURES, LATENT)))
        self.W, self.b = columns * [1.5, 0.6], rng.normal(size=FEATURES)
        self.precision = 1 + (self.W**2).sum(0) / SCALE**2
        self.slope = self.W / SCALE**2 / self.precision  # the posterior's mean is (x - b) @ slope
        z = rng.normal(size=(64, LATENT))
        self.x = (z @ self.W.T + self.b + SCALE * rng.normal(size=(64, FEATURES))).astype("float32")
        covariance = self.W @ self.W.T + SCALE**2 * np.eye(FEATURES)
        self.log_p = scipy.stats.multivariate_normal(self.b, covariance).logpdf(self.x)

    def model(self, shrink=1.0, widen=0.0, **options):
        """Return a VAE with the exact posterior, except that ``shrink`` scales its mean and ``widen`` adds to log_var."""
        vae = zukan.VAE((FEATURES,), LATENT, encoder=keras.layers.Identity(), decoder=keras.layers.Identity(),
                        likelihood=Normal(scale=SCALE), **options)
        heads = {layer.name: layer for layer in vae._inference.layers}
        heads["mean"].set_weights([shrink * self.slope, -shrink * self.b @ self.slope])
        heads["log_var"].set_weights([np.zeros((FEATURES, LATENT)), -np.log(self.precision) + widen])
        {layer.name: layer for layer in vae._generation.layers}["mean"].set_weights([self.W.T, self.b])
        return vae
