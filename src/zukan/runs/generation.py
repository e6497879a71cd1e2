"""The images of a run's model beside real ones; the classifier for it is stored in the run."""

from __future__ import annotations

import contextlib
import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import checks, files
from zukan.evaluation.generation.classifier import SETTINGS, Classifier
from zukan.evaluation.generation.compare import FEWEST, compare
from zukan.runs.lock import locked
from zukan.runs.run import Run
from zukan.runs.subject import Subject

MOST = 10_000  # images of each kind


def generation(subject: Subject) -> dict[str, Any] | str:
    """Compare test images with images that the model generates, and with its reconstructions of them.

    All images are seen through the features of `Classifier`, which is trained on the labels of the training images.

    Returns
    -------
    dict or str
        ``items``: number of images of each kind. ``classifier``: its ``settings``, and ``accuracy``, the share of the
        run's test images whose label it predicts. ``samples``, ``reconstructions`` and ``training`` (real training
        images): each as `compare` returns it. A sentence if there are no labels or no images.
    """
    vae, train, test = subject.vae, subject.train, subject.test
    if len(vae.event_shape) != 3:
        return "It compares images, and the data has none."
    if train.labels is None or len(np.unique(train.labels)) < 2:
        return "It needs labels of at least two classes, to train the classifier whose features it compares."
    if vae.missing:
        return "The classifier cannot read images with missing values."
    count = min(MOST, len(test.x), len(train.x))
    if count < FEWEST:
        return f"It needs at least {FEWEST} test images."
    classifier = _classifier(subject, train.x, train.labels)
    generator = np.random.default_rng(subject.seed)
    rows, others = (np.sort(generator.permutation(size)[:count]) for size in (len(test.x), len(train.x)))
    real, known = test.x[rows], None if test.condition is None else test.condition[rows]
    binarized = subject.run.recipe.binarize != "none"
    reconstructions = vae.reconstruct(real, condition=known)
    if binarized:  # real images are zeros and ones, so generated ones must be too
        reconstructions = (generator.random(reconstructions.shape) < reconstructions).astype(np.float32)
    samples = vae.sample(count, condition=known, draw=binarized or None, seed=subject.seed)
    features = {"samples": classifier.apply(samples)[0], "reconstructions": classifier.apply(reconstructions)[0],
                "training": classifier.apply(train.x[others])[0]}
    return {"items": count, "seed": subject.seed,
            "classifier": {"settings": SETTINGS, "accuracy": _accuracy(classifier, subject.splits[1])},
            **compare(classifier.apply(real)[0], features)}


def _classifier(subject: Subject, x: Any, labels: npt.NDArray[Any]) -> Classifier:
    """Return the classifier of another run, if the user names one; else that of this run, trained if it has none."""
    if subject.classifier is not None:
        return classifier_of(Run.open(subject.classifier), subject.vae.event_shape)
    record, drawn = subject.run.environment["data"], subject.run.recipe.options.get("binarize", "none")
    values = [SETTINGS, drawn, *(record[name] for name in ("sha256", "scaling", "split"))]
    key = hashlib.sha256(repr(values).encode())
    path = subject.run.file(Run.CLASSIFIER)
    stored = Classifier.load(path, key.hexdigest())
    if stored is not None:
        return stored
    classifier = Classifier.trained(x, labels)
    with contextlib.suppress(files.NotWritableError), locked(subject.run.path):
        classifier.save(path, key.hexdigest())
    return classifier


def classifier_of(run: Run, shape: tuple[int, ...]) -> Classifier:
    """Return the classifier that is stored in a run.

    Raises
    ------
    zukan.InputError
        If there is none for images of this shape.
    """
    classifier = Classifier.load(run.file(Run.CLASSIFIER))
    if classifier is None or classifier.event_shape != shape:
        got = "none" if classifier is None else f"one of shape {classifier.event_shape}"
        raise checks.InputError(
            f"run {str(run.path)!r} must hold a classifier of images of shape {shape}, got {got}; choose another run, "
            f"or write it with  zukan evaluate {run.path} --only generation")
    return classifier


def _accuracy(classifier: Classifier, test: Any) -> float | None:
    return None if test.labels is None else float((classifier.apply(test.x)[1] == test.labels).mean())
