"""Images: from a file or a PIL image of any kind to an array of bytes of one shape."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from zukan.data.account import LeftOut
from zukan.data.options import LONGEST_SIDE, Options
from zukan.data.sources.headers import Header, UnreadableError, open_image, reason

_CHECKED = 200  # about this number of images, evenly spaced, are checked for color and for their largest value
_WHITE = 65_535
_FIT_TEXTS = {"crop": "cropped at the center", "pad": "padded with black", "resize": "distorted"}
_CHANNEL_TEXTS = {1: "grayscale", 3: "color", 4: "color with opacity"}


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

    def decode(self, content: bytes, name: str = "") -> npt.NDArray[np.uint8]:
        """Return the image in a file with that ``content`` and name, or raise `UnreadableError`."""
        try:
            with open_image(io.BytesIO(content), name) as image:
                image.draft(None, (4 * self.width, 4 * self.height))  # decodes a large JPEG at a fraction of its size
                return self.apply(image)
        except Exception as error:  # a damaged file can raise any error
            raise UnreadableError(reason(error)) from error

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


@dataclass(frozen=True)
class Levels:
    """What a look at some of the pixels tells.

    Parameters
    ----------
    colored : bool
        Whether any image shows color; gray images are often stored as RGB.
    largest : int
        The largest value in images of more than 8 bits per channel.
    """

    colored: bool
    largest: int = 0


def survey(headers: Sequence[Header], open_number: Callable[[int], Image.Image]) -> Levels:
    """Look at the pixels of some of the images, if their headers do not tell enough.

    Parameters
    ----------
    headers : sequence of Header
    open_number : callable
        Returns the image with the number of a header; an error means that it cannot be read, which is told later.
    """
    colored = any(_looks(_is_colored, headers, open_number, lambda header: header.colored))
    deep = _looks(_largest, headers, open_number, lambda header: header.deep)
    return Levels(colored, max(deep, default=0))


def choose_conversion(headers: Sequence[Header], options: Options, levels: Levels) -> tuple[Conversion, str]:
    """Return the conversion for images with those headers, and a sentence that describes it."""
    sizes = Counter(item.size for item in headers)
    height, width = options.size or _typical(sizes)
    conversion = Conversion(height, width, options.channels or (3 if levels.colored else 1), options.image_fit)
    read_as = f"read as {_CHANNEL_TEXTS[conversion.channels]}"
    if any(item.deep for item in headers):
        read_as += f", 16 bits reduced to 8 (65,535 is white, the largest value found is {levels.largest:,}"
        dark = "; if white is less in these images, scale them first" if 2 * levels.largest < _WHITE else ""
        read_as += f"{dark})"
    if set(sizes) == {(height, width)}:
        return conversion, f"{len(headers):,} images of {height} × {width} (height × width), {read_as}"
    smallest, largest = (f"{h} × {w}" for h, w in (min(sizes, key=_area), max(sizes, key=_area)))
    original = smallest if len(sizes) == 1 else f"{len(sizes):,} sizes from {smallest} to {largest}"
    distorted = any(h * width != w * height for h, w in sizes)
    fit = f", other proportions {_FIT_TEXTS[conversion.fit]} (--image-fit)" if distorted else ""
    return conversion, (f"{len(headers):,} images of {original} (height × width), resized to {height} × {width} "
                        f"(--image-size){fit}, {read_as}")


def further_frames(names: Iterable[str], headers: Iterable[Header]) -> LeftOut:
    """Return the frames and pages after the first of each image."""
    more = [(name, header.frames - 1) for name, header in zip(names, headers, strict=True) if header.frames > 1]
    return LeftOut("frame", "after the first of an image", tuple(name for name, _ in more),
                   count=sum(count for _, count in more), advice="save each frame as a file to read them all")


def _looks(look: Callable[[Image.Image], int], headers: Sequence[Header], open_number: Callable[[int], Image.Image],
           wanted: Callable[[Header], bool]) -> Iterable[int]:
    """Yield what ``look`` finds in some of the images whose headers are wanted."""
    numbers = [number for number, header in enumerate(headers) if wanted(header)]
    for number in numbers[:: max(1, -(-len(numbers) // _CHECKED))]:
        try:
            with open_number(number) as image:
                yield look(image)
        except Exception:  # noqa: BLE001, S112 the reason is told when the image is decoded
            continue


def _is_colored(image: Image.Image) -> bool:
    image.draft("RGB", (64, 64))
    pixels = np.asarray(image.convert("RGB"))
    return bool((pixels != pixels[..., :1]).any())


def _largest(image: Image.Image) -> int:
    return int(np.asarray(image).max())


def _typical(sizes: Counter[tuple[int, int]]) -> tuple[int, int]:
    """Return the size that at least half of the images have, or the median size; reduced to `LONGEST_SIDE`."""
    (height, width), count = min(sizes.items(), key=lambda item: (-item[1], item[0]))
    if 2 * count < sizes.total():
        height, width = (int(np.median(side)) for side in zip(*sizes.elements(), strict=True))
    factor = min(1.0, LONGEST_SIDE / max(height, width))
    return max(1, round(height * factor)), max(1, round(width * factor))


def _area(size: tuple[int, int]) -> int:
    return size[0] * size[1]


def _with_channels(image: Image.Image, channels: int) -> Image.Image:
    """Return ``image`` in mode L, RGB or RGBA."""
    if image.mode.startswith("I"):  # 16 bits to 8
        wide = np.asarray(image).astype(np.float64)
        image = Image.fromarray(np.clip(np.rint(wide / (_WHITE / 255)), 0, 255).astype(np.uint8))
    if image.mode in {"LA", "La", "PA", "RGBa", "RGBX"} or "transparency" in image.info:
        image = image.convert("RGBA")
    if channels == 4:
        return image.convert("RGBA")
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    if image.mode not in {"1", "L", "RGB", "RGBA"}:
        image = image.convert("RGB")
    return image.convert("L" if channels == 1 else "RGB")
