"""Images: from a file or a PIL image of any kind to an array of bytes of one shape."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from zukan.data.options import LONGEST_SIDE, Options

ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".dib", ".tif", ".tiff", ".webp", ".pbm", ".pgm", ".ppm", ".pnm",
           ".tga", ".jp2", ".avif")
# Only these are opened: for other formats Pillow starts other programs (Ghostscript for EPS).
_FORMATS = ("PNG", "JPEG", "MPO", "GIF", "BMP", "DIB", "TIFF", "WEBP", "PPM", "TGA", "JPEG2000", "AVIF")
_MAX_PIXELS = 100_000_000  # 0.4 GB of memory at four channels
GRAY_MODES = frozenset({"1", "L", "LA", "La", "I", "I;16", "I;16L", "I;16B", "I;16N"})
_ORIENTATION, _ON_ITS_SIDE = 0x0112, {5, 6, 7, 8}  # the EXIF tag, and its values for images that lie on their side
_FIT_TEXTS = {"crop": "cropped at the center", "pad": "padded with black", "resize": "distorted"}
_CHANNEL_TEXTS = {1: "grayscale", 3: "color", 4: "color with opacity"}


class UnreadableError(Exception):
    """The reason why a file is not a usable image, for the middle of a sentence."""


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
    """

    size: tuple[int, int]
    colored: bool
    deep: bool = False


