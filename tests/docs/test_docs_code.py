"""Every block of code in the README, CONTRIBUTING and docs runs, in the order of its page."""

import re

import page_commands
import pytest
from pages import PAGES, blocks, must_fail

ELSEWHERE = {"CONTRIBUTING.md"}  # tests/contracts/test_worked_example.py runs its Python


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_code_of_a_page_does_what_the_page_says(page, page_folder):
    names = {"__name__": "page"}
    for block in blocks(page):
        if block.kind == "bash":
            for line in page_commands.commands(block):
                page_commands.run(line)
        elif "fresh" in block.words or page.name in ELSEWHERE:
            continue
        elif "old" in block.words:
            must_fail(block, dict(names))
        else:
            assert not block.message, f"{block}: a message belongs to old code"
            block.run(names)


@pytest.mark.parametrize(("fence", "code"), [("sh", "zukan presets"), ("", "zukan presets"), ("python slow", "1"), ("text", "1")])
def test_a_block_of_another_kind_is_refused(tmp_path, fence, code):
    page = tmp_path / "page.md"
    page.write_text(f"# Page\n\n```{fence}\n{code}\n```\n", "utf-8")
    with pytest.raises(AssertionError, match=r"page\.md:3"):
        blocks(page)


@pytest.mark.parametrize("line", ["make all", "zukan presets | head", "zukan presets && zukan data photos/"])
def test_a_command_that_is_neither_run_nor_listed_is_refused(line):
    with pytest.raises(AssertionError, match="zukan command|needs a shell"):
        page_commands.run(line)


def test_every_reason_not_to_run_a_command_is_needed():
    lines = [line for page in PAGES for block in blocks(page) if block.kind == "bash"
             for line in page_commands.commands(block)]
    unused = [pattern for pattern, _ in page_commands.NOT_RUN if not any(re.fullmatch(pattern, line) for line in lines)]
    assert unused == []
