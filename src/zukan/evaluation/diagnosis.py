"""Warnings about a finished training, one sentence each, with advice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from zukan.evaluation.latent import IDLE_KL

OVERFIT_NATS = 1.0
LISTED = 8


def diagnosis(history: Mapping[str, np.ndarray], metrics: Mapping[str, Any], *, gray: bool = False) -> list[str]:
    """Return warnings about a finished training.

    Parameters
    ----------
    history : mapping of arrays, one entry per epoch
    metrics : mapping
        Contains ``latent``, as returned by `zukan.evaluation.latent.latent`.
    gray : bool
        Whether a Bernoulli likelihood was used on values between 0 and 1.
    """
    warnings = []
    latent = metrics["latent"]
    kl = latent["kl_per_dimension"]
    idle = [] if kl is None else [name for name, value in zip(latent["variables"], kl, strict=True) if value < IDLE_KL]
    if idle:
        names = ", ".join([*idle[:LISTED], "…"] if len(idle) > LISTED else idle)
        warnings.append(f"The KL of {len(idle)} of {len(kl)} latent dimensions is below {IDLE_KL:g} nats ({names}): "
                        f"they carry no information. Use fewer latent dimensions, or make the model use them with a "
                        f"warm-up of beta or free bits.")
    test_loss = history.get("val_loss")
    if test_loss is not None and len(test_loss) > 1 and test_loss[-1] - test_loss.min() > OVERFIT_NATS:
        best = int(test_loss.argmin())
        warnings.append(f"The test loss was lowest after epoch {int(history['epoch'][best])} ({test_loss[best]:.1f} "
                        f"nats) and has risen by {test_loss[-1] - test_loss[best]:.1f} nats since: the model "
                        f"overfits. Stop there, or use a smaller network.")
    if test_loss is not None and not np.isfinite(test_loss[-1]):
        warnings.append(f"The test loss is {test_loss[-1]:.4g}, but the training loss is finite: some test item "
                        f"differs strongly from all training items. Check its values, or scale the data.")
    if gray:
        warnings.append("The likelihood is Bernoulli, but the data contains gray levels. The loss can be compared with "
                        "the tutorial's, but gray levels are not binary, so these nats are not a log-likelihood of the "
                        "data.")
    return warnings
