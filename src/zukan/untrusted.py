"""Check a model file before Keras opens it: it must not run code, link to other files, or unpack without bound."""

from __future__ import annotations

import io
import json
import math
import re
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import keras

MEMBERS = {"metadata.json", "config.json", "model.weights.h5"}
CONFIG = 1 << 23  # bytes of a configuration at most; parsed, it takes about twenty times as much memory
# Keras's names for plain values. Serialized functions (__lambda__) and TensorFlow types (__typespec__) are not allowed.
_VALUES = {"__keras_tensor__", "__tensor__", "__numpy__", "__bytes__", "__ellipsis__", "__slice__"}
_NUMBERS = re.compile(r"(bfloat|float|u?int|complex)\d{1,3}|bool")
_MODULES = ("keras.layers", "keras.activations", "keras.initializers", "keras.regularizers", "keras.constraints",
            "keras.optimizers", "keras.losses", "keras.metrics", "keras.random", "keras.src.models.functional",
            "keras.src.models.sequential", "keras.src.backend.torch.optimizers", "keras.src.ops", "keras.ops",
            "keras.dtype_policies", "keras.quantizers")
_CLASSES = {"keras": {"Functional", "Sequential", "Model", "DTypePolicy", "Variable"}}
# Layers that hold code, or read files when they are created.
_REFUSED = {"Lambda", "TorchModuleWrapper", "TFSMLayer", "JaxLayer", "FlaxLayer", "StringLookup", "IntegerLookup",
            "TextVectorization", "Hashing"}


_patched = threading.RLock()  # one load at a time: a second one would mistake the patch of the first for Keras's method


@dataclass
class Contents:
    """The number of arrays in a model file, and of numbers in them."""

    arrays: int = 0
    numbers: int = 0


def inspect(path: Path) -> Contents:
    """Return what the file at ``path`` contains, or raise ``ValueError`` if it is not safe to open.

    The file must consist of the members that Keras writes, uncompressed. Every object in its configuration must be
    Keras's own or registered. Its weights must be plain data within the file.
    """
    with zipfile.ZipFile(path) as archive:
        names = [member.filename for member in archive.infolist()]
        odd = next((name for name in names if name not in MEMBERS), None)
        if odd is not None:
            raise ValueError(f"it holds {odd!r}, which Keras does not write")
        if len(names) != len(MEMBERS):
            missing = sorted(MEMBERS - set(names))
            raise ValueError(f"it lacks {missing[0]}" if missing else "it holds two members of the same name")
        size = path.stat().st_size
        for member in archive.infolist():
            if member.compress_type != zipfile.ZIP_STORED or member.file_size > size:
                raise ValueError(f"its member {member.filename} is compressed, which Keras does not do")
            if member.filename.endswith(".json") and member.file_size > CONFIG:
                raise ValueError(f"its {member.filename} is larger than {CONFIG >> 20} MiB")
        try:
            json.loads(archive.read("metadata.json"))
            _check_config(json.loads(archive.read("config.json")))
        except RecursionError as error:
            raise ValueError("its config.json is nested too deeply") from error
        with archive.open("model.weights.h5") as file, h5py.File(io.BytesIO(file.read()), "r") as weights:
            contents = Contents()
            _check_weights(weights, "", contents, set())
            return contents


@contextmanager
def limit_weights(contents: Contents) -> Iterator[None]:
    """Raise ``ValueError`` if this thread creates more than twice the weights that a model file contains.

    Otherwise a configuration with large numbers could take all memory before Keras notices that weights are missing.
    """
    thread, created = threading.get_ident(), Contents()

    def add_weight(layer: Any, *args: Any, **options: Any) -> Any:
        if threading.get_ident() == thread:
            created.arrays += 1
            created.numbers += math.prod((args[0] if args else options.get("shape")) or ())
            if created.arrays > 2 * contents.arrays or created.numbers > 2 * contents.numbers:
                raise ValueError("its config.json describes a larger model than it holds weights for")
        return real(layer, *args, **options)

    with _patched:
        real = keras.Layer.add_weight
        keras.Layer.add_weight = add_weight
        try:
            yield
        finally:
            keras.Layer.add_weight = real


def _check_config(value: Any) -> None:
    """Raise unless every object in a configuration is Keras's own or was registered."""
    if isinstance(value, list):
        for item in value:
            _check_config(item)
    elif isinstance(value, dict):
        if "class_name" in value:
            _check_object(value)
        for item in value.values():
            _check_config(item)


def _check_object(value: dict[str, Any]) -> None:
    name, module, registered = (value.get(key) for key in ("class_name", "module", "registered_name"))
    if not isinstance(name, str):
        raise ValueError(f"it names the class {name!r}, which is not text")  # noqa: TRY004
    if name == "function":  # Keras looks it up by its own name, not by the registered one
        function = value.get("config")
        if not isinstance(function, str) or (keras.saving.get_registered_object(function) is None
                                             and getattr(keras.activations, function, None) is None):
            raise ValueError(f"it names the function {function!r}, which is not registered with Keras")
        return
    if name.startswith("__"):
        config = value.get("config")
        kind = config.get("dtype", "float32") if isinstance(config, dict) else "float32"
        if name not in _VALUES or not (isinstance(kind, str) and _NUMBERS.fullmatch(kind)):
            raise ValueError(f"it holds the value {name} of {kind!r}, which is not a plain number")
        return
    if isinstance(registered, str) and keras.saving.get_registered_object(registered) is not None:
        return
    if name in _REFUSED:
        raise ValueError(f"it holds a {name} layer, which can run code or read files")
    known = isinstance(module, str) and (name in _CLASSES.get(module, ()) or any(
        module == allowed or module.startswith(f"{allowed}.") for allowed in _MODULES))
    if not known:
        raise ValueError(f"it names {module}.{name}, which is neither Keras's nor registered with Keras")


def _check_weights(group: Any, path: str, contents: Contents, seen: set[int]) -> None:
    """Raise unless all weights below ``group`` are plain arrays; count them in ``contents``."""
    for name in group:
        link = group.get(name, getlink=True)
        if not isinstance(link, h5py.HardLink):
            raise ValueError(f"its weights {path}/{name} are a link")  # noqa: TRY004
        item = group[name]
        address = h5py.h5o.get_info(item.id).addr
        if address in seen:
            raise ValueError(f"its weights {path}/{name} are stored under two names")
        seen.add(address)
        if isinstance(item, h5py.Group):
            _check_weights(item, f"{path}/{name}", contents, seen)
        elif item.external or item.is_virtual or item.dtype.hasobject or item.nbytes > item.id.get_storage_size():
            raise ValueError(f"its weights {path}/{name} are not plain data within the file")
        else:
            contents.arrays += 1
            contents.numbers += item.size
