"""Image sets that Keras downloads and keeps in its own cache."""

from __future__ import annotations

from typing import Any

from zukan import checks

KERAS_SETS = ("fashion_mnist", "cifar10", "cifar100")


def download(name: str) -> dict[str, Any]:
    """Return the arrays of ``keras.datasets.<name>`` by role, or raise `InputError` when it has none."""
    import keras  # noqa: PLC0415  # costs seconds, and only these sets need it

    try:
        (x_train, y_train), (x_test, y_test) = getattr(keras.datasets, name).load_data()
    except Exception as error:  # Keras raises a bare Exception when a download fails
        raise checks.InputError(
            f"source {name!r} must be downloaded once, but Keras could not do it "
            f"({checks.show(str(error))}); connect to the network and try again, or use 'mnist', "
            "which ships with zukan") from error
    return {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}
