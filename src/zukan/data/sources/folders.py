"""Folders, zips and tars of images."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import checks
from zukan.data.account import Account, LeftOut
from zukan.data.lazy import cache
from zukan.data.lazy.decoding import decode_rows
from zukan.data.lazy.items import take
from zukan.data.options import Options
from zukan.data.sources import images
from zukan.data.sources.archives import Container, Folder, opened, read_error
from zukan.data.sources.base import Part, Source
from zukan.data.sources.layout import find_layout

_CHECKED = 200  # about this number of images, evenly spaced, are checked for color
_UNREADABLE = (images.UnreadableError, OSError)


def holds_images(names: Iterable[str]) -> bool:
    """Return whether any file name has the ending of an image."""
    return any(map(_is_image, names))


def read(path: Path, options: Options) -> Source:
    """Return the images of a folder, zip or tar; see `find_layout` for their splits and classes.

    Hidden files, and files without the ending of an image, are skipped. Images that cannot be read are skipped and
    reported.

    Raises
    ------
    zukan.InputError
        If it holds no image that can be read.
    """
    with opened(path) as container, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # from Pillow; real problems are reported for each file
        names = [name for name in container.names if _is_image(name)]
        headers, skipped = _read_headers(container, names)
        if not headers:
            reason = f"got {len(skipped):,} that cannot be read: {_first(skipped)}" if skipped else "got none"
            raise checks.InputError(
                f"source {str(path)!r} must hold images ({', '.join(images.ENDINGS[:5])}, …), {reason}; add some")
        files = sorted(headers)
        conversion, note = images.choose_conversion([headers[name] for name in files], options,
                                                    colored=_shows_color(container, headers))
        order = [name for name in names if name in headers]
        x, reasons = _decode(_Decoder(container, files, conversion), order, options)
    skipped = sorted([*skipped, *((files[row], reason) for row, reason in reasons.items())])
    if reasons:
        rows = [row for row in range(len(files)) if row not in reasons]
        x, files = take(x, np.array(rows, np.intp)), [files[row] for row in rows]
    if not files:
        raise checks.InputError(
            f"source {str(path)!r} must hold undamaged images, got only damaged ones: {_first(skipped)}; replace them")
    layout = find_layout(files)
    notes = [note, *layout.notes]
    account = Account(unit="file").leaving_out(*_unreadable(skipped), *layout.left_out)
    whole = Part(x, layout.classes, str(path), f"classes of {path}", tuple(files))
    parts = (whole,) if len(layout.rows) == 1 else tuple(map(whole.take, layout.rows))
    return Source(path.name.split(".")[0] or path.name, str(path), parts, notes=tuple(notes), account=account)


@dataclass(frozen=True)
class _Decoder:
    """Decodes the images of a container by row number; can be pickled if the container is a folder."""

    container: Container
    files: list[str]
    conversion: images.Conversion

    def __call__(self, row: int) -> npt.NDArray[np.uint8]:
        return self.conversion.decode(self.container.read(self.files[row]))


def _decode(decoder: _Decoder, order: list[str], options: Options) -> tuple[Any, dict[int, str]]:
    """Return all images, in memory or streamed, and the reasons for rows that cannot be read."""
    container, files, conversion = decoder.container, decoder.files, decoder.conversion
    shape = (len(files), *conversion.shape)
    row_of = {name: row for row, name in enumerate(files)}
    rows = [row_of[name] for name in order]
    if options.fits(math.prod(shape)):
        x = np.empty(shape, np.uint8)
        return x, decode_rows(decoder, rows, x.__setitem__, unreadable=_UNREADABLE, threads=container.threads)
    path, is_folder = container.path, isinstance(container, Folder)
    if not is_folder and not cache.has_room(math.prod(shape)):
        raise checks.InputError(
            f"source {str(path)!r} must fit, unpacked, into memory or into the cache {str(cache.folder())!r}, but "
            f"takes {math.prod(shape) / 2**30:.1f} GiB; free some disk space, or unpack it into a folder")
    status = path.stat()
    state = [(name, container.state(name)) for name in files] if is_folder else (
        files, status.st_size, status.st_mtime_ns)
    key = cache.make_key("images", str(path.resolve()), conversion, state)
    return cache.decode_once(key, shape, np.uint8, decoder, names=files, label=str(path), unreadable=_UNREADABLE,
                             order=rows, threads=container.threads)


def _is_image(name: str) -> bool:
    """Return whether a file has the ending of an image and is not hidden."""
    parts = PurePosixPath(name).parts
    return name.lower().endswith(images.ENDINGS) and not any(part.startswith((".", "__MACOSX")) for part in parts)


def _read_headers(container: Container, names: list[str]) -> tuple[dict[str, images.Header], list[tuple[str, str]]]:
    """Return the headers of the images by name, and the files that cannot be read, with the reasons."""
    headers, skipped = {}, []
    for name in names:
        try:
            with container.open(name) as file:
                headers[name] = images.header(file)
        except images.UnreadableError as error:
            skipped.append((name, str(error)))
        except Exception as error:  # noqa: BLE001 a damaged archive can raise any error
            skipped.append((name, read_error(error)))
    return headers, skipped


def _shows_color(container: Container, headers: dict[str, images.Header]) -> bool:
    """Return whether any image shows color; gray images are often stored as RGB."""
    colored = [name for name, header in headers.items() if header.colored]
    step = max(1, math.ceil(len(colored) / _CHECKED))
    return any(_is_colored(container, name) for name in colored[::step])


def _is_colored(container: Container, name: str) -> bool:
    try:
        return not images.is_gray(container.read(name))
    except OSError:  # the reason is reported when the file is decoded
        return False


def _unreadable(skipped: list[tuple[str, str]]) -> list[LeftOut]:
    return [LeftOut.with_details("file", "that cannot be read", skipped)] if skipped else []


def _first(skipped: list[tuple[str, str]]) -> str:
    """Return the first skipped file with its reason, for the end of a sentence."""
    more = ", …" if len(skipped) > 1 else ""
    return f"{skipped[0][0]!r} ({skipped[0][1]}){more}"