@dataclass(frozen=True)
class Conversion:
    """The shape that every image is converted to, and how.

    Parameters
    ----------
    height, width : int
    channels : {1, 3, 4}
    fit : {"crop", "pad", "resize"}
    """

    height: int
    width: int
    channels: int
    fit: str

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of one item."""
        return self.height, self.width, self.channels

    def decode(self, content: bytes) -> npt.NDArray[np.uint8]:
        """Return the image in a file with that ``content``, or raise `UnreadableError`."""
        try:
            with _open(io.BytesIO(content)) as image:
                image.draft(None, (4 * self.width, 4 * self.height))  # decodes a large JPEG at a fraction of its size
                return self.apply(image)
        except UnreadableError:
            raise
        except Exception as error:  # a damaged file can raise any error
            raise UnreadableError(_reason(error)) from error

    def apply(self, image: Image.Image) -> npt.NDArray[np.uint8]:
        """Return the first frame of ``image``, upright, on white if it is transparent."""
        image = _with_channels(ImageOps.exif_transpose(image), self.channels)
        size = (self.width, self.height)
        if image.size != size:
            lanczos = Image.Resampling.LANCZOS
            if self.fit == "crop":
                image = ImageOps.fit(image, size, lanczos)
            elif self.fit == "pad":
                image = ImageOps.pad(image, size, lanczos)
            else:
                image = image.resize(size, lanczos, reducing_gap=2.0)
        return np.asarray(image).reshape(self.shape)


def header(file: IO[bytes]) -> Header:
    """Return the header of the image in an open file, or raise `UnreadableError`."""
    try:
        with _open(file) as image:
            size = (image.height, image.width)
            # Without "exif" in a PNG's info, getexif would decode the whole image to look for it.
            has_exif = image.format != "PNG" or "exif" in image.info
            if has_exif and image.getexif().get(_ORIENTATION, 1) in _ON_ITS_SIDE:
                size = size[::-1]
            return Header(size, image.mode not in GRAY_MODES and not _has_gray_palette(image), image.mode[0] == "I")
    except UnreadableError:
        raise
    except Exception as error:
        raise UnreadableError(_reason(error)) from error


def is_gray(content: bytes) -> bool:
    """Return whether an image file stored with colors shows only grays; False if it cannot be read."""
    try:
        with _open(io.BytesIO(content)) as image:
            image.draft("RGB", (64, 64))
            pixels = np.asarray(image.convert("RGB"))
    except Exception:  # noqa: BLE001 the reason is reported when the file is decoded
        return False
    return bool((pixels == pixels[..., :1]).all())


def choose_conversion(headers: Sequence[Header], options: Options, *, colored: bool) -> tuple[Conversion, str]:
    """Return the conversion for images with those headers, and a sentence that describes it.

    Parameters
    ----------
    headers : sequence of Header
    options : Options
    colored : bool
        Whether any of the images shows color.
    """
    sizes = Counter(item.size for item in headers)
    height, width = options.size or _typical(sizes)
    conversion = Conversion(height, width, options.channels or (3 if colored else 1), options.image_fit)
    read_as = f"read as {_CHANNEL_TEXTS[conversion.channels]}"
    if any(item.deep for item in headers):
        read_as += ", 16 bits reduced to 8 (65,535 is white)"
    if set(sizes) == {(height, width)}:
        return conversion, f"{len(headers):,} images of {height} × {width} (height × width), {read_as}"
    smallest, largest = (f"{h} × {w}" for h, w in (min(sizes, key=_area), max(sizes, key=_area)))
    original = smallest if len(sizes) == 1 else f"{len(sizes):,} sizes from {smallest} to {largest}"
    distorted = any(h * width != w * height for h, w in sizes)
    fit = f", other proportions {_FIT_TEXTS[conversion.fit]} (--image-fit)" if distorted else ""
    return conversion, (f"{len(headers):,} images of {original} (height × width), resized to {height} × {width} "
                        f"(--image-size){fit}, {read_as}")


def _typical(sizes: Counter[tuple[int, int]]) -> tuple[int, int]:
    """Return the size that at least half of the images have, or the median size; reduced to `LONGEST_SIDE`."""
    (height, width), count = min(sizes.items(), key=lambda item: (-item[1], item[0]))
    if 2 * count < sizes.total():
        height, width = (int(np.median(side)) for side in zip(*sizes.elements(), strict=True))
    factor = min(1.0, LONGEST_SIDE / max(height, width))
    return max(1, round(height * factor)), max(1, round(width * factor))


def _area(size: tuple[int, int]) -> int:
    return size[0] * size[1]


def _open(file: IO[bytes]) -> Image.Image:
    Image.init()
    image = Image.open(file, formats=[name for name in _FORMATS if name in Image.OPEN])
    if image.width * image.height > _MAX_PIXELS:
        image.close()
        raise UnreadableError(f"it has {image.width:,} × {image.height:,} pixels, more than {_MAX_PIXELS:,}")
    return image


def _with_channels(image: Image.Image, channels: int) -> Image.Image:
    """Return ``image`` in mode L, RGB or RGBA."""
    if image.mode == "F":
        raise UnreadableError("its pixels are floating-point numbers of unknown range; save them as .npy")
    if image.mode.startswith("I"):  # 16 bits to 8
        wide = np.asarray(image).astype(np.float64)
        image = Image.fromarray(np.clip(np.rint(wide / 257), 0, 255).astype(np.uint8))
    if image.mode in {"LA", "La", "PA", "RGBa", "RGBX"} or "transparency" in image.info:
        image = image.convert("RGBA")
    if channels == 4:
        return image.convert("RGBA")
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    if image.mode not in {"1", "L", "RGB", "RGBA"}:
        image = image.convert("RGB")
    return image.convert("L" if channels == 1 else "RGB")


def _has_gray_palette(image: Image.Image) -> bool:
    if image.mode != "P":
        return False
    palette = np.array(image.getpalette("RGB") or [0], np.uint8)
    return palette.size % 3 == 0 and bool((palette.reshape(-1, 3) == palette.reshape(-1, 3)[:, :1]).all())


def _reason(error: Exception) -> str:
    """Return the reason why an image cannot be read, for the middle of a sentence."""
    if isinstance(error, UnidentifiedImageError):
        return "it is not an image of a supported format"
    if isinstance(error, Image.DecompressionBombError):
        return f"it has more than {_MAX_PIXELS:,} pixels"
    return " ".join(str(error).split()).removesuffix(".")[:200] or type(error).__name__
