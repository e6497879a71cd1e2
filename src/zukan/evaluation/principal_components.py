"""The plane in which latent codes vary most."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class PrincipalComponents(NamedTuple):
    """The first two principal components of n codes in d dimensions.

    Attributes
    ----------
    mean : array, shape (d,)
    components : array, shape (2, d)
        Orthonormal.
    explained : array, shape (2,)
        Each component's share of the variance; 0 if all codes are equal.
    points : array, shape (n, 2)
        The codes, projected onto the components.
    """

    mean: np.ndarray
    components: np.ndarray
    explained: np.ndarray
    points: np.ndarray


def principal_components(z: np.ndarray) -> PrincipalComponents:
    """Return the first two principal components of ``z``, shape (n, d), computed in its own precision."""
    from sklearn.decomposition import PCA  # noqa: PLC0415 slow to import

    with np.errstate(invalid="ignore"):  # if all codes are equal, the variance is 0 and its shares are 0 / 0
        model = PCA(2, svd_solver="full").fit(z)
    return PrincipalComponents(model.mean_, model.components_, np.nan_to_num(model.explained_variance_ratio_),
                               model.transform(z))
