"""Blur: what reconstructions lack, and samples lack more."""

from __future__ import annotations

import numpy as np

from zukan.evaluation.diagnosis.evidence import Evidence
from zukan.evaluation.diagnosis.finding import Finding
from zukan.evaluation.diagnosis.posterior import better_samples
from zukan.evaluation.generation.neighbors import squared_distances

FINE = 0.25  # cycles per pixel: details smaller than 4 pixels
BLURRED, LOST = 0.5, 0.1  # shares of the detail
POOR = 0.2  # share of the variance that reconstructions explain
NETWORKS = {4: "a convolutional network (--encoder conv or resnet)",  # by the axes of a batch
            3: "a convolutional network (--encoder conv1d)"}
FARTHER, SOFTER = 1.25, 0.7  # samples against reconstructions


def reconstruction(evidence: Evidence) -> Finding | None:
    """Return whether reconstructions lack fine detail, or most of what varies between items."""
    if evidence.probe is None or evidence.x is None:
        return None
    x, mean = evidence.x, evidence.probe.mean
    variation = float(np.nansum(np.square(x - np.nanmean(x, axis=0))))
    if not variation:
        return None  # a single item, or equal ones
    explained = 1.0 - float(np.nansum(np.square(x - mean))) / variation
    numbers: dict[str, float | str] = {"explained variance": explained}
    network = NETWORKS.get(x.ndim, "a wider network (--encoder '{name=\"mlp\", units=[512, 512]}')")
    more = f"Use more latent dimensions (--latent-dim 16), {network}, or a lower --beta."
    if is_image(x):
        kept = detail(mean) / max(detail(x), 1e-12)
        numbers["fine detail that is kept"] = kept
        if kept < BLURRED:
            return Finding("blur", "problem" if kept < LOST else "note",
                           f"Reconstructions are blurry: they keep {kept:.0%} of the fine detail of the images.",
                           numbers, more)
    if explained < POOR:
        return Finding("blur", "problem", f"Reconstructions explain "
                                          f"{f'only {explained:.0%}' if explained > 0 else 'nothing'} of what varies "
                                          f"between items.", numbers, more)
    return Finding("blur", "fine", "Reconstructions keep what varies between items.", numbers)


def samples(evidence: Evidence) -> Finding | None:
    """Return whether samples are farther from the data, or softer, than reconstructions are."""
    if evidence.probe is None or evidence.x is None or len(evidence.x) < 2:
        return None
    data, decoded = (np.nan_to_num(array).reshape(len(array), -1) for array in (evidence.x, evidence.probe.mean))
    near = float(np.median(_nearest(decoded, data, own=True)))
    far = float(np.median(_nearest(evidence.probe.sample.reshape(len(evidence.probe.sample), -1), data)))
    ratio = far / max(near, 1e-12)
    numbers: dict[str, float | str] = {"distance of samples to the nearest item": far,
                                       "of reconstructions to another item": near}
    soft = 1.0
    if is_image(evidence.x):
        soft = detail(evidence.probe.sample) / max(detail(evidence.probe.mean), 1e-12)
        numbers["fine detail of samples / of reconstructions"] = soft
    if ratio <= FARTHER and soft >= SOFTER:
        return Finding("samples", "fine", "Samples are as good as reconstructions.", numbers)
    how = (f"{ratio:.1f} times as far from the nearest item" if ratio > FARTHER else
           f"softer ({soft:.0%} of the fine detail)")
    return Finding("samples", "note", f"Samples are worse than reconstructions: they are {how}.", numbers,
                   better_samples(evidence))


def is_image(x: np.ndarray) -> bool:
    """Return whether items are images of at least 8 × 8 pixels."""
    return x.ndim == 4 and min(x.shape[1:3]) >= 8


def detail(images: np.ndarray) -> float:
    """Return the power of frequencies above a quarter cycle per pixel, for each pixel: details of 1 to 4 pixels.

    Parameters
    ----------
    images : array, shape (n, height, width, channels)
    """
    height, width = images.shape[1:3]
    power = np.square(np.abs(np.fft.rfft2(np.nan_to_num(images), axes=(1, 2), norm="ortho")))
    fast = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None]) > FINE
    return float(power[:, fast].mean())


def _nearest(points: np.ndarray, data: np.ndarray, *, own: bool = False) -> np.ndarray:
    """Return the distance of each point to its nearest row of ``data``; with ``own``, not to the row of its number."""
    squares = squared_distances(points, data)
    if own:
        np.fill_diagonal(squares, np.inf)
    return np.sqrt(squares.min(axis=1))
