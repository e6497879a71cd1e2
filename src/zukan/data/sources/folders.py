"""Folders, zips and tars of images."""

from __future__ import annotations

import io
import math
import warnings
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from zukan import checks
from zukan.data.account import Account, LeftOut, Tally
from zukan.data.lazy import cache
from zukan.data.lazy.decoding import decode_rows
from zukan.data.lazy.items import take
from zukan.data.options import Options
from zukan.data.sources import images, table_kinds, walking
from zukan.data.sources.archives import Container, Folder, opened, read_error
from zukan.data.sources.base import Part, Source
from zukan.data.sources.headers import ENDINGS, Header, NoImageError, UnreadableError, is_named, open_image, read_header
from zukan.data.sources.layout import find_layout, shown
from zukan.data.sources.passing import OWN, data_only, is_own
from zukan.data.sources.walking import UNREADABLE
from zukan.files import stamp

_LOOKED = 100  # files of a zip whose content tells whether it holds images
_ERRORS = (UnreadableError, OSError)  # of a decoder
_FILES = (".npy", ".npz", *table_kinds.ENDINGS)  # of files that are sources of their own
_KINDS = 5  # kinds of files that are named in a sentence


def holds_images(path: Path, names: Iterable[str]) -> bool:
    """Return whether a zip holds images, by the endings of its files or, if none tells, by their content."""
    names = list(names)
    if any(map(is_named, names)):
        return True
    if any(name.endswith(".npy") for name in names):
        return False
    with opened(path) as container:
        return bool(_read_headers(container, container.names[:_LOOKED], Tally(), []))


def read(path: Path, options: Options) -> Source:
    """Return the images of a folder, zip or tar; see `find_layout` for their splits and classes.

    Images are told by their content. Everything else is left out and counted: what cannot be read, other kinds of
    files, what is hidden, what other programs keep, and what zukan wrote.

    Raises
    ------
    zukan.InputError
        If it holds no image that can be read, or if it is a run folder.
    """
    with opened(path) as container, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # from Pillow; real problems are reported for each file
        tally: Tally = container.tally
        others: list[str] = []
        if is_own(container.names):
            raise checks.InputError(
                f"source {str(path)!r} must hold images of yours, but zukan wrote it; give your data instead")
        names = data_only(container.names, tally)
        headers = _read_headers(container, names, tally, others)
        files = sorted(headers)
        if not files:
            raise checks.InputError(f"source {str(path)!r} must hold images ({', '.join(ENDINGS[:5])}, …), got none"
                                    f"{_reasons(tally, others)}; {_fix(container, others)}")
        found = [headers[name] for name in files]
        levels = images.survey(found, lambda number: _open(container, files[number]))
        conversion, note = images.choose_conversion(found, options, levels)
        order = [name for name in names if name in headers]
        x, reasons = _decode(_Decoder(container, files, conversion), order, options)
    for row, reason in reasons.items():
        tally.add(UNREADABLE, shown(files[row]), reason)
    if reasons:
        rows = [row for row in range(len(files)) if row not in reasons]
        x, files = take(x, np.array(rows, np.intp)), [files[row] for row in rows]
    if not files:
        raise checks.InputError(f"source {str(path)!r} must hold undamaged images, got none"
                                f"{_reasons(tally, others)}; replace them")
    layout = find_layout(files)
    frames = images.further_frames(map(shown, files), [headers[name] for name in files])
    account = Account(unit="file").leaving_out(*_left_out(tally, others), frames, *layout.left_out)
    whole = Part(x, layout.classes, str(path), f"classes of {path}", names=tuple(map(shown, files)))
    parts = (whole,) if len(layout.rows) == 1 else tuple(map(whole.take, layout.rows))
    name = path.resolve().name
    return Source(name.split(".")[0] or name, str(path), parts, notes=(note, *layout.notes), account=account)


