"""The Fréchet distance between two sets of features."""

from __future__ import annotations

import numpy as np


def frechet(a: np.ndarray, b: np.ndarray) -> float:
    """Return |m_a − m_b|² + tr(C_a + C_b − 2 (C_a C_b)^½), with means m and covariances C (arXiv:1706.08500).

    This is the squared Fréchet (or 2-Wasserstein) distance between the normal distributions with these moments
    (doi:10.1016/0047-259X(82)90077-X). The trace of the root is the sum of the roots of the eigenvalues of
    C_a^½ C_b C_a^½, which is symmetric.

    Parameters
    ----------
    a, b : arrays, shapes (n, features) and (m, features)
        Each of at least two rows.
    """
    a, b = a.astype(np.float64), b.astype(np.float64)
    first, second = (np.atleast_2d(np.cov(values, rowvar=False)) for values in (a, b))
    values, vectors = np.linalg.eigh(first)
    root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    cross = np.linalg.eigvalsh(root @ second @ root)
    difference = np.square(a.mean(axis=0) - b.mean(axis=0)).sum()
    trace = np.trace(first) + np.trace(second) - 2.0 * np.sqrt(np.maximum(cross, 0.0)).sum()
    return max(float(difference + trace), 0.0)
