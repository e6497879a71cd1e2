"""The documentation's code: what is called new runs, what is called old fails with the message quoted."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
PAGES = sorted(DOCS.glob("*.md"))
FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| `(?P<old>[^`]+)` \| `(?P<message>\w+Error[^`]*)` \| `(?P<new>[^`]+)`.*\|$",
                 re.MULTILINE)
MIGRATION = DOCS / "migration.md"


@dataclass(frozen=True)
class Block:
    page: Path
    line: int
    words: tuple[str, ...]  # after "python" on the fence: setup, new, old, shows, fresh
    code: str
    message: str = ""

    def __str__(self):
        return f"{self.page.name}:{self.line}"

    def run(self, names):
        padded = "\n" * self.line + self.code  # so that a traceback names the line of the page
        exec(compile(padded, str(self.page), "exec"), names)


def blocks(page):
    text, found = page.read_text("utf-8"), []
    for match in FENCE.finditer(text):
        language, *words = match["info"].split()
        if language == "text":
            found[-1] = replace(found[-1], message=match["code"])
        elif language == "python":
            line = text[: match.start()].count("\n") + 1
            found.append(Block(page, line, tuple(words), match["code"]))
    return found


def rows(page):
    text, found = page.read_text("utf-8"), []
    for row in ROW.finditer(text):
        line = text[: row.start()].count("\n") + 1
        found.append((Block(page, line, ("old",), row["old"], row["message"]), row["new"]))
    return found


def plain(text):
    return " ".join(re.sub(r"\x1b\[[0-9;]*m", "", text).split())


def contains(text, quoted):
    """Whether the parts of ``quoted`` between its ellipses follow each other in ``text``."""
    place = 0
    for part in map(str.strip, plain(quoted).split("…")):
        place = text.find(part, place)
        if place < 0:
            return False
        place += len(part)
    return True


def as_recorded():
    """Whether Keras and JAX are those whose messages the page quotes."""
    recorded = re.search(r"Keras (\d+\.\d+) and JAX (\d+\.\d+)", MIGRATION.read_text("utf-8"))
    found = tuple(version(name).rsplit(".", 1)[0] for name in ("keras", "jax"))
    return found == recorded.groups()


def must_fail(block, names):
    kind = re.match(r"\w+", block.message)[0]
    with pytest.raises(Exception) as caught:  # noqa: PT011 the message is compared below, where it is from
        block.run(names)
    if as_recorded():
        assert caught.type.__name__ == kind, block
        assert contains(f"{kind}: {plain(str(caught.value))}", block.message), f"{block}: {caught.value}"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # some blocks save a file


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_code_of_a_page_does_what_the_page_says(page, here):
    names = {"__name__": "page"}
    for block in blocks(page):
        if "fresh" in block.words:
            continue
        if "old" in block.words:
            must_fail(block, dict(names))
        else:
            assert not block.message, f"{block}: a message belongs to old code"
            block.run(names)


WITHOUT_TENSORFLOW = """
import sys
class Hidden:
    def find_spec(name, *rest):
        if name.partition(".")[0] == "tensorflow":
            raise ModuleNotFoundError(f"No module named {name!r}")
sys.meta_path.insert(0, Hidden)
"""  # as on a machine that has none


@pytest.mark.parametrize("block", [block for block in blocks(MIGRATION) if "fresh" in block.words], ids=str)
def test_code_that_needs_a_process_of_its_own(block, tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    environment["KERAS_HOME"] = str(tmp_path)  # no settings of this machine
    code = WITHOUT_TENSORFLOW + block.code if "old" in block.words else block.code
    done = subprocess.run([sys.executable, "-c", code], env=environment, text=True, capture_output=True,
                          check=False)
    if "old" in block.words:
        assert done.returncode
        assert done.stderr.strip().endswith(block.message.strip())
    else:
        assert not done.returncode, done.stderr


@pytest.mark.parametrize(("block", "new"), rows(MIGRATION), ids=str)
def test_each_renaming(block, new, here):
    names = {"__name__": "page"}
    next(block for block in blocks(MIGRATION) if "setup" in block.words).run(names)
    must_fail(block, dict(names))
    exec(new, names)


def test_the_table_of_keras_backend_names():
    import keras

    text = MIGRATION.read_text("utf-8")
    gone = set(re.findall(r"`K\.(\w+)`", text))
    assert len(gone) > 8
    assert [name for name in gone if hasattr(keras.backend, name)] == []
    for name in re.findall(r"`((?:keras|ops)\.[\w.]+)`", text):
        if name not in {"keras.backend", "keras.json"}:
            found = keras
            for part in name.removeprefix("keras.").split("."):
                found = getattr(found, part)


def test_the_migration_page_holds_what_this_file_looks_for():
    found = blocks(MIGRATION)
    assert sum("old" in block.words for block in found) >= 10
    assert all(block.message for block in found if "old" in block.words)
    assert {word for block in found for word in block.words} == {"setup", "new", "old", "shows", "fresh"}
    assert len(rows(MIGRATION)) >= 10


def anchor(heading):
    """Return the anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_files_named_in_a_page_exist(page):
    text = page.read_text("utf-8")
    anchors = {anchor(heading) for heading in re.findall(r"^#+ (.*)$", FENCE.sub("", text), re.MULTILINE)}
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if target.startswith("#"):
            assert target[1:] in anchors, target
        elif not target.startswith("https://"):
            assert (page.parent / target.split("#")[0]).exists(), target
