"""What looks wrong, in a sentence each, with the cure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from zukan.evaluation.latent import IDLE_KL

OVERFIT_NATS = 1.0


def diagnosis(history: Mapping[str, np.ndarray], metrics: Mapping[str, Any], *, grey: bool = False) -> list[str]:
    """Return warnings about a finished training.

    Parameters
    ----------
    history : mapping of arrays, one entry an epoch
    metrics : mapping
        With ``latent`` as `zukan.evaluation.latent.latent` gives it.
    grey : bool
        Whether a Bernoulli likelihood was used on values other than 0 and 1.
    """
    found = []
    kl = metrics["latent"]["kl_per_dimension"]
    idle = [] if kl is None else [i for i, value in enumerate(kl) if value < IDLE_KL]
    if idle:
        found.append(f"The KL of {len(idle)} of {len(kl)} latent dimensions is below {IDLE_KL:g} nats "
                     f"({', '.join(f'z{i}' for i in idle[:8])}{', …' * (len(idle) > 8)}): they carry nothing. "
                     f"Fewer latent dimensions would do; or make them used with a warm-up of beta or free bits.")
    held_out = history.get("val_loss")
    if held_out is not None and len(held_out) > 1 and held_out[-1] - held_out.min() > OVERFIT_NATS:
        best = int(held_out.argmin())
        found.append(f"The loss on the test set was lowest after epoch {int(history['epoch'][best])} "
                     f"({held_out[best]:.1f} nats) and has risen by {held_out[-1] - held_out[best]:.1f} nats since: "
                     f"the model overfits. Stop there, or use a smaller network.")
    if held_out is not None and not np.isfinite(held_out[-1]):
        found.append(f"The loss on the test set is {held_out[-1]:.4g}, while that on the training items is finite: "
                     f"some test item is far from all that was trained on. Look at its range, or scale the data.")
    if grey:
        found.append("Grey levels are scored by a Bernoulli likelihood. That is a good loss to compare with the "
                     "tutorial's, but grey levels are not coin flips, so these nats are no log-likelihood of the data.")
    return found