@dataclass(frozen=True)
class _Decoder:
    """Decodes the images of a container by row number; can be pickled if the container is a folder."""

    container: Container
    files: list[str]
    conversion: images.Conversion

    def __call__(self, row: int) -> npt.NDArray[np.uint8]:
        return self.conversion.decode(self.container.read(self.files[row]), self.files[row])


def _decode(decoder: _Decoder, order: list[str], options: Options) -> tuple[Any, dict[int, str]]:
    """Return all images, in memory or streamed, and the reasons for rows that cannot be read."""
    container, files, conversion = decoder.container, decoder.files, decoder.conversion
    shape = (len(files), *conversion.shape)
    row_of = {name: row for row, name in enumerate(files)}
    rows = [row_of[name] for name in order]
    if options.fits(math.prod(shape)):
        x = np.empty(shape, np.uint8)
        return x, decode_rows(decoder, rows, x.__setitem__, unreadable=_ERRORS, threads=container.threads)
    path, is_folder = container.path, isinstance(container, Folder)
    if not is_folder and not cache.has_room(math.prod(shape)):
        raise checks.InputError(
            f"source {str(path)!r} must fit, unpacked, into memory or into the cache {str(cache.folder())!r}, but "
            f"takes {math.prod(shape) / 2**30:.1f} GiB; free some disk space, or unpack it into a folder")
    state = [(name, container.state(name)) for name in files] if is_folder else (files, *stamp(path.stat()))
    key = cache.make_key("images", str(path.resolve()), conversion, state)
    return cache.decode_once(key, shape, np.uint8, decoder, names=files, label=str(path), unreadable=_ERRORS,
                             order=rows, threads=container.threads)


def _read_headers(container: Container, names: list[str], tally: Tally, others: list[str]) -> dict[str, Header]:
    """Return the headers of the images by name.

    What cannot be read, and what zukan drew, is added to ``tally``, and files of other kinds to ``others``.
    """
    headers = {}
    for name in names:
        try:
            with container.open(name) as file:
                header = read_header(file, name)
        except NoImageError:
            others.append(name)
        except UnreadableError as error:
            tally.add(UNREADABLE, shown(name), str(error))
        except OSError as error:
            tally.add(UNREADABLE, shown(name), walking.reason(error))
        except Exception as error:  # noqa: BLE001 a damaged archive can raise any error
            tally.add(UNREADABLE, shown(name), read_error(error))
        else:
            if header.own:
                tally.add(OWN, shown(name))
            else:
                headers[name] = header
    return headers


def _left_out(tally: Tally, others: list[str]) -> list[LeftOut]:
    """Return what was left out, with the files of other kinds as one group."""
    kinds = Counter(PurePosixPath(name).suffix.lower() or "without an ending" for name in others)
    ordered = sorted(kinds.items(), key=lambda item: (-item[1], item[0]))
    listed = [f"{count:,} {shown(kind)}" if len(kinds) > 1 else shown(kind) for kind, count in ordered[:_KINDS]]
    rest = [] if len(kinds) <= _KINDS else ["…"]
    return [*tally.groups(), LeftOut("file", f"of a kind that is not read ({', '.join([*listed, *rest])})",
                                     tuple(map(shown, others)))]


def _reasons(tally: Tally, others: list[str]) -> str:
    """Return what was left out, for the middle of a sentence."""
    sentences = [group.sentence(1) for group in _left_out(tally, others) if group.count]
    return "".join(f", and {sentence}" for sentence in sentences)


def _fix(container: Container, others: list[str]) -> str:
    """Return what to do about a source without images: give a file in it that can be a source, or add images."""
    sources = sorted(name for name in others if name.lower().endswith(_FILES))
    if not sources:
        return "add some"
    return f"{'' if isinstance(container, Folder) else 'unpack it and '}give one file, such as {shown(sources[0])!r}"


def _open(container: Container, name: str) -> Image.Image:
    return open_image(io.BytesIO(container.read(name)), name)
