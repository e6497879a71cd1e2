"""The prior of real numbers and categorical variables."""

from __future__ import annotations

from typing import Any, ClassVar

from zukan import checks, distributions
from zukan.context import Context, Shapes
from zukan.priors.base import Prior, priors


@priors.register("joint")
class Joint(Prior):
    """p(z) = p(real numbers) p(categorical variables): a prior for each kind of piece of z (arXiv:1804.00104).

    Parameters
    ----------
    real : str, mapping or Prior, default "normal"
        Of the real numbers.
    discrete : str, mapping or Prior, default "categorical"
        Of the categorical variables.
    """

    kinds: ClassVar[tuple[str, ...]] = ("real", "categorical")

    def __init__(self, real: Any = "normal", discrete: Any = "categorical") -> None:
        super().__init__()
        self.real, self.discrete = real, discrete
        self.parts = {}
        for argument, value, kind, default in (("real", real, "real", "normal"),
                                               ("discrete", discrete, "categorical", "categorical")):
            part = priors.make(value, argument)
            if kind not in part.kinds or part.needs or not part.density:
                raise checks.InputError(f"{argument} must be a prior with a density over pieces of kind {kind!r} "
                                        f"alone, got {type(part).__name__}; use {argument}={default!r}")
            self.parts[kind] = part

    def build(self, shapes: Shapes) -> None:
        """Build both priors for their pieces."""
        for kind, part in self.parts.items():
            layout = tuple(piece for piece in shapes.layout if piece.kind == kind)
            if not layout or shapes.layout[0].kind != "real":
                raise checks.InputError(
                    f"prior 'joint' needs real pieces of z before categorical ones, got the layout "
                    f"{checks.show(shapes.layout)}; use posterior='joint', or another prior")
            part.build(shapes._replace(latent_dim=sum(piece.size for piece in layout), layout=layout))
        self.numbers_of_z = sum(piece.size for piece in shapes.layout if piece.kind == "real")
        super().build(shapes)

    def start(self, z: Any, seed: int) -> None:
        """Let both priors start from their pieces of the codes."""
        self.parts["real"].start(z[:, : self.numbers_of_z], seed)
        self.parts["categorical"].start(z[:, self.numbers_of_z :], seed)

    def distribution(self, context: Context) -> distributions.Product:
        """Return the product, event shape ``(latent_dim,)``."""
        return distributions.Product([part.distribution(context) for part in self.parts.values()])
