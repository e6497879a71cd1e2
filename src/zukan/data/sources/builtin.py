"""Built-in data sets: MNIST, which ships with zukan, shapes that it draws, and image sets that Keras downloads."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from typing import Any

from zukan import checks
from zukan.data.sources import npz, shapes
from zukan.data.sources.arrays import read_named
from zukan.data.sources.base import Source

NAMES = ("mnist", "shapes", "fashion_mnist", "cifar10", "cifar100")


def read(name: str) -> Source:
    """Return the data set of that name.

    Raises
    ------
    zukan.InputError
        If no built-in data set has this name, or it cannot be downloaded.
    """
    if name not in NAMES:
        hint = checks.did_you_mean(name.lower(), NAMES) or "give one of these"
        raise checks.InputError(
            f"source must be {', '.join(map(repr, NAMES))} or the path of a file or folder, "
            f"got {checks.show(name)}; {hint}")
    if name == "shapes":
        return shapes.read()
    if name != "mnist":
        return read_named(_download(name), name=name, text=name, path=name)
    with npz.opened(resources.files("zukan.data").joinpath("mnist.npz"), "mnist.npz") as arrays:
        return read_named(arrays, name=name, text=name, path=name)


def _download(name: str) -> Mapping[str, Any]:
    """Return the arrays of a set that Keras downloads once and keeps in its own cache."""
    import keras  # noqa: PLC0415 takes seconds to import, and only these sets need it

    try:
        (x_train, y_train), (x_test, y_test) = getattr(keras.datasets, name).load_data()
    except Exception as error:  # Keras raises a bare Exception if a download fails
        raise checks.InputError(
            f"source {name!r} must be downloaded once, but Keras could not do it "
            f"({checks.show(str(error))}); connect to the network and try again, or use 'mnist', "
            "which ships with zukan") from error
    return {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}
