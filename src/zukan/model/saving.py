"""Load a saved model."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import keras

from zukan import (
    checks,
    plugins,
    rates,  # noqa: F401 a model names its schedule
    untrusted,
)
from zukan.backend import check_device, keras_defaults
from zukan.model.vae import VAE


@keras_defaults()
def load(path: str | Path) -> VAE:
    """Load a model that ``vae.save`` wrote; no code in the file is executed.

    Raises
    ------
    zukan.InputError
        If the file is missing or damaged, or if it is not a zukan model.
    """
    path = Path(path)
    if not path.is_file():
        raise checks.InputError(
            f"model file {str(path)!r} does not exist; check the path, or train one with zukan.train")
    plugins.load_installed()
    check_device()
    try:
        if not zipfile.is_zipfile(path):
            raise ValueError("it is truncated, or not a .keras file")
        with untrusted.limit_weights(untrusted.inspect(path)):
            model = keras.saving.load_model(path, safe_mode=True)
    except Exception as error:  # damaged files raise many kinds of errors
        reason = re.split(r"[.:](?:\s|$)", str(error).strip() or type(error).__name__)[0]  # Keras adds long advice
        raise checks.InputError(
            f"model file {str(path)!r} cannot be read: {reason}; give a file that vae.save wrote") from error
    if not isinstance(model, VAE):
        raise checks.InputError(
            f"model file {str(path)!r} must hold a zukan.VAE, got a {type(model).__name__}; "
            f"give a file that vae.save wrote")
    return model
