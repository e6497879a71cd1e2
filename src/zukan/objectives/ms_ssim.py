"""Images that must be alike in structure, at several scales."""

from __future__ import annotations

from typing import ClassVar

from zukan import checks
from zukan.context import Shapes
from zukan.objectives.base import ForwardPass, LossTerms, objectives
from zukan.objectives.penalized import Penalized
from zukan.objectives.similarity import EXPONENTS, similarity


@objectives.register("ms-ssim")
class MSSSIM(Penalized):
    """−E_q[log p(x|z)] + KL + weight · (1 − MS-SSIM(x, decoded mean)), for images (doi:10.1109/ACSSC.2003.1292216).

    The similarity has no units, so the loss is not in nats. It is logged as ``ms_ssim``. Images too small for all
    scales have fewer: at 28×28, two.

    Parameters
    ----------
    weight : float, default 100.0
    likelihood : float, default 1.0
        Weight of −E_q[log p(x|z)]; with 0 the similarity takes its place (arXiv:1511.06409).
    beta : float, default 1.0
        Weight of the KL. With 0, the posterior needs no density.
    scales : int, default 5
        At most 5.
    window : int, default 11
        Width of the Gaussian window, in pixels.
    span : float, default 1.0
        Difference of the largest and the smallest possible value of a pixel.
    """

    extras: ClassVar[tuple[str, ...]] = ("ms_ssim",)
    numbers: ClassVar[tuple[str, ...]] = ("weight", "beta")

    def __init__(self, weight: float = 100.0, likelihood: float = 1.0, beta: float = 1.0, scales: int = 5,
                 window: int = 11, span: float = 1.0) -> None:
        self.weigh(weight=weight, likelihood=likelihood, beta=beta)
        self.scales = checks.integer("scales", scales, maximum=len(EXPONENTS))
        self.window = checks.integer("window", window)
        self.span = checks.number("span", span, above=0.0)

    def check(self, shapes: Shapes) -> None:
        """Raise `zukan.InputError` unless the events are images."""
        if len(shapes.event_shape) != 3:
            raise checks.InputError(f"objective MSSSIM needs images of shape (height, width, channels), got events of "
                                    f"shape {shapes.event_shape}; use objective='elbo'")

    def __call__(self, forward: ForwardPass) -> LossTerms:
        """Return the terms."""
        alike = similarity(forward.x, forward.output, scales=self.scales, window=self.window, span=self.span)
        return self.terms(forward, 1.0 - alike, {"ms_ssim": alike})

    def formula(self) -> str:
        """Return the loss in words and numbers."""
        return self.written("(1 − MS-SSIM(x, mean of p(x|z)))")
