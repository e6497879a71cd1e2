"""The pages of the documentation, their fenced blocks, and how old code is checked against the message quoted with it."""

import re
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md"))]
MIGRATION = DOCS / "migration.md"
FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
WORDS = {"setup", "new", "old", "shows", "fresh"}  # what may follow "python" on a fence


@dataclass(frozen=True)
class Block:
    """A fenced block: its kind is python or bash; old code carries the message with which it must fail."""

    page: Path
    line: int
    kind: str
    words: tuple[str, ...]
    code: str
    message: str = ""

    def __str__(self):
        return f"{self.page.name}:{self.line}"

    def run(self, names):
        padded = "\n" * self.line + self.code  # a traceback then names the line of the page
        exec(compile(padded, str(self.page), "exec"), names)


def blocks(page):
    """Return the python and bash blocks of a page; fail for any other kind."""
    text, matches = page.read_text("utf-8"), []
    for match in FENCE.finditer(text):
        kind, *words = match["info"].split() or [""]
        line = text[: match.start()].count("\n") + 1
        if kind == "text" and matches and "old" in matches[-1].words and not matches[-1].message:
            matches[-1] = replace(matches[-1], message=match["code"])
        elif kind == "text" and match["code"].startswith("Usage: zukan"):
            pass  # test_docs_commands.py compares it with --help
        elif kind == "yaml" and page.name == "scaling.md":
            pass  # test_processes_launch.py parses its commands
        elif kind == "console" and not words:  # commands with what they printed
            commands = [text.removeprefix("$ ") for text in match["code"].splitlines() if text.startswith("$ ")]
            matches.append(Block(page, line, "bash", (), "\n".join(commands) + "\n"))
        elif (kind == "python" and WORDS.issuperset(words)) or (kind == "bash" and not words):
            matches.append(Block(page, line, kind, tuple(words), match["code"]))
        else:
            raise AssertionError(f"{page.name}:{line}: no test knows what to do with a block of kind {match['info']!r}")
    return matches


def as_recorded():
    """Return whether Keras and JAX are the versions whose messages the migration page quotes."""
    recorded = re.search(r"Keras (\d+\.\d+) and JAX (\d+\.\d+)", MIGRATION.read_text("utf-8"))
    installed = tuple(version(name).rsplit(".", 1)[0] for name in ("keras", "jax"))
    return installed == recorded.groups()


def must_fail(block, names):
    """Run old code, which must fail with the message quoted below it."""
    kind = re.match(r"\w+", block.message)[0]
    with pytest.raises(Exception) as caught:  # noqa: PT011 the message is compared below
        block.run(names)
    if as_recorded():
        assert caught.type.__name__ == kind, block
        assert contains(f"{kind}: {plain(str(caught.value))}", block.message), f"{block}: {caught.value}"


def plain(text):
    """Return text without colors, every run of white space as one blank."""
    return " ".join(re.sub(r"\x1b\[[0-9;]*m", "", text).split())


def contains(text, quoted):
    """Return whether the parts of ``quoted`` between its ellipses follow each other in ``text``."""
    place = 0
    for part in map(str.strip, plain(quoted).split("…")):
        place = text.find(part, place)
        if place < 0:
            return False
        place += len(part)
    return True
