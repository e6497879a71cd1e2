"""The importance-weighted bound for values that are missing not at random (not-MIWAE)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
from keras import ops

from zukan import checks, numerics
from zukan.context import Shapes
from zukan.objectives.base import ForwardPass, LearnedObjective, LossTerms, objectives
from zukan.streamed import slices

SIGNS = {"self-masking": 0.0, "self-masking-high": 1.0, "self-masking-low": -1.0}  # 0: not known


@objectives.register("not-miwae")
class NotMIWAE(LearnedObjective):
    """−log (1/k) Σ p(x_o|z) p(s|x) p(z) / q(z|x_o): values are missing because of what they are (arXiv:2006.12871).

    x_o are the observed values, s says which are missing, and the missing values of x are drawn from p(x|z). Each
    number is missing with the probability sigmoid(slope · x + intercept), with x as the model sees it, scaled. Slope
    and intercept of each element are weights, trained with the model. With slope 0, values are missing at random. The
    intercept starts at the share of missing values.

    Only numbers and dates have this mechanism, since their draws have a gradient: the likelihoods "normal",
    "student-t", "laplace", "hyperbolic-secant", and such columns of "mixed". Counts, booleans and categories are taken
    as missing at random. `zukan.VAE.impute` weighs by p(s|x) too. ``elbo``, ``log_likelihood`` and ``score`` remain
    bounds on log p(x_o), without the mechanism, and so does ``elbo`` in the history; ``loss`` is minus a bound on
    log p(x_o, s).

    Parameters
    ----------
    k : int, default 20
        Draws of z, and of the missing values, in one bound.
    mechanism : {"self-masking", "self-masking-high", "self-masking-low"}, default "self-masking"
        What is known of the slopes: nothing; that they are positive, so that large values are missing more often; or
        negative. The sign is hard to learn from the data alone, so give it if you know it.
    """

    extras: ClassVar[tuple[str, ...]] = ("beta", "mechanism")
    needs: ClassVar[tuple[str, ...]] = ("density", "missing", "numbers")

    def __init__(self, k: int = 20, mechanism: str = "self-masking") -> None:
        super().__init__()
        self.k = self.samples = checks.integer("k", k)
        self.mechanism = checks.choice("mechanism", mechanism, SIGNS)

    def build(self, shapes: Shapes) -> None:
        """Create slope and intercept of each element."""
        self._slope = self.add_weight(shape=shapes.event_shape, initializer="zeros", name="slope")
        self._intercept = self.add_weight(shape=shapes.event_shape, initializer="zeros", name="intercept")
        super().build(shapes)

    def begin(self, x: Any, seed: int, infer: Callable[[Any], dict[str, Any]]) -> None:  # noqa: ARG002
        """Start the intercepts at the share of missing values of each element."""
        gaps = sum(np.isnan(np.asarray(x[rows])).sum(axis=0) for rows in slices(x))
        self._intercept.assign(np.log((gaps + 0.5) / (len(x) - gaps + 0.5)))

    @property
    def slope(self) -> Any:
        """The slope of each element, shape ``event_shape``; positive if large values are missing more often."""
        sign = SIGNS[self.mechanism]
        return sign * ops.softplus(self._slope.value) if sign else self._slope.value

    @property
    def intercept(self) -> Any:
        """The intercept of each element, shape ``event_shape``."""
        return self._intercept.value

    def draw(self, forward: ForwardPass) -> tuple[Any, Any]:
        """Draw x from p(x|z); return log p(s|x_observed, x_missing) in nats, ``(samples, batch)``, and the draws."""
        observed, drawn = forward.context.observed, forward.p_x.sample(1, forward.context.draws)[0]
        x = ops.where(observed, forward.x, drawn)
        logits = ops.cast(self.slope, x.dtype) * x + ops.cast(self.intercept, x.dtype)
        terms = -ops.softplus(ops.where(observed, logits, -logits))
        has_mechanism = np.broadcast_to(forward.p_x.reparameterized, terms.shape[2:])
        terms = ops.where(has_mechanism, terms, ops.zeros_like(terms))
        return ops.sum(numerics.flat_event(terms, tuple(terms.shape[2:])), axis=-1), drawn

    def importance(self, forward: ForwardPass) -> tuple[Any, Any]:
        """Return the log-weights of pairs of z and x_missing in nats, and the draws of x."""
        log_s, drawn = self.draw(forward)
        return forward.log_weights + log_s, drawn

    def __call__(self, forward: ForwardPass) -> LossTerms:
        """Return the terms, with ``mechanism``: −log p(s|x), averaged with the weights. Beta is 1, as for "iwae"."""
        log_s, _ = self.draw(forward)
        log_weights = forward.log_weights + log_s
        shares = ops.exp(log_weights - ops.logsumexp(log_weights, axis=0, keepdims=True))
        mechanism = -ops.sum(shares * log_s, axis=0)
        return LossTerms(-numerics.log_mean_exp(log_weights), forward.reconstruction, forward.kl,
                         {"beta": ops.ones_like(forward.context.step), "mechanism": mechanism})

    def formula(self) -> str:
        """Return the loss of one example as a line of text."""
        known = {0.0: "", 1.0: " with a > 0", -1.0: " with a < 0"}[SIGNS[self.mechanism]]
        return (f"loss = −log (1/{self.k}) Σₖ p(xₒ|zₖ) p(s|xₒ, xₖ) p(zₖ) / q(zₖ|xₒ), zₖ from q(z|xₒ), "
                f"xₖ from p(xₘ|zₖ); a number is missing with probability σ(a · x + b){known}")
