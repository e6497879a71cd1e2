"""Names in the documentation exist: modules, presets and the files of a run folder."""

import re

import pytest
from pages import PAGES, ROOT

from zukan.training.presets import PRESETS, rows

FOLDERS = [ROOT, ROOT / "src", ROOT / "src" / "zukan"]  # where a module named in a page may lie
# Files of a run that the default command does not write.
ONLY_ON_REQUEST = {"classifier.npz", "data.npz", "evaluation.json", "explorer-clusters.npz", "explorer-umap.npz",
                   "tensorboard/", "tracking.json", "wandb/"}


def section(page, heading):
    """Return the text below a heading, up to the next one."""
    text = page.read_text("utf-8").split(f"\n{heading}\n")[1]
    return re.split(r"^#+ ", text, maxsplit=1, flags=re.MULTILINE)[0]


def first_cells(text):
    """Return the code in the first cell of each row of the tables in a text."""
    return [name for row in re.findall(r"^\| (`.*?) \|", text, re.MULTILINE) for name in re.findall(r"`([^`]+)`", row)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_modules_and_folders_named_in_a_page_exist(page):
    text = page.read_text("utf-8")
    if page.name == "CONTRIBUTING.md":
        text = re.sub(r"objectives/renyi.py|priors/conditional_mlp.py|posteriors/skewed.py", "", text)
        text = text.replace("NAME.py", "base.py")  # files that a reader adds
    named = re.findall(r"`([\w./-]+\.py|(?:src|tests|docs|benchmarks|web)/[\w./-]+)`", text)
    assert [name for name in named if not any((folder / name).exists() for folder in FOLDERS)] == []


def test_the_layers_name_folders_and_files_that_exist():
    rows = re.findall(r"^\| \d+ \| (.*) \|$", section(ROOT / "CONTRIBUTING.md", "## Layers"), re.MULTILINE)
    named = {name.rstrip("/") for row in rows for name in re.findall(r"`([a-z]+/?)`", row)}
    package = ROOT / "src" / "zukan"
    existing = {path.stem for path in package.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert named == {name for name in existing if not name.startswith("__")}


def test_the_page_of_the_presets_shows_what_was_measured():
    page = (ROOT / "docs" / "presets.md").read_text("utf-8")
    assert first_cells(page) in ([], list(PRESETS))
    for name, about, command, seconds, values in rows():
        if first_cells(page):
            assert f"| `{name}` | {about} | `{command}` | {seconds} | {values} |" in page


def test_the_files_of_a_run_are_listed(trained_run):
    files = {f"{path.name}/" if path.is_dir() else path.name for path in trained_run.iterdir()}
    assert set(first_cells(section(ROOT / "docs" / "commands.md", "## Train"))) == files
    assert set(first_cells(section(ROOT / "CONTRIBUTING.md", "## The run folder"))) == files | ONLY_ON_REQUEST
