"""What a model file may hold, checked before Keras opens it: nothing is run, linked to or unpacked without bound."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import keras

MEMBERS = {"metadata.json", "config.json", "model.weights.h5"}
CONFIG = 1 << 26  # bytes of a configuration
# What Keras writes for plain values; functions by value (__lambda__) and types of TensorFlow (__typespec__) are not.
_VALUES = {"__keras_tensor__", "__tensor__", "__numpy__", "__bytes__", "__ellipsis__", "__slice__", "__tuple__"}
_MODULES = ("keras.layers", "keras.activations", "keras.initializers", "keras.regularizers", "keras.constraints",
            "keras.optimizers", "keras.losses", "keras.metrics", "keras.random", "keras.src.models.functional",
            "keras.src.models.sequential", "keras.src.ops", "keras.ops", "keras.dtype_policies", "keras.quantizers")
_CLASSES = {"keras": {"Functional", "Sequential", "Model", "DTypePolicy", "Variable"}}
# Layers that carry code of their own, or read files while they are made.
_REFUSED = {"Lambda", "TorchModuleWrapper", "TFSMLayer", "JaxLayer", "FlaxLayer", "StringLookup", "IntegerLookup",
            "TextVectorization", "Hashing"}


def inspect(path: Path) -> None:
    """Raise ``ValueError``, with half a sentence, unless the file at ``path`` is an archive that is safe to open.

    Its members are those that Keras writes, as large as they say; every object in its configuration is Keras's or
    registered; its weights are plain data within the file.
    """
    with zipfile.ZipFile(path) as archive:
        names = [member.filename for member in archive.infolist()]
        odd = next((name for name in names if name not in MEMBERS), None)
        if odd is not None:
            raise ValueError(f"it holds the foreign member {odd!r}")
        if len(names) != len(MEMBERS):
            missing = sorted(MEMBERS - set(names))
            raise ValueError(f"it lacks {missing[0]}" if missing else "it holds two members of one name")
        size = path.stat().st_size
        for member in archive.infolist():
            if member.compress_type != zipfile.ZIP_STORED or member.file_size > size:
                raise ValueError(f"its member {member.filename} is packed, which Keras does not do")
        if archive.getinfo("config.json").file_size > CONFIG:
            raise ValueError(f"its config.json is larger than {CONFIG >> 20} MiB")
        try:
            _check_config(json.loads(archive.read("config.json")))
        except RecursionError as error:
            raise ValueError("its config.json is nested too deeply") from error
        with archive.open("model.weights.h5") as file, h5py.File(io.BytesIO(file.read()), "r") as weights:
            _check_weights(weights, "")


def _check_config(value: Any) -> None:
    """Raise unless every object in a configuration is Keras's own or was registered."""
    if isinstance(value, list):
        for each in value:
            _check_config(each)
    elif isinstance(value, dict):
        if "class_name" in value:
            _check_object(value)
        for each in value.values():
            _check_config(each)


def _check_object(value: dict[str, Any]) -> None:
    name, module, registered = (value.get(key) for key in ("class_name", "module", "registered_name"))
    if isinstance(registered, str) and keras.saving.get_registered_object(registered) is not None:
        return
    if name == "function":
        called = value.get("config")
        if keras.saving.get_registered_object(called) is None and getattr(keras.activations, str(called), None) is None:
            raise ValueError(f"it names the function {called!r}, which is not registered with Keras")
        return
    if name in _REFUSED:
        raise ValueError(f"it holds a {name} layer, which can run code or read files")
    plain = module is None or module == "builtins"
    known = isinstance(module, str) and (name in _CLASSES.get(module, ()) or any(
        module == allowed or module.startswith(f"{allowed}.") for allowed in _MODULES))
    if not isinstance(name, str) or not (known or (plain and name in _VALUES)):
        raise ValueError(f"it names {module}.{name}, which is neither Keras's nor registered with Keras")


def _check_weights(group: Any, where: str) -> None:
    for name in group:
        link = group.get(name, getlink=True)
        if not isinstance(link, h5py.HardLink):
            raise ValueError(f"its weights {where}/{name} are a link")  # noqa: TRY004
        item = group[name]
        if isinstance(item, h5py.Group):
            _check_weights(item, f"{where}/{name}")
        elif item.external or item.is_virtual or item.dtype.hasobject or item.nbytes > item.id.get_storage_size():
            raise ValueError(f"its weights {where}/{name} are no plain data within the file")
