"""All scores of codes whose factors are known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.metrics import mutual_info_score

from zukan.evaluation.disentanglement.dci import dci
from zukan.evaluation.disentanglement.factor_vae import factor_vae_score
from zukan.evaluation.disentanglement.mig import mig, mutual_information
from zukan.evaluation.disentanglement.sap import sap

MOST = 20_000  # items; of more, as many are drawn


def factors(codes: np.ndarray, known: Mapping[str, np.ndarray], labels: np.ndarray | None = None,
            seed: int = 0) -> dict[str, Any] | None:
    """Return how well each dimension of ``codes`` stands for one factor.

    Parameters
    ----------
    codes : array, shape (n, d)
        Posterior means. Of more than 20,000 items, as many are drawn.
    known : mapping of str to int array of shape (n,)
        The factors by name. One with a single value is left out.
    labels : array, shape (n,), optional
        The labels of the items. A factor that is the label has no order.
    seed : int

    Returns
    -------
    dict or None
        None without a factor that varies.

        - ``items``: number of items. ``names``: the factors.
        - ``mig``, ``sap``, ``factor_vae``: see `mig`, `sap` and `factor_vae_score`. ``disentanglement``,
          ``completeness``, ``informativeness``: see `dci`.
        - ``information``: the mutual information of each dimension with each factor, divided by the entropy of the
          factor; a list of rows, one for each dimension.
    """
    if len(codes) > MOST:
        rows = np.sort(np.random.default_rng(seed).permutation(len(codes))[:MOST])
        codes, known = codes[rows], {name: values[rows] for name, values in known.items()}
        labels = None if labels is None else labels[rows]
    names = [name for name, values in known.items() if (values != values[0]).any()]
    if not names:
        return None
    values = np.stack([np.unique(known[name], return_inverse=True)[1] for name in names], axis=1)
    classes = [] if labels is None else [i for i, column in enumerate(values.T) if _is_renamed(column, labels)]
    entropy = np.array([mutual_info_score(column, column) for column in values.T])
    return {"items": len(codes), "names": names, "mig": mig(codes, values), "sap": sap(codes, values, classes),
            "factor_vae": factor_vae_score(codes, values, seed), **dci(codes, values, seed),
            "information": (mutual_information(codes, values) / entropy).tolist()}


def _is_renamed(factor: np.ndarray, labels: np.ndarray) -> bool:
    """Return whether each value of a factor has one label of its own."""
    numbers = np.unique(labels, return_inverse=True)[1]
    pairs = np.unique(np.stack([factor, numbers], axis=1), axis=0)
    return len(pairs) == len(np.unique(factor)) == numbers.max() + 1
