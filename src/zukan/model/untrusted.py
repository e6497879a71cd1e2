"""What a model file may hold, checked before Keras opens it: nothing is run, linked to or unpacked without bound."""

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
CONFIG = 1 << 23  # bytes of a configuration; unpacked it takes some twenty times as much memory
# What Keras writes for plain values; functions by value (__lambda__) and types of TensorFlow (__typespec__) are not.
_VALUES = {"__keras_tensor__", "__tensor__", "__numpy__", "__bytes__", "__ellipsis__", "__slice__"}
_NUMBERS = re.compile(r"(bfloat|float|u?int|complex)\d{1,3}|bool")
_MODULES = ("keras.layers", "keras.activations", "keras.initializers", "keras.regularizers", "keras.constraints",
            "keras.optimizers", "keras.losses", "keras.metrics", "keras.random", "keras.src.models.functional",
            "keras.src.models.sequential", "keras.src.backend.torch.optimizers", "keras.src.ops", "keras.ops",
            "keras.dtype_policies", "keras.quantizers")
_CLASSES = {"keras": {"Functional", "Sequential", "Model", "DTypePolicy", "Variable"}}
# Layers that carry code of their own, or read files while they are made.
_REFUSED = {"Lambda", "TorchModuleWrapper", "TFSMLayer", "JaxLayer", "FlaxLayer", "StringLookup", "IntegerLookup",
            "TextVectorization", "Hashing"}


_patched = threading.RLock()  # one load at a time, or each would take the other's patch for Keras's own method


@dataclass
class Holds:
    """How many arrays a model file holds, and how many numbers are in them."""

    arrays: int = 0
    numbers: int = 0


def inspect(path: Path) -> Holds:
    """Return what the file at ``path`` holds; raise ``ValueError``, with half a sentence, where it is unsafe to open.

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
            if member.filename.endswith(".json") and member.file_size > CONFIG:
                raise ValueError(f"its {member.filename} is larger than {CONFIG >> 20} MiB")
        try:
            json.loads(archive.read("metadata.json"))
            _check_config(json.loads(archive.read("config.json")))
        except RecursionError as error:
            raise ValueError("its config.json is nested too deeply") from error
        with archive.open("model.weights.h5") as file, h5py.File(io.BytesIO(file.read()), "r") as weights:
            held = Holds()
            _check_weights(weights, "", held, set())
            return held


@contextmanager
def no_larger(than: Holds) -> Iterator[None]:
    """Refuse, with a ``ValueError``, that this thread makes more weights than twice what a model file holds.

    Numbers in a configuration would otherwise take any memory before the weights that lack are missed.
    """
    thread, made = threading.get_ident(), Holds()

    def add_weight(layer: Any, *args: Any, **options: Any) -> Any:
        if threading.get_ident() == thread:
            made.arrays += 1
            made.numbers += math.prod((args[0] if args else options.get("shape")) or ())
            if made.arrays > 2 * than.arrays or made.numbers > 2 * than.numbers:
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
        for each in value:
            _check_config(each)
    elif isinstance(value, dict):
        if "class_name" in value:
            _check_object(value)
        for each in value.values():
            _check_config(each)


def _check_object(value: dict[str, Any]) -> None:
    name, module, registered = (value.get(key) for key in ("class_name", "module", "registered_name"))
    if not isinstance(name, str):
        raise ValueError(f"it names the class {name!r}, which is no text")  # noqa: TRY004
    if name == "function":  # Keras finds it by its own name, whatever is registered
        called = value.get("config")
        if not isinstance(called, str) or (keras.saving.get_registered_object(called) is None
                                           and getattr(keras.activations, called, None) is None):
            raise ValueError(f"it names the function {called!r}, which is not registered with Keras")
        return
    if name.startswith("__"):
        given = value.get("config")
        kind = given.get("dtype", "float32") if isinstance(given, dict) else "float32"
        if name not in _VALUES or not (isinstance(kind, str) and _NUMBERS.fullmatch(kind)):
            raise ValueError(f"it holds the value {name} of {kind!r}, which is no plain number")
        return
    if isinstance(registered, str) and keras.saving.get_registered_object(registered) is not None:
        return
    if name in _REFUSED:
        raise ValueError(f"it holds a {name} layer, which can run code or read files")
    known = isinstance(module, str) and (name in _CLASSES.get(module, ()) or any(
        module == allowed or module.startswith(f"{allowed}.") for allowed in _MODULES))
    if not known:
        raise ValueError(f"it names {module}.{name}, which is neither Keras's nor registered with Keras")


def _check_weights(group: Any, where: str, held: Holds, seen: set[int]) -> None:
    for name in group:
        link = group.get(name, getlink=True)
        if not isinstance(link, h5py.HardLink):
            raise ValueError(f"its weights {where}/{name} are a link")  # noqa: TRY004
        item = group[name]
        address = h5py.h5o.get_info(item.id).addr
        if address in seen:
            raise ValueError(f"its weights {where}/{name} are there under two names")
        seen.add(address)
        if isinstance(item, h5py.Group):
            _check_weights(item, f"{where}/{name}", held, seen)
        elif item.external or item.is_virtual or item.dtype.hasobject or item.nbytes > item.id.get_storage_size():
            raise ValueError(f"its weights {where}/{name} are no plain data within the file")
        else:
            held.arrays += 1
            held.numbers += item.size
