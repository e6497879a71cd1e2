"""The score of FactorVAE: the dimension that varies least tells which factor is held fixed."""

from __future__ import annotations

import numpy as np

VOTES, GROUP = 800, 200  # arXiv:1802.05983, section 4 and appendix B
LEAST = 0.05  # standard deviation


def factor_vae_score(codes: np.ndarray, factors: np.ndarray, seed: int = 0) -> float:
    """Return the score of arXiv:1802.05983, between 1/k and 1.

    A vote: draw a factor, one of its values, and 200 items with this value. The dimension whose variance among
    them is smallest, relative to its variance over all items, votes for the factor. Each dimension stands for the
    factor that most of its 800 votes were for. The score is the share of 800 further votes that this predicts.

    Parameters
    ----------
    codes : array, shape (n, d)
        Posterior means. Dimensions with a standard deviation below 0.05 are left out, since they are not in use.
    factors : int array, shape (n, k)
        Each factor has at least two values. Items are drawn from those that have the value, with replacement.
    seed : int

    Returns
    -------
    float
        Without a dimension in use, 1/k.
    """
    deviation = codes.std(axis=0, dtype=np.float64)
    used = codes[:, deviation > LEAST] / deviation[deviation > LEAST]
    count = factors.shape[1]
    if not used.shape[1]:
        return 1.0 / count
    generator = np.random.default_rng(seed)
    rows = [[np.flatnonzero(factor == value) for value in np.unique(factor)] for factor in factors.T]
    votes = np.zeros((2, used.shape[1], count), int)
    for part in votes:
        for _ in range(VOTES):
            number = int(generator.integers(count))
            items = generator.choice(rows[number][generator.integers(len(rows[number]))], GROUP)
            part[used[items].var(axis=0).argmin(), number] += 1
    fitted, fresh = votes
    return float(fresh[np.arange(len(fresh)), fitted.argmax(axis=1)].sum() / VOTES)
