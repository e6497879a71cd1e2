"""The start of a codebook, and the replacement of entries that are not used."""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops

from zukan import numerics

ROUNDS = 10  # over the vectors, in k-means


def k_means(vectors: np.ndarray, k: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return ``k`` centers, and what is left of each vector after its nearest center is subtracted.

    If there are fewer different vectors than centers, the other centers lie close to some of them.
    """
    from sklearn.cluster import MiniBatchKMeans  # noqa: PLC0415 slow to import

    centers = np.unique(vectors, axis=0)
    if len(centers) > k:
        # Without early stops, which depend on the order in which threads add up, the result is the same on every run.
        means = MiniBatchKMeans(k, max_iter=ROUNDS, n_init=1, tol=0.0, max_no_improvement=None,
                                random_state=int(rng.integers(2**31)))
        centers = means.fit(vectors).cluster_centers_
    elif len(centers) < k:
        more = centers[rng.integers(len(centers), size=k - len(centers))]
        spread = 0.1 * vectors.std(axis=0) + 1e-3
        centers = np.concatenate([centers, more + spread * rng.standard_normal(more.shape)])
    centers = centers.astype(vectors.dtype)
    nearest = np.argmin(0.5 * np.square(centers).sum(-1) - vectors @ centers.T, axis=-1)
    return centers, vectors - centers[nearest]


def replacements(vectors: Any, points: Any, dead: Any, draws: Any) -> Any:
    """Return a vector of the batch for each dead entry, chosen with probabilities that grow with its squared error.

    Parameters
    ----------
    vectors, points : tensor, shape (n, groups, size)
        The vectors of the batch, and their entries.
    dead : bool tensor, shape (groups, entries)
    draws : Draws

    Returns
    -------
    tensor, shape (groups, entries, size)
        Different vectors for different dead entries, as far as there are enough.
    """
    errors = ops.transpose(ops.sum(ops.square(vectors - points), axis=-1))  # (groups, n)
    scores = ops.log(errors + 1e-20) + numerics.gumbel(ops.shape(errors), errors.dtype, draws)
    n = vectors.shape[0]  # not known while TensorFlow makes a graph
    # Drawn without replacement.
    chosen = ops.argsort(-scores, axis=-1) if n is None else ops.top_k(scores, min(n, dead.shape[-1]))[1]
    rank = ops.cumsum(ops.cast(dead, "int32"), axis=-1) - 1  # of each entry among the dead
    rows = ops.take_along_axis(chosen, ops.maximum(rank, 0) % ops.shape(chosen)[-1], axis=-1)
    return ops.take_along_axis(ops.transpose(vectors, (1, 0, 2)), rows[..., None], axis=1)
