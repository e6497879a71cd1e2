"""A folder, zip or tar of images: which are read, their classes, their splits."""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice, repeat
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import checks
from zukan.data import cache, images
from zukan.data.containers import Container, Folder, opened
from zukan.data.options import Options
from zukan.data.rows import Items

LOOKED_AT = 200  # about as many colour files, spread over all, are looked at, whether they are grey
_SPLITS = {"train": "train", "training": "train", "test": "test", "testing": "test",
           "val": "val", "valid": "val", "validation": "val"}


@dataclass(frozen=True)
class Images:
    """The images of a source as arrays by role, what is to be told, and the files that are left out, each with why."""

    arrays: dict[str, Any]
    notes: tuple[str, ...]
    unreadable: tuple[tuple[str, str], ...]


def read(path: Path, options: Options) -> Images:
    """Return the images of folder, zip or tar ``path``.

    Folders are classes; at the top they may be ``train`` and ``test`` (or ``val``). A single folder around everything
    does not count. Files that are no images, or hidden, are passed over; those that cannot be read are told of.

    Raises
    ------
    zukan.InputError
        When there is no image in it that can be read.
    """
    with opened(path) as container, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Pillow: what matters is told per file
        names = [name for name in container.names if _is_image(name)]
        headers, bad = _survey(container, names)
        if not headers:
            found = f"got {len(bad)} that cannot be read ({bad[0][0]!r}: {bad[0][1]})" if bad else "got none"
            raise checks.InputError(
                f"source {str(path)!r} must hold images ({', '.join(images.ENDINGS[:5])}, …), {found}; add some")
        good = sorted(headers)
        policy, told = images.policy([headers[name] for name in good], options, colour=_colour(container, headers))
        if 4 * len(good) * math.prod(policy.shape) > options.budget:
            return _on_disk(container, names, good, policy, bad, told)
        x = np.empty((len(good), *policy.shape), np.uint8)
        kept = np.ones(len(good), bool)
        row = {name: i for i, name in enumerate(good)}

        def one(name: str) -> tuple[str, str] | None:
            try:
                x[row[name]] = policy.decode(container.read(name))
            except (images.UnreadableError, OSError) as error:
                kept[row[name]] = False
                return name, str(error)
            return None

        bad += [found for found in _threaded(one, (name for name in names if name in headers), container.threads)
                if found]
    return _told(path, names, good, x if kept.all() else x[kept], kept, bad, told)


def _told(path: Path, names: list[str], good: list[str], x: Any, kept: npt.NDArray[np.bool_],
          bad: list[tuple[str, str]], told: str) -> Images:
    """Return ``x``, the images of ``good`` that are ``kept``, by role, with what is to be told."""
    good = [name for name, whole in zip(good, kept, strict=True) if whole]
    if not good:
        raise checks.InputError(
            f"source {str(path)!r} must hold whole images, but {bad[0][0]!r} cannot be read ({bad[0][1]}); replace it")
    arrays, notes = _roles(x, good)
    if bad:
        notes.append(f"{len(bad):,} of {len(names):,} files cannot be read and are left out: {bad[0][0]!r} since "
                     f"{bad[0][1]}" + ", …" * (len(bad) > 1))
    return Images(arrays, (told, *notes), tuple(sorted(bad)))


class _Decoder:
    """Decodes the images of a container by row."""

    def __init__(self, container: Container, names: list[str], policy: images.Policy) -> None:
        self.container, self.names, self.policy = container, names, policy

    def __call__(self, row: int) -> npt.NDArray[np.uint8]:
        return self.policy.decode(self.container.read(self.names[row]))


