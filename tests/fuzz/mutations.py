"""Random changes to files, as strategies of hypothesis, which then reduces a failure to the smallest change."""

import struct

from hypothesis import strategies as st

NUMBERS = [0, 1, 2, 127, 128, 255, 256, 32767, 65535, 2**31 - 1, 2**31, 2**32 - 1]
PLACE = st.floats(0, 1, exclude_max=True)


def at(content, place):
    """Return a position; positions near both ends, where files keep headers and directories, are more frequent."""
    near = place**3 if place < 0.5 else 1 - (1 - place) ** 3
    return max(0, min(int(len(content) * near), len(content) - 1))


def flip(content, place, number):
    i = at(content, place)
    return content[:i] + bytes([content[i] ^ (1 << number % 8)]) + content[i + 1 :] if content else content


def write(content, place, number):
    i = at(content, place)
    packed = struct.pack("><"[number % 2] + "I", NUMBERS[number % len(NUMBERS)])
    return content[:i] + packed[: 1 + number % 4] + content[i + 1 + number % 4 :]


def cut(content, place, number):
    return content[: at(content, place)]


def drop(content, place, number):
    i = at(content, place)
    return content[:i] + content[i + 1 + number % 64 :]


def repeat(content, place, number):
    i = at(content, place)
    return content[:i] + content[i : i + 1 + number % 64] * (2 + number % 5) + content[i:]


def swap(content, place, number):
    i, size = at(content, place), 1 + number % 48
    return content[:i] + content[i + size : i + 2 * size] + content[i : i + size] + content[i + 2 * size :]


def text(content, place, number):
    i, words = at(content, place), [b"\0", b"\n", b"[", b"{", b"9" * 40, b"-1", b"nan", b"inf", b"../../x", b"\xff\xfe", b'"', b"1e999"]
    return content[:i] + words[number % len(words)] + content[i:]


CHANGES = st.lists(st.tuples(st.sampled_from([flip, write, cut, drop, repeat, swap, text]), PLACE, st.integers(0, 2**16)),
                   min_size=1, max_size=6)


def changed(content, changes):
    for change, place, number in changes:
        content = change(content, place, number)
    return content
