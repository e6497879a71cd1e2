"""Options: how data is read, split and scaled, each with its default, its help text and its check.

The command line imports this file for ``--help``, so nothing heavy is imported here.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zukan import checks
from zukan.data import memory

CHANNELS = (1, 3, 4)
FITS = ("crop", "pad", "resize")
SEPARATORS = {"tab": "\t", "\\t": "\t", "space": " "}
KINDS = ("number", "count", "boolean", "category", "date")  # of columns
BINARIZE = ("none", "static", "dynamic")
SCALINGS = ("auto", "none", "standard", "minmax", "quantile")
LONGEST_SIDE = 128  # pixels of the longer side of images, if no image_size is given
_MAX_SIDE = 4096


def option(default: Any, text: str) -> Any:
    """Return a dataclass field with a default value and the help text of the command line."""
    return field(default=default, metadata={"help": text})


def written(name: str) -> str:
    """Return a name as `Options.names_of` reads it from text."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"' if re.search(r'[",\n]', name) else name


@dataclass(frozen=True)
class Options:
    """How data is read, split and scaled.

    Parameters
    ----------
    label : str, optional
        The column of a table that holds the labels.
    condition : str or sequence of str, optional
        What encoder, decoder and prior see besides the item: ``"label"``, its class; or columns of a table, which are
        then not features. Text and booleans are classes, and numbers are scaled. ``"sex, age"`` names two.
    leave_out : str or sequence of str, optional
        Columns of a table that are not features: ``"id,name"`` or ``["id", "name"]``. In text, a name with a comma
        stands in quotation marks: ``'id,"size, cm"'``.
    columns : str or mapping of str to str, optional
        The kinds of columns of a table, if they are not what the cells suggest: ``"age=count, zip=category"`` or
        ``{"age": "count", "zip": "category"}``. A kind is number, count, boolean, category or date. A column that is
        named here is a feature, also if it would be left out.
    rare_levels : int, optional
        How often a level of a category must occur to be one of its own; the others share one level, if there are
        several. By default 5; in a table of fewer than 500 rows, 1 % of the rows, but at least 2.
    missing_marks : str or sequence of str, optional
        More texts or numbers that stand for a missing value in a table: ``"-999,unknown"`` or ``["-999", "unknown"]``.
        An empty cell, NA, NaN, null and the like always do.
    separator : str, optional
        What separates the columns of a text file: a character, ``"tab"`` or ``"space"`` (any run of spaces). By default
        it is found in the file.
    decimal : {".", ","}, optional
        The decimal mark of numbers that are text; the other mark may then group thousands. By default the cells settle
        it.
    header : bool, optional
        Whether the first row of a text file or a sheet names the columns. By default the cells settle it.
    encoding : str, optional
        The encoding of a text file, such as ``"shift_jis"``. By default UTF-8 or UTF-16, else Windows-1252.
    image_size : int, str or pair of int, optional
        Height and width to which images are resized: ``64``, ``"48x64"`` or ``(48, 64)``. By default the most common
        size, reduced until its longer side is at most 128 pixels.
    image_fit : {"crop", "pad", "resize"}
        How images of other proportions are fitted to that size: cropped at the center, padded with black, or
        distorted.
    channels : {1, 3, 4}, optional
        Channels of images: 1 for grayscale, 3 for color, 4 for color with opacity. By default 3 if any image shows
        color, else 1; of many images, about 200 are checked.
    scaling : {"auto", "none", "standard", "minmax", "quantile"}
        How features are scaled, fitted on the training items: to mean 0 and standard deviation 1 ("standard"), to
        [0, 1] ("minmax"), or to the scores that they would have if they were normal ("quantile", for tables). "auto" is
        "none" for arrays and images; in tables it is "quantile" for skewed or discrete numbers, else "standard".
    binarize : {"none", "static", "dynamic"}
        Draw zeros and ones from the gray levels, which must lie in [0, 1]: all items once ("static"); or the test items
        once, and the training items anew in each step ("dynamic"): they then stay gray here. The draw of an item is
        zukan's own and fixed; see `zukan.data.binarizing.draw`.
    missing : bool, optional
        Whether values may be missing: NaN and, in a table, empty cells. By default they may in a table, and are refused
        in arrays and images. If it is true, or a table has gaps, the model is built for missing values. Infinity is
        always refused.
    signals : bool, optional
        Read an array of shape (n, length, channels) as signals, and not as gray images of that height and width. By
        default it is read so if the encoder network of a recipe reads signals (conv1d, transformer).
    test_fraction : float
        Share of the items that is held out as test items, if the source is not split. Above 0 and below 1.
    stratify : bool
        Hold out the same share of every class, if there are labels.
    split_seed : int, optional
        Seed of that split. By default the ``seed`` of `zukan.data.load`, or of the recipe.
    memory : float, optional
        GiB that all items may take as float32. Larger data is streamed: read from disk when needed, or kept in memory
        as bytes. The results are the same. By default half of the free memory.
    workers : int
        Worker processes that read streamed data during training; 0 uses threads.

    Raises
    ------
    zukan.InputError
        If a value is out of its range.
    """

    label: str | None = option(None, "Column of a table that holds the labels.")
    condition: Any = option(None, "What encoder, decoder and prior see besides the item: label, its class, or columns "
                            "of a table, separated by commas.")
    leave_out: Any = option(None, "Columns of a table that are not features, separated by commas.")
    columns: Any = option(None, "Kinds of columns of a table (number, count, boolean, category, date), as in "
                          "--columns='age=count, zip=category'; by default the cells settle them.")
    rare_levels: int | None = option(None, "How often a level of a category must occur to be one of its own; by "
                                     "default 5, in small tables 1 % of the rows.")
    missing_marks: Any = option(None, "More marks of missing values in a table, separated by commas, as in "
                                "--missing-marks='-999,unknown'; an empty cell, NA and the like always are.")
    separator: str | None = option(None, "What separates the columns of a text file: a character, tab or space; by "
                                   "default it is found in the file.")
    decimal: str | None = option(None, "Decimal mark of numbers in text: . or , (the other mark may group thousands); "
                                 "by default the cells settle it.")
    header: bool | None = option(None, "The first row of a table names the columns; by default the cells settle it.")
    encoding: str | None = option(None, "Encoding of a text file; by default UTF-8 or UTF-16, else Windows-1252.")
    image_size: Any = option(None, "Size of images as HEIGHTxWIDTH, or one number for both; by default their most "
                             "common size.")
    image_fit: str = option("crop", "How images of other proportions are fitted to that size: crop, pad or resize "
                            "(distort).")
    channels: int | None = option(None, "Channels of images: 1 (grayscale), 3 (color) or 4 (color with opacity); by "
                                  "default 3 if any image shows color, else 1.")
    scaling: str = option("auto", "Scaling of features, fitted on the training items: standard, minmax, quantile or "
                          "none; auto is none for arrays and images, and in tables quantile for skewed or discrete "
                          "numbers and standard for others.")
    binarize: str = option("none", "Draw zeros and ones from values in [0, 1]: static (all items once) or dynamic "
                           "(the test items once, the training items anew in each step).")
    missing: bool | None = option(None, "Values may be missing; by default they may in a table, and NaN in arrays "
                                  "and images is refused.")
    signals: bool | None = option(None, "An array of shape (n, length, channels) holds signals, not gray images; by "
                                  "default it does if the encoder reads signals (conv1d, transformer).")
    test_fraction: float = option(1 / 6, "Share of the items held out as test items, if the data is not split.")
    stratify: bool = option(True, "Hold out the same share of every class.")  # noqa: FBT003 a dataclass default
    split_seed: int | None = option(None, "Seed of the split into training and test items; by default the seed.")
    memory: float | None = option(None, "GiB that the items may take as float32; larger data is streamed from disk, "
                                  "with the same results. By default half of the free memory.")
    workers: int = option(0, "Worker processes that read streamed data; 0 uses threads.")

    def __post_init__(self) -> None:
        if self.label is not None and not isinstance(self.label, str):
            raise checks.InputError(f"label must be text, got {checks.show(self.label)}; put it in quotes")
        self._check_table()
        _ = self.size, self.conditions  # checks image_size and condition
        checks.choice("image_fit", self.image_fit, FITS)
        if self.channels is not None and self.channels not in CHANNELS:
            raise checks.InputError("channels must be 1 (grayscale), 3 (color) or 4 (color with opacity), got "
                                    f"{checks.show(self.channels)}")
        checks.choice("scaling", self.scaling, SCALINGS)
        checks.choice("binarize", self.binarize, BINARIZE)
        if not 0.0 < checks.number("test_fraction", self.test_fraction) < 1.0:
            raise checks.InputError(f"test_fraction must be above 0 and below 1, got {self.test_fraction:g}; "
                                    "0.2 holds out a fifth of the items")
        for name, value in (("missing", self.missing), ("stratify", self.stratify), ("signals", self.signals)):
            if value is not None or name == "stratify":
                checks.boolean(name, value)
        if self.split_seed is not None:
            checks.integer("split_seed", self.split_seed, minimum=0)
        if self.memory is not None:
            checks.number("memory", self.memory, above=0.0)
        checks.integer("workers", self.workers, minimum=0)

    def _check_table(self) -> None:
        """Check the options of tables."""
        self.names_of("leave_out")
        self.names_of("missing_marks")
        _ = self.kinds  # checks columns
        if self.rare_levels is not None:
            checks.integer("rare_levels", self.rare_levels)
        if self.separator is not None and self.separator not in SEPARATORS and not (
                isinstance(self.separator, str) and re.fullmatch(r'[ -~\t]', self.separator)
                and not re.fullmatch(r'[\w".+-]', self.separator)):
            raise checks.InputError(f"separator must be one character, tab or space, got {checks.show(self.separator)}")
        if self.decimal is not None:
            checks.choice("decimal", self.decimal, (".", ","))
        if self.header is not None:
            checks.boolean("header", self.header)
        if self.encoding is not None:
            try:
                is_text = isinstance(self.encoding, str) and codecs.lookup(self.encoding)._is_text_encoding  # noqa: SLF001
            except (LookupError, ValueError):
                is_text = False
            if not is_text:
                raise checks.InputError(f"encoding must be one that Python knows, such as 'utf-8' or 'cp1252', got "
                                        f"{checks.show(self.encoding)}")

    def names_of(self, option: str) -> list[str]:
        """Return ``condition``, ``leave_out`` or ``missing_marks`` as a list.

        Commas separate the names in text. A name with a comma stands in quotation marks, as in CSV; see `written`.
        """
        return _names(option, getattr(self, option))

    @property
    def kinds(self) -> dict[str, str]:
        """The kinds of columns that ``columns`` holds, by name."""
        value = self.columns
        pairs: list[tuple[Any, Any]] = [*value.items()] if isinstance(value, Mapping) else []
        if not isinstance(value, Mapping):
            for entry in _names("columns", value):
                name, _, kind = entry.rpartition("=")
                pairs.append((name.strip(), kind.strip()))
        for name, kind in pairs:
            if not isinstance(name, str) or not name or not isinstance(kind, str):
                raise checks.InputError(f"columns must name columns with their kinds, got {checks.show(value)}; write "
                                        "'age=count, zip=category'")
            checks.choice(f"the kind of column {name!r} in columns", kind, KINDS)
        if len({name for name, _ in pairs}) < len(pairs):
            raise checks.InputError(f"columns must name each column once, got {checks.show(value)}; remove one")
        return dict(pairs)

    @property
    def size(self) -> tuple[int, int] | None:
        """Height and width of images as two numbers; None if ``image_size`` is not given."""
        value = self.image_size
        if value is None:
            return None
        if isinstance(value, str) and re.fullmatch(r"\d{1,5}(x\d{1,5})?", value):
            value = [int(side) for side in value.split("x")]
        sides = list(value) if isinstance(value, (list, tuple)) else [value]
        if len(sides) not in {1, 2} or not all(isinstance(side, int) and 1 <= side <= _MAX_SIDE for side in sides):
            raise checks.InputError(
                f"image_size must be one or two whole numbers from 1 to {_MAX_SIDE}, height x width, got "
                f"{checks.show(self.image_size)}; give 64 or '48x64', for example")
        return sides[0], sides[-1]

    @property
    def conditions(self) -> list[str]:
        """The names that ``condition`` holds."""
        names = self.names_of("condition")
        if len(set(names)) < len(names) or "" in names or (not names and self.condition is not None):
            raise checks.InputError(
                f"condition must be 'label' or different names of columns, got {checks.show(self.condition)}; give "
                "'sex, age', for example")
        return names

    def split_seed_or(self, seed: int) -> int:
        """Return ``split_seed``, or ``seed`` if it is None."""
        return seed if self.split_seed is None else self.split_seed

    def fits(self, values: int) -> bool:
        """Return whether this number of values may be held in memory as float32."""
        return 4 * values <= (memory.available() // 2 if self.memory is None else int(self.memory * 2**30))


def _names(option: str, value: Any) -> list[str]:
    """Return a list of names, or names in text that commas separate, as a list."""
    if value is None:
        return []
    names = value if isinstance(value, (list, tuple)) else [value]
    if isinstance(value, str):
        try:
            names = next(csv.reader([value], skipinitialspace=True, strict=True), []) or [""]
        except csv.Error:  # a quotation mark is left open, or text goes on behind it
            names = [None]
    if not all(isinstance(name, str) for name in names):
        raise checks.InputError(f"{option} must be text or a list of text, got {checks.show(value)}; write 'a,b'")
    return [name.strip() for name in names]
