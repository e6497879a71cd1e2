"""One image of any kind to an array of bytes, under a policy that can be told."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from zukan.data.options import Options

LONGEST = 128  # pixels of the longer side, where the user names no size
PIXELS = 100_000_000  # an image that unpacks to more is refused: 0.4 GB of memory at four channels
ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".dib", ".tif", ".tiff", ".webp", ".pbm", ".pgm", ".ppm", ".pnm",
           ".tga", ".jp2", ".avif")
# Named, since others hand the file to a program outside (EPS to Ghostscript).
_FORMATS = ("PNG", "JPEG", "MPO", "GIF", "BMP", "DIB", "TIFF", "WEBP", "PPM", "TGA", "JPEG2000", "AVIF")
GREY = frozenset({"1", "L", "LA", "La", "I", "I;16", "I;16L", "I;16B", "I;16N"})
_FIT_WORDS = {"crop": "cut at the centre", "pad": "given black borders", "resize": "distorted"}


class UnreadableError(Exception):
    """Why a file is no image that can be used: half a sentence."""


@dataclass(frozen=True)
class Header:
    """What is known of an image before its pixels: height and width, upright; whether of colour, of 16 bits."""

    size: tuple[int, int]
    colour: bool
    deep: bool = False


@dataclass(frozen=True)
class Policy:
    """What every image is brought to.

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
        """Return the image in a file of that ``content``, or raise `UnreadableError`."""
        try:
            with _opened(io.BytesIO(content)) as image:
                image.draft(None, (4 * self.width, 4 * self.height))  # a large JPEG unpacks at a fraction of its size
                return self.apply(image)
        except UnreadableError:
            raise
        except Exception as error:  # a damaged file fails in many ways
            raise UnreadableError(_reason(error)) from error

    def apply(self, image: Image.Image) -> npt.NDArray[np.uint8]:
        """Return ``image`` as bytes of the policy's shape: its first frame, upright, on white where transparent."""
        image = _converted(ImageOps.exif_transpose(image), self.channels)
        size = (self.width, self.height)
        if image.size != size:
            filtered = Image.Resampling.LANCZOS
            if self.fit == "crop":
                image = ImageOps.fit(image, size, filtered)
            elif self.fit == "pad":
                image = ImageOps.pad(image, size, filtered)
            else:
                image = image.resize(size, filtered, reducing_gap=2.0)
        return np.asarray(image).reshape(self.shape)


def header(file: IO[bytes]) -> Header:
    """Return what the beginning of an open file tells of its image, or raise `UnreadableError`."""
    try:
        with _opened(file) as image:
            width, height = image.size
            told = image.format != "PNG" or "exif" in image.info  # else Pillow unpacks all of a PNG to look for it
            if told and image.getexif().get(0x0112, 1) in {5, 6, 7, 8}:  # lies on its side
                width, height = height, width
            return Header((height, width), image.mode not in GREY and not _grey_palette(image), image.mode[0] == "I")
    except UnreadableError:
        raise
    except Exception as error:
        raise UnreadableError(_reason(error)) from error


def is_grey(content: bytes) -> bool:
    """Whether a colour file holds only greys; False where it cannot be read."""
    try:
        with _opened(io.BytesIO(content)) as image:
            image.draft("RGB", (64, 64))
            pixels = np.asarray(image.convert("RGB"))
    except Exception:  # noqa: BLE001 it is told of where it is read
        return False
    return bool((pixels == pixels[..., :1]).all())


def policy(headers: Sequence[Header], options: Options, *, colour: bool) -> tuple[Policy, str]:
    """Return what to do with images of those headers, and that in a sentence.

    Parameters
    ----------
    headers : sequence of Header
    options : Options
    colour : bool
        Whether any of them shows colour.
    """
    sizes = Counter(each.size for each in headers)
    height, width = options.size or _typical(sizes)
    chosen = Policy(height, width, options.channels or (3 if colour else 1), options.image_fit)
    channels = {1: "grey", 3: "colour", 4: "colour with opacity"}[chosen.channels]
    if any(header.deep for header in headers):
        channels += ", 16 bits brought to 8 (65,535 is white)"
    if set(sizes) == {(height, width)}:
        return chosen, f"{len(headers):,} images of {height} × {width} (height × width), read as {channels}"
    low, high = min(sizes, key=_area), max(sizes, key=_area)
    found = (f"{low[0]} × {low[1]}" if len(sizes) == 1 else
             f"{len(sizes):,} sizes from {low[0]} × {low[1]} to {high[0]} × {high[1]}")
    shapes = any(h * width != w * height for h, w in sizes)
    how = f", other proportions {_FIT_WORDS[chosen.fit]} (--image-fit)" if shapes else ""
    return chosen, (f"{len(headers):,} images of {found} (height × width), brought to {height} × {width} "
                    f"(--image-size){how}, read as {channels}")


def _typical(sizes: Counter[tuple[int, int]]) -> tuple[int, int]:
    """Return the most common size, or the median where none is common, within `LONGEST`."""
    (height, width), count = min(sizes.items(), key=lambda item: (-item[1], item[0]))
    if 2 * count < sizes.total():
        height, width = (int(np.median(side)) for side in zip(*sizes.elements(), strict=True))
    shrink = min(1.0, LONGEST / max(height, width))
    return max(1, round(height * shrink)), max(1, round(width * shrink))


def _area(size: tuple[int, int]) -> int:
    return size[0] * size[1]


def _opened(file: IO[bytes]) -> Image.Image:
    Image.init()
    image = Image.open(file, formats=[name for name in _FORMATS if name in Image.OPEN])
    if image.width * image.height > PIXELS:
        image.close()
        raise UnreadableError(f"it unpacks to {image.width:,} × {image.height:,} pixels, and {PIXELS:,} are the limit")
    return image


def _converted(image: Image.Image, channels: int) -> Image.Image:
    """Return ``image`` in mode L, RGB or RGBA."""
    if image.mode == "F":
        raise UnreadableError("its pixels are floating-point numbers, whose range is not known; save it as .npy")
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


def _grey_palette(image: Image.Image) -> bool:
    if image.mode != "P":
        return False
    palette = np.array(image.getpalette("RGB") or [0], np.uint8)
    return palette.size % 3 == 0 and bool((palette.reshape(-1, 3) == palette.reshape(-1, 3)[:, :1]).all())


def _reason(error: Exception) -> str:
    if isinstance(error, UnidentifiedImageError):
        return "it is no image of a kind that is read here"
    if isinstance(error, Image.DecompressionBombError):
        return f"it unpacks to more than {PIXELS:,} pixels"
    return " ".join(str(error).split()).removesuffix(".")[:200] or type(error).__name__
