"""A small classifier of images, in whose features real and generated images are compared."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import layers

from zukan import files, progress
from zukan.backend import keras_defaults, layers_with
from zukan.model.wiring import seeded
from zukan.networks import Conv
from zukan.streamed import slices

FILTERS, UNITS = (32, 64), 128
STEPS, BATCH, SEED = 1500, 128, 0
SETTINGS = f"conv {FILTERS}, {UNITS} features, {STEPS} batches of {BATCH}, Adam 0.001, seed {SEED}"


class Classifier:
    """Two convolutions of stride 2, a dense layer of 128 units, whose outputs are the features, and a softmax.

    Parameters
    ----------
    event_shape : tuple of int
        (height, width, channels).
    classes : array, shape (k,)
        The sorted labels.
    """

    @keras_defaults()
    def __init__(self, event_shape: tuple[int, ...], classes: npt.NDArray[Any]) -> None:
        self.event_shape, self.classes = event_shape, classes
        with seeded(SEED), layers_with("float32"):
            x = keras.Input(event_shape)
            features = Conv(filters=FILTERS, units=UNITS).encode(x)
            logits = layers.Dense(len(classes))(features)
        self.model = keras.Model(x, logits)
        self.outputs = keras.Model(x, [features, logits])

    @classmethod
    @keras_defaults()
    def trained(cls, x: Any, labels: npt.NDArray[Any]) -> Classifier:
        """Return a classifier of ``x``, shape (n, height, width, channels), by its ``labels``, shape (n,).

        It is trained on 1,500 batches of 128 items, which are drawn like those of epochs. The same data gives the same
        classifier.
        """
        classes, numbers = np.unique(labels, return_inverse=True)
        classifier = cls(x.shape[1:], classes)
        classifier.model.compile(keras.optimizers.Adam(1e-3),
                                 keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        size = min(BATCH, len(x))
        generator = np.random.default_rng(SEED)
        order = np.concatenate([generator.permutation(len(x)) for _ in range(math.ceil(STEPS * size / len(x)))])
        for step in progress.steps("Training the classifier", range(STEPS), STEPS):
            rows = np.sort(order[step * size : (step + 1) * size])
            classifier.model.train_on_batch(x[rows], numbers[rows])
        return classifier

    @keras_defaults()
    def apply(self, x: Any) -> tuple[npt.NDArray[np.float32], npt.NDArray[Any]]:
        """Return the features of ``x``, shape (n, 128), and the most probable label of each, shape (n,)."""
        pieces = [self.outputs.predict(x[piece], batch_size=1024, verbose=0) for piece in slices(x)]
        features, logits = (np.concatenate(parts) for parts in zip(*pieces, strict=True))
        return features, self.classes[logits.argmax(axis=1)]

    def save(self, path: Path, key: str) -> None:
        """Write the weights, the classes and ``key`` to an ``.npz`` file."""
        weights = {f"weight_{i}": value for i, value in enumerate(self.model.get_weights())}
        with files.replacing(path) as file:
            np.savez(file, key=np.array(key), classes=self.classes, event_shape=np.array(self.event_shape), **weights)

    @classmethod
    def load(cls, path: Path, key: str | None = None) -> Classifier | None:
        """Return the classifier in a file; None if there is none, it is damaged, or it was saved with another key."""
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                if key not in (None, str(arrays["key"])):
                    return None
                classifier = cls(tuple(arrays["event_shape"].tolist()), arrays["classes"])
                count = len(classifier.model.weights)
                classifier.model.set_weights([arrays[f"weight_{i}"] for i in range(count)])
        except Exception:  # noqa: BLE001 a damaged file can raise any error
            return None
        return classifier
