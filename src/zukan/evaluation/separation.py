"""How well the codes separate the classes: by distance, and by a linear classifier."""

from __future__ import annotations

from typing import Any

import numpy as np

from zukan.evaluation.averages import evenly

SILHOUETTE, PROBE = 5000, 20_000  # items at most
MEMORY = 64  # MiB for distances at once
FIVE = 5  # neighbors: the number in published comparisons


def separation(train_z: np.ndarray, train_y: np.ndarray, test_z: np.ndarray, test_y: np.ndarray) -> dict[str, Any]:
    """Return how well the codes separate the classes.

    Parameters
    ----------
    train_z, test_z : arrays, shapes (n, latent_dim) and (m, latent_dim)
    train_y, test_y : int arrays, shapes (n,) and (m,)

    Returns
    -------
    dict
        - ``silhouette``: the mean silhouette coefficient of at most 5000 evenly spaced test items
          (doi:10.1016/0377-0427(87)90125-7), between -1 and 1; absent if they have fewer than two classes.
        - ``linear_probe``: the share of the test items that a logistic regression on the codes of at most 20 000
          training items classifies correctly (arXiv:1610.01644); absent if these have fewer than two classes.
        - ``five_neighbors``: the share that the vote of the 5 nearest training items classifies correctly.
    """
    from sklearn import config_context  # noqa: PLC0415 slow to import
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.metrics import silhouette_score  # noqa: PLC0415
    from sklearn.neighbors import KNeighborsClassifier  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415

    result: dict[str, Any] = {}
    some = evenly(len(test_y), SILHOUETTE)
    if 1 < len(np.unique(test_y[some])) < len(some):
        with config_context(working_memory=MEMORY):
            result["silhouette"] = float(silhouette_score(test_z[some], test_y[some]))
    few = evenly(len(train_y), PROBE)
    if len(np.unique(train_y[few])) > 1:
        probe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(train_z[few], train_y[few])
        result["linear_probe"] = float(probe.score(test_z, test_y))
    voters = KNeighborsClassifier(min(FIVE, len(train_z))).fit(train_z, train_y)
    return {**result, "five_neighbors": float(voters.score(test_z, test_y))}
