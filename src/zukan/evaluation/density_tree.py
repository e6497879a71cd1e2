"""Clusters at several scales: the peaks of the density of the codes, merged where no valley parts them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

NEIGHBORS = 30  # of which the density at a code is estimated
LEAST = 4 * NEIGHBORS  # codes; of fewer, no density is estimated
SAMPLE = 10_000  # codes at most in the tree; each other code joins the cluster of its nearest one there
SCALES = (2.5, 3.75, 5.0)  # from fine to coarse: how far a peak is above its pass, in standard errors of log density
MOST = 60  # clusters in a scale
SMALLEST = 0.003  # share of all codes; a smaller cluster belongs to the one that it borders on
DISTINCT = 1e-12  # the smallest distance: equal codes have a finite density

Pass = tuple[float, int, int]  # how far it is below the lower peak; this peak; the peak on its other side


def clusters(z: npt.NDArray[np.floating], seed: int = 0) -> list[npt.NDArray[np.int64]]:
    """Return clusters of codes at several scales, the coarsest first; each fine one is part of one coarse cluster.

    The density at a code follows from the distance to its 30th neighbor, and the number of dimensions that the
    distances show (maximum likelihood, Levina and Bickel, 2004). Each code belongs to the peak that it reaches uphill,
    from neighbor to neighbor. Two peaks are one cluster if the pass between them is hardly lower (ToMATo,
    doi:10.1145/2535927).

    Parameters
    ----------
    z : array, shape (n, d)
        Codes.
    seed : int, default 0
        Of the sample: a tree has at most 10 000 codes.

    Returns
    -------
    list of int array, each of shape (n,)
        Cluster numbers from 0, the largest cluster first. The list is empty if no peak stands out at the coarsest
        scale, if there are fewer than 120 codes, or if they have one dimension: a line has too many chance peaks.
    """
    from sklearn.neighbors import NearestNeighbors  # noqa: PLC0415 slow to import

    if len(z) < LEAST or z.shape[1] == 1:
        return []
    draw = np.random.default_rng(seed)
    sample = np.sort(draw.choice(len(z), SAMPLE, replace=False)) if len(z) > SAMPLE else np.arange(len(z))
    distances, near = NearestNeighbors(n_neighbors=NEIGHBORS).fit(z[sample]).kneighbors()  # without the code itself
    density = _log_density(distances)
    peaks, passes, islands = _climb(density, near)
    tree = _Merging(peaks, passes + _bridges(z[sample], islands))
    fine_first = [tree.merge(errors / np.sqrt(NEIGHBORS)) for errors in SCALES]
    result: list[npt.NDArray[np.int64]] = []
    for labels in reversed(fine_first):
        if labels.max() > (result[-1].max() if result else 0):
            result.append(labels)
        elif not result:
            return []
    if len(sample) == len(z):
        return result
    nearest = NearestNeighbors(n_neighbors=1).fit(z[sample]).kneighbors(z, return_distance=False)[:, 0]
    return [_by_size(labels[nearest]) for labels in result]


def _log_density(distances: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Return the log density at each code, up to a constant, from the distances to its neighbors."""
    logs = np.log(np.maximum(distances.astype("float64"), DISTINCT))
    spread = (logs[:, -1:] - logs[:, :-1]).mean()
    return -logs[:, -1] / max(spread, DISTINCT) if spread > 0 else -logs[:, -1]


def _climb(density: npt.NDArray[np.float64], near: npt.NDArray[np.int64],
           ) -> tuple[npt.NDArray[np.int64], list[Pass], list[int]]:
    """Return the peak that each code reaches, all passes, and the peaks without a way to a higher one, by height."""
    order = np.argsort(-density, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    peaks, above = np.arange(len(order)), np.arange(len(order))
    passes: list[Pass] = []

    def top(code: int) -> int:
        while above[code] != code:
            above[code] = above[above[code]]
            code = above[code]
        return code

    for code in order:
        higher = near[code][rank[near[code]] < rank[code]]
        if not len(higher):
            continue
        peaks[code] = peaks[higher[0]]  # of the nearest higher code, which keeps the clusters in one piece
        reached = [top(other) for other in higher]
        tops = sorted(set(reached), key=lambda peak: rank[peak])
        beyond = int(peaks[higher[reached.index(tops[0])]])  # on the other side of the pass; the top may be far away
        above[code] = tops[0]
        for lower in tops[1:]:
            above[lower] = tops[0]
            passes.append((float(density[lower] - density[code]), int(lower), beyond))
    islands = sorted({top(int(code)) for code in order}, key=lambda peak: rank[peak])
    return peaks, passes, [int(peak) for peak in islands]


def _bridges(z: npt.NDArray[np.floating], islands: list[int]) -> list[Pass]:
    """Return a pass of infinite prominence from each island to the nearest higher one: no codes lie between them."""
    result: list[Pass] = []
    for place, peak in enumerate(islands[1:], 1):
        apart = ((z[islands[:place]] - z[peak]) ** 2).sum(axis=1)
        result.append((np.inf, peak, islands[int(apart.argmin())]))
    return result


class _Merging:
    """Peaks that are merged over their passes, from scale to scale, so that each cluster is part of a coarser one."""

    def __init__(self, peaks: npt.NDArray[np.int64], passes: list[Pass]) -> None:
        self.peaks, self.passes = peaks, sorted(passes)
        self.sizes = dict(zip(*np.unique(peaks, return_counts=True), strict=True))
        self.into: dict[int, int] = {}

    def merge(self, least: float) -> npt.NDArray[np.int64]:
        """Merge all peaks that are less than ``least`` above their pass, and those that are too small or too many."""
        for prominence, lower, beyond in self.passes:
            if lower in self.into:
                continue
            if prominence < least or self.sizes[lower] < SMALLEST * len(self.peaks) or len(self.sizes) > MOST:
                target = self._end(beyond)
                self.into[lower] = target
                self.sizes[target] += self.sizes.pop(lower)
        peaks, places = np.unique(self.peaks, return_inverse=True)
        return _by_size(np.array([self._end(peak) for peak in peaks])[places])

    def _end(self, peak: int) -> int:
        while peak in self.into:
            peak = self.into[peak]
        return peak


def _by_size(labels: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the same clusters with numbers from 0, the largest first."""
    _, places, counts = np.unique(labels, return_inverse=True, return_counts=True)
    rank = np.empty(len(counts), np.int64)
    rank[np.argsort(-counts, kind="stable")] = np.arange(len(counts))
    return rank[places]
