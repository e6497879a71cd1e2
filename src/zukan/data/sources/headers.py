"""What is known about an image before its pixels are decoded."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

import numpy as np
from PIL import Image, UnidentifiedImageError

ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".dib", ".tif", ".tiff", ".webp", ".pbm", ".pgm", ".ppm", ".pnm",
           ".tga", ".jp2", ".avif")
# Only these are opened: for other formats Pillow starts other programs (Ghostscript for EPS).
_FORMATS = ("PNG", "JPEG", "MPO", "GIF", "BMP", "DIB", "TIFF", "WEBP", "PPM", "JPEG2000", "AVIF")
_NO_MARK = "TGA"  # its files begin like any other file, so only the ending tells
_RAW = "TIFF"  # under another ending these are camera raw files, which hold a thumbnail first
_MAX_PIXELS = 100_000_000  # 0.4 GB of memory at four channels
SOFTWARE = "zukan"  # what the pictures that zukan draws are marked with
_GRAY_MODES = frozenset({"1", "L", "LA", "La", "I", "I;16", "I;16L", "I;16B", "I;16N"})
_ORIENTATION, _ON_ITS_SIDE = 0x0112, {5, 6, 7, 8}  # the EXIF tag, and its values for images that lie on their side
_SIXTEEN_BITS = {"PNG", "PPM"}  # formats whose images of mode I have 16 bits


class UnreadableError(Exception):
    """The reason why an image cannot be used, for the middle of a sentence."""


class NoImageError(Exception):
    """A file without the ending of an image is not an image."""


@dataclass(frozen=True)
class Header:
    """What is known about an image before its pixels are decoded.

    Parameters
    ----------
    size : (int, int)
        Height and width of the upright image.
    colored : bool
        Whether it is stored with colors.
    deep : bool
        Whether it has more than 8 bits per channel.
    frames : int
        Number of its frames or pages; only the first is read.
    own : bool
        Whether zukan drew it.
    """

    size: tuple[int, int]
    colored: bool
    deep: bool = False
    frames: int = 1
    own: bool = False


def is_named(name: str) -> bool:
    """Return whether a file name has the ending of an image."""
    return name.lower().endswith(ENDINGS)


def read_header(file: IO[bytes], name: str) -> Header:
    """Return the header of the image in an open file of that name, whatever its ending.

    Raises
    ------
    UnreadableError
        If it is an image that cannot be used, or if it has the ending of an image and is not one.
    NoImageError
        If it has another ending and is not an image.
    """
    try:
        with open_image(file, name) as image:
            if image.format == _RAW and PurePosixPath(name).suffix and not is_named(name):
                raise NoImageError
            return describe(image)
    except (UnreadableError, NoImageError):
        raise
    except Exception as error:  # a damaged file can raise any error
        if is_named(name) or isinstance(error, Image.DecompressionBombError):
            raise UnreadableError(reason(error)) from error
        raise NoImageError from error


def describe(image: Image.Image) -> Header:
    """Return the header of an open image, or raise `UnreadableError`."""
    if image.mode == "F":
        raise UnreadableError("its pixels are floating-point numbers of unknown range; save them as .npy")
    if image.mode == "I" and image.format not in _SIXTEEN_BITS:
        raise UnreadableError("its pixels are 32-bit numbers of unknown range; save them as .npy")
    size = (image.height, image.width)
    # Without "exif" in a PNG's info, getexif would decode the whole image to look for it.
    has_exif = image.format != "PNG" or "exif" in image.info
    if has_exif and image.getexif().get(_ORIENTATION, 1) in _ON_ITS_SIDE:
        size = size[::-1]
    is_own = SOFTWARE in (image.info.get("Software"), _text(image.info.get("comment")))
    return Header(size, image.mode not in _GRAY_MODES and not _has_gray_palette(image), image.mode[0] == "I",
                  _frames(image), is_own)


def open_image(file: IO[bytes], name: str = "") -> Image.Image:
    """Open an image by its content, a TGA file by its ``name``. Raise any error if it is not an image."""
    Image.init()
    formats: Sequence[str] = (_NO_MARK, *_FORMATS) if name.lower().endswith(".tga") else _FORMATS
    image = Image.open(file, formats=[name for name in formats if name in Image.OPEN])
    if image.width * image.height > _MAX_PIXELS:
        image.close()
        raise UnreadableError(f"it has {image.width:,} × {image.height:,} pixels, more than {_MAX_PIXELS:,}")
    return image


def reason(error: Exception) -> str:
    """Return the reason why an image cannot be read, for the middle of a sentence."""
    if isinstance(error, UnreadableError):
        return str(error)
    if isinstance(error, UnidentifiedImageError):
        return "it is not an image of a supported format"
    if isinstance(error, Image.DecompressionBombError):
        return f"it has more than {_MAX_PIXELS:,} pixels"
    return " ".join(str(error).split()).removesuffix(".")[:200] or type(error).__name__


def _frames(image: Image.Image) -> int:
    """Return the number of frames; a damaged file counts as one frame, which may be whole."""
    frame = image.tell()
    try:
        return int(getattr(image, "n_frames", 1))
    except Exception:  # noqa: BLE001 a damaged file can raise any error
        with contextlib.suppress(Exception):
            image.seek(frame)
        return 1


def _text(value: object) -> object:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _has_gray_palette(image: Image.Image) -> bool:
    if image.mode != "P":
        return False
    palette = np.array(image.getpalette("RGB") or [0], np.uint8)
    return palette.size % 3 == 0 and bool((palette.reshape(-1, 3) == palette.reshape(-1, 3)[:, :1]).all())
