"""Text: a file, unpacked, decoded and brought into the form that Arrow reads."""

from __future__ import annotations

import codecs
import io
import lzma
import re
import zipfile
from pathlib import Path, PurePath
from typing import IO

from zukan.data.sources.passing import members

PACKED = {".gz": b"\x1f\x8b", ".zst": b"\x28\xb5\x2f\xfd", ".bz2": b"BZh", ".xz": b"\xfd7zXZ", ".zip": b"PK\x03\x04"}
SAMPLE = 1 << 22  # characters of the start of a file that show its form
_CODECS = {".gz": "gzip", ".zst": "zstd", ".bz2": "bz2"}
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32",
         codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_SPACES = re.compile(r'("[^"]*")|[ \t]+')


def inner_name(name: str) -> str:
    """Return the name of a file without the ending of a compression."""
    path = PurePath(name)
    return path.stem if path.suffix.lower() in PACKED and path.suffix.lower() != ".zip" else path.name


def open_bytes(path: Path) -> IO[bytes]:
    """Open a file, unpacked if it is compressed, or the only file in a zip."""
    import pyarrow as pa  # noqa: PLC0415 not needed without a table

    with path.open("rb") as file:
        start = file.read(8)
    kind = next((ending for ending, magic in PACKED.items() if start.startswith(magic)), "")
    if kind == ".zip":
        archive = zipfile.ZipFile(path)
        return archive.open(members(archive)[0])
    if kind == ".xz":
        return lzma.open(path)
    return pa.input_stream(str(path), compression=_CODECS.get(kind)) if kind else path.open("rb")


def open_text(path: Path, encoding: str) -> io.TextIOWrapper:
    """Open a file as text; every line ends in a newline character."""
    return io.TextIOWrapper(open_bytes(path), encoding=encoding, newline=None)


def find_encoding(path: Path) -> tuple[str, bool]:
    """Return the encoding that the start of a file shows, and whether it is certain.

    Raises
    ------
    ValueError
        If the file is not text.
    """
    with open_bytes(path) as file:
        start = file.read(1 << 16)
    for bom, encoding in _BOMS.items():
        if start.startswith(bom):
            return encoding, True
    if b"\0" in start:
        zeros = [start[i::2].count(0) for i in (0, 1)]
        if max(zeros) > 0.3 * len(start) / 2 and min(zeros) < max(zeros) / 4:
            return ("utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"), True
        raise ValueError("it holds zero bytes, so it is not text")
    return ("utf-8", False) if is_utf8(start) else ("cp1252", False)


def is_utf8(start: bytes) -> bool:
    """Return whether bytes are UTF-8, except for a last character that may be cut."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return False
    return True


class Utf8(io.RawIOBase):
    """The text of a file as UTF-8, without its first lines; a file for Arrow.

    Parameters
    ----------
    path : Path
    encoding : str
    skip : int
        Lines at the start that are left out.
    separator : str
        What separates the columns. A space stands for runs of spaces and tabs; each becomes one space. Spaces between
        another separator and a quotation mark are left out, since Arrow would take the mark for text.
    empty : str
        What stands in for an empty line between others.

    Attributes
    ----------
    quotes : int
        How many quotation marks were read.
    """

    def __init__(self, path: Path, encoding: str, skip: int, separator: str, empty: str) -> None:
        super().__init__()
        self.text = open_text(path, encoding)
        self.separator, self.empty = separator, empty
        self.pattern = re.compile(rf'(^|{re.escape(separator)}) *("(?:[^"]|"")*(?:"|\Z))|^(?=\n)', re.MULTILINE)
        self.quotes = 0
        self.held = ""  # empty lines before the next line with content
        for _ in range(skip):
            self.text.readline(SAMPLE)

    def readable(self) -> bool:
        """Return True."""
        return True

    def close(self) -> None:
        """Close the file."""
        self.text.close()
        super().close()

    def read(self, size: int = -1) -> bytes:
        """Return about ``size`` bytes."""
        text = self.held
        while not text.strip("\n"):
            more = self.text.read(size)
            if not more:
                return b""  # empty lines at the end are not rows
            text += more + self.text.readline(SAMPLE)  # to the end of the line
        end = len(text.rstrip("\n")) + 1
        text, self.held = text[:end], text[end:]
        if self.separator == " ":
            text = "\n".join(single_spaces(line) for line in text.split("\n"))
        if ' "' in text or "\n\n" in text or text[0] == "\n":
            opened = '"' * (self.quotes % 2)  # by the part before, in the middle of a cell
            text = self.pattern.sub(lambda found: found[1] + found[2] if found[2] else self.empty,
                                    opened + text)[len(opened) :]
        self.quotes += text.count('"')
        return text.encode("utf-8")


def single_spaces(line: str) -> str:
    """Return a line in which one space separates the cells."""
    return _SPACES.sub(lambda found: found[1] or " ", line).strip(" ")


class TableError(ValueError):
    """What is wrong with a table, and what the user can do about it."""

    def __init__(self, reason: str, fix: str) -> None:
        super().__init__(reason)
        self.fix = fix


def refusal(path: Path, error: Exception, fix: str = "write it again as UTF-8 CSV") -> str:
    """Return the sentence for a text file that is not a table; ``fix`` is for errors that bring none."""
    reason = str(error).replace("\n", " ")[:300] or type(error).__name__
    if isinstance(error, TableError):
        fix = error.fix
    return f"source {str(path)!r} must be a table of numbers as text, but {reason}; {fix}"


def is_text(path: Path) -> bool:
    """Return whether the start of a file is text."""
    try:
        encoding, _ = find_encoding(path)
        with open_text(path, encoding) as file:
            start = file.read(4096)
    except Exception:  # noqa: BLE001 a damaged file can raise any error; its reader says which
        return False
    return bool(start.strip()) and all(character.isprintable() or character in "\r\n\t\f" for character in start)


