"""The prior that is a learned mixture of normals."""

from __future__ import annotations

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

    def distribution(self, context: Context) -> distributions.Mixture:  # noqa: ARG002
        """Return the mixture with the current weights, event shape ``(latent_dim,)``."""
        components = distributions.Normal(self.mean.value, self.log_var.value)
        return distributions.Mixture(self.logits.value, components)
