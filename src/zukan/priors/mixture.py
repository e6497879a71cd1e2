"""The prior that is a learned mixture of normals."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from zukan import checks, distributions
from zukan.context import Context, Shapes
from zukan.priors.base import Prior, priors


@priors.register("mixture")
class Mixture(Prior):
    """p(z) = sum_k w_k N(mean_k, diag(exp(log_var_k))), with all parameters trained with the model (arXiv:1611.05148).

    KL(q(z|x) || p(z)) has no closed form for this prior. It is estimated from the samples of z that the decoder sees.

    Parameters
    ----------
    components : int, default 10
        Number of normals. They start with equal weights, random means close to 0, and variance 1.
    """

    def __init__(self, components: int = 10) -> None:
        super().__init__()
        self.components = checks.integer("components", components)

    def build(self, shapes: Shapes) -> None:
        """Create the logits of the weights, the means and the log-variances."""
        shape = (self.components, shapes.latent_dim)
        self.logits = self.add_weight(shape=(self.components,), initializer="zeros", name="logits")
        self.mean = self.add_weight(shape=shape, initializer="random_normal", name="mean")
        self.log_var = self.add_weight(shape=shape, initializer="zeros", name="log_var")
        super().build(shapes)

    def start(self, z: Any, seed: int) -> None:
        """Start from the solution of expectation-maximization for codes z, by scikit-learn's ``GaussianMixture``."""
        from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415 slow to import
        from sklearn.mixture import GaussianMixture  # noqa: PLC0415

        if len(z) < self.components:
            raise checks.InputError(f"components must be at most the number of items, which is {len(z)}, got "
                                    f"{self.components}; give fewer components")
        codes = np.asarray(z, np.float64)
        center, spread = codes.mean(axis=0), np.maximum(codes.std(axis=0), 1e-6)  # any scale of the codes will do
        with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):  # the training goes on from there
            found = GaussianMixture(self.components, covariance_type="diag", tol=1e-4, max_iter=500,
                                    random_state=seed).fit((codes - center) / spread)
        self.logits.assign(np.log(found.weights_))
        self.mean.assign(found.means_ * spread + center)
        self.log_var.assign(np.log(found.covariances_) + 2.0 * np.log(spread))

    def distribution(self, context: Context) -> distributions.Mixture:  # noqa: ARG002
        """Return the mixture with the current weights, event shape ``(latent_dim,)``."""
        components = distributions.Normal(self.mean.value, self.log_var.value)
        return distributions.Mixture(self.logits.value, components)
