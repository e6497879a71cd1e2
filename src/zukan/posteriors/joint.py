"""The posterior over real numbers and categorical variables."""

from __future__ import annotations

from typing import Any, ClassVar

from keras import layers, ops

from zukan import checks, distributions, numerics
from zukan.context import Context, Piece, Shapes
from zukan.posteriors.base import Posterior, posteriors
from zukan.posteriors.categorical import categorical, make_temperature


@posteriors.register("joint")
class Joint(Posterior):
    """q(z|x): independent normal numbers, then categorical variables as one-hot vectors (arXiv:1804.00104).

    In training, draws of the categorical variables are relaxed, and the KL is that of the discrete variables, as in the
    posterior "categorical". The KL has a term for each number and for each variable. Use prior "joint".

    Parameters
    ----------
    classes : int, default 10
        Classes of each categorical variable.
    discrete : int, default 1
        Number of categorical variables; the other ``latent_dim - discrete * classes`` dimensions are real.
    temperature : float or Schedule, default "exponential"
        Of the draws in training.
    """

    reparameterized: ClassVar[bool] = False

    def __init__(self, classes: int = 10, discrete: int = 1, temperature: Any = "exponential") -> None:
        super().__init__()
        self.classes = checks.integer("classes", classes, minimum=2)
        self.discrete = checks.integer("discrete", discrete)
        self.temperature = temperature
        self.schedule = make_temperature(temperature)

    def heads(self, features: Any, shapes: Shapes) -> dict[str, Any]:
        """Return ``normal_mean`` and ``normal_log_var``, ``(batch, numbers)``, and ``logits``."""
        width = self.discrete * self.classes
        if shapes.latent_dim <= width:
            raise checks.InputError(
                f"latent_dim must be more than {width}, the width of the categorical variables, got "
                f"{shapes.latent_dim}; use {width + 2}, or posterior='categorical'")
        numbers = shapes.latent_dim - width
        logits = layers.Dense(width, name="logits")(features)
        return {"normal_mean": layers.Dense(numbers, name="normal_mean")(features),
                "normal_log_var": layers.Dense(numbers, activation=numerics.bounded_log_var,
                                               name="normal_log_var")(features),
                "logits": layers.Reshape((self.discrete, self.classes), name="logits_of_variables")(logits)}

    def distribution(self, params: dict[str, Any], context: Context) -> distributions.Product:
        """Return the product of the normal and the categorical distribution."""
        return distributions.Product([distributions.Normal(params["normal_mean"], params["normal_log_var"]),
                                      categorical(params["logits"], self.schedule, context)])

    def layout(self, shapes: Shapes) -> tuple[Piece, ...]:
        """Return a real piece, and a categorical one for each variable."""
        numbers = shapes.latent_dim - self.discrete * self.classes
        return (Piece("real", numbers), *(Piece("categorical", self.classes),) * self.discrete)

    def codes(self, z: Any) -> Any:
        """Return the most probable class of each categorical variable, shape ``(..., variables)``."""
        logits = z[..., z.shape[-1] - self.discrete * self.classes :]
        return ops.argmax(ops.reshape(logits, (*numerics.sizes(logits)[:-1], self.discrete, self.classes)), axis=-1)
