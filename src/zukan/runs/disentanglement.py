"""How well the latent dimensions of a run's model keep the factors of its items apart."""

from __future__ import annotations

from typing import Any

from zukan.evaluation import disentanglement
from zukan.runs.subject import Subject


def factors(subject: Subject) -> dict[str, Any] | str:
    """Return the scores of `zukan.evaluation.disentanglement.factors`, or a sentence if no factors are known."""
    if not subject.test.factors:
        return "It needs items whose factors are known, as in the data set 'shapes'."
    scores = disentanglement.factors(subject.means, subject.test.factors, subject.test.labels, subject.seed)
    return "No factor varies over the items." if scores is None else {**scores, "seed": subject.seed}
