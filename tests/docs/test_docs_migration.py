"""The migration page: old code fails with the message quoted, and what the page calls new works."""

import os
import re
import subprocess
import sys

import pytest
from pages import MIGRATION, WORDS, Block, blocks, must_fail

ROW = re.compile(r"^\| `(?P<old>[^`]+)` \| `(?P<message>\w+Error[^`]*)` \| `(?P<new>[^`]+)`.*\|$", re.MULTILINE)
WITHOUT_TENSORFLOW = """
import sys
class Hidden:
    def find_spec(name, *rest):
        if name.partition(".")[0] == "tensorflow":
            raise ModuleNotFoundError(f"No module named {name!r}")
sys.meta_path.insert(0, Hidden)
"""  # as on a machine that has none


def rows():
    """Return the rows of the table of renamings: the old code with its message, and the new code."""
    text, matches = MIGRATION.read_text("utf-8"), []
    for row in ROW.finditer(text):
        line = text[: row.start()].count("\n") + 1
        matches.append((Block(MIGRATION, line, "python", ("old",), row["old"], row["message"]), row["new"]))
    return matches


@pytest.mark.parametrize("block", [block for block in blocks(MIGRATION) if "fresh" in block.words], ids=str)
def test_code_that_needs_a_process_of_its_own(block, tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    environment["KERAS_HOME"] = str(tmp_path)  # no settings of this machine
    code = WITHOUT_TENSORFLOW + block.code if "old" in block.words else block.code
    done = subprocess.run([sys.executable, "-c", code], env=environment, text=True, capture_output=True, check=False)
    if "old" in block.words:
        assert done.returncode
        assert done.stderr.strip().endswith(block.message.strip())
    else:
        assert not done.returncode, done.stderr


@pytest.mark.parametrize(("block", "new"), rows(), ids=str)
def test_each_renaming(block, new, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # some save a file
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
            item = keras
            for part in name.removeprefix("keras.").split("."):
                item = getattr(item, part)


def test_the_migration_page_holds_what_this_file_looks_for():
    matches = blocks(MIGRATION)
    assert sum("old" in block.words for block in matches) >= 10
    assert all(block.message for block in matches if "old" in block.words)
    assert {word for block in matches for word in block.words} == WORDS
    assert len(rows()) >= 10
