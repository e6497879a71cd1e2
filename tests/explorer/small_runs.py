"""Small data for the explorer's tests."""

import numpy as np
import pytest

import zukan
from zukan.report import atlas

TINY = {"epochs": 1, "batch_size": 8, "encoder": {"name": "mlp", "units": [8]}}
HOSTILE = np.array(["<img src=x onerror=alert(1)>", "</script>\u202e"])


def images(n=40, shape=(4, 3, 1), seed=0):
    """Return images of two classes, and their labels."""
    y = np.arange(n) % 2
    x = np.random.default_rng(seed).normal(np.where(y, 0.8, 0.2)[:, None, None, None], 0.1, (n, *shape))
    return x.clip(0, 1).astype("float32"), y


def train(data, out, **recipe):
    """Train and evaluate without drawing figures, which takes most of the time of a tiny run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(atlas, "draw", lambda *_: {})
        patch.setattr(atlas, "page", lambda *_: "")
        return zukan.train(data, out=out, **{**TINY, **recipe})