def _on_disk(container: Container, names: list[str], good: list[str], policy: images.Policy,
             bad: list[tuple[str, str]], told: str) -> Images:
    """Return the images of ``good``, decoded once into the cache; where they do not fit there, each time."""
    path, shape = container.path, (len(good), *policy.shape)
    if not isinstance(container, Folder) and not cache.fits(math.prod(shape)):
        raise checks.InputError(
            f"source {str(path)!r} must fit, unpacked, into memory or into the cache {str(cache.folder())!r}, but "
            f"takes {math.prod(shape) / 2**30:.1f} GiB; free some space, or unpack it into a folder")
    state = path.stat()
    name = cache.key("images", str(path.resolve()), policy, *(
        [(name, container.state(name)) for name in good] if isinstance(container, Folder)
        else [good, state.st_size, state.st_mtime_ns]))
    row = {name: i for i, name in enumerate(good)}
    items, found = cache.filled(name, shape, np.uint8, _Decoder(container, good, policy), names=good, label=str(path),
                                unreadable=(images.UnreadableError, OSError),
                                order=[row[name] for name in names if name in row], threads=container.threads)
    kept = np.ones(len(good), bool)
    kept[list(found)] = False
    return _told(path, names, good, items.take(np.flatnonzero(kept)), kept,
                 [*bad, *((good[i], why) for i, why in found.items())], told)


def holds_images(names: Iterable[str]) -> bool:
    """Whether any of those files of an archive is an image by its name."""
    return any(map(_is_image, names))


def _is_image(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return name.lower().endswith(images.ENDINGS) and not any(part.startswith((".", "__MACOSX")) for part in parts)


def _survey(container: Container, names: list[str]) -> tuple[dict[str, images.Header], list[tuple[str, str]]]:
    """Return the headers by name, and what cannot be read."""
    headers, bad = {}, []
    for name in names:
        try:
            with container.open(name) as file:
                headers[name] = images.header(file)
        except images.UnreadableError as error:
            bad.append((name, str(error)))
        except Exception as error:  # noqa: BLE001 a damaged archive fails in many ways
            bad.append((name, f"it cannot be read from its container ({checks.show(str(error))})"))
    return headers, bad


def _colour(container: Container, headers: dict[str, images.Header]) -> bool:
    """Whether a file shows colour: many a grey image is stored as colour."""
    maybe = [name for name, header in headers.items() if header.colour]
    return any(map(_shows_colour, repeat(container), maybe[:: -(-len(maybe) // LOOKED_AT) or 1]))


def _shows_colour(container: Container, name: str) -> bool:
    try:
        return not images.is_grey(container.read(name))
    except OSError:  # it is told of where it is read
        return False


def _threaded(function: Callable[[str], Any], names: Iterable[str], threads: int | None) -> Iterator[Any]:
    """Yield ``function``'s results in order, with a bounded number under way."""
    names = iter(names)
    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        while some := list(islice(names, 256)):
            yield from pool.map(function, some)


def _roles(x: Any, names: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Return the arrays by role, as the folders of the files tell, and notes."""
    parts = [PurePosixPath(name).parts[:-1] for name in names]
    while all(parts) and len({part[0] for part in parts}) == 1 and parts[0][0].lower() not in _SPLITS:
        parts = [part[1:] for part in parts]
    notes = []
    of_item = [_SPLITS.get(part[0].lower(), "") if part else "" for part in parts]
    splits = set(of_item) - {""}
    rows = {"": np.arange(len(names))}
    if "train" in splits and len(splits) > 1:
        held = "test" if "test" in splits else "val"
        rows = {"_train": np.flatnonzero([split not in {held, ""} for split in of_item]),
                "_test": np.flatnonzero([split == held for split in of_item])}
        if splits == {"train", "val", "test"}:
            notes.append("the images in the validation folder join the training items; the test folder is held out")
        if "" in of_item:
            notes.append(f"{of_item.count(''):,} images lie beside the folders of the splits and are left out: "
                         f"{names[of_item.index('')]!r}" + ", …" * (of_item.count("") > 1))
    if len(rows) > 1 or "" not in of_item:
        parts = [part[1:] for part in parts]
    classes = [part[0] if part else "" for part in parts]
    known = [classes[i] for chosen in rows.values() for i in chosen]
    labelled = "" not in known and len(set(known)) > 1
    if not labelled and len(set(known) - {""}) > 1:
        notes.append(f"{known.count(''):,} images lie beside the folders, so no classes are read; "
                     "move each into the folder of its class")
    arrays: dict[str, Any] = {}
    for split, chosen in rows.items():
        arrays[f"x{split}"] = x if len(rows) == 1 else x.take(chosen) if isinstance(x, Items) else x[chosen]
        if labelled:
            arrays[f"y{split}"] = np.array(classes)[chosen]
    return arrays, notes
