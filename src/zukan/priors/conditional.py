"""A normal prior that depends on the condition."""

from __future__ import annotations

from keras import ops

from zukan import checks, distributions, numerics
from zukan.context import Context, Shapes
from zukan.priors.base import Prior, priors


@priors.register("conditional")
class Conditional(Prior):
    """p(z|c) = N(mean(c), diag(exp(log_var(c)))); mean and log_var are linear in the condition c.

    For classes, every class has a normal of its own (doi:10.5555/2969442.2969628, section 4.1). The log-variance is
    clipped to [-20, 20].
    """

    def build(self, shapes: Shapes) -> None:
        """Create the means and log-variances, shape ``(condition_dim, latent_dim)``."""
        if not shapes.condition_dim:
            raise checks.InputError("prior 'conditional' needs a model with a condition, got none; "
                                    "give condition, or use prior 'normal'")
        shape = (shapes.condition_dim, shapes.latent_dim)
        self.mean = self.add_weight(shape=shape, initializer="random_normal", name="mean")
        self.log_var = self.add_weight(shape=shape, initializer="zeros", name="log_var")
        super().build(shapes)

    def distribution(self, context: Context) -> distributions.Normal:
        """Return p(z|c), batch shape ``(batch,)``, event shape ``(latent_dim,)``."""
        return distributions.Normal(ops.matmul(context.condition, self.mean.value),
                                    numerics.bounded_log_var(ops.matmul(context.condition, self.log_var.value)))
