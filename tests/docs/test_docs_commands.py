"""docs/commands.md documents every command and option, in the words of ``--help``."""

import re

import pytest
import write_commands
from pages import plain

from zukan.cli.app import app


@pytest.fixture(scope="module")
def sections():
    """Return the text of each command's section in the reference."""
    reference = write_commands.REFERENCE.search(write_commands.PAGE.read_text("utf-8"))[0]
    return {title: plain(text) for title, text in re.findall(r"^### ([^\n]+)\n\n```text\n(.*?)^```$", reference, re.MULTILINE | re.DOTALL)}


def arguments(name):
    """Return the arguments and options of a command as its help shows them."""
    return [argument for argument in app[name].assemble_argument_collection(parse_docstring=True) if argument.show]


def words(text):
    """Return help text as it is printed: one line, code without back quotes."""
    return plain(text).replace("`", "")


def test_the_reference_is_what_help_prints_today():
    page = write_commands.PAGE.read_text("utf-8")
    assert write_commands.replaced(page) == page, "run  python tests/docs/write_commands.py"


def test_every_command_has_a_section(sections):
    assert list(sections) == ["zukan", *(f"zukan {name}" for name in write_commands.commands())]


@pytest.mark.parametrize("name", write_commands.commands())
def test_every_option_is_explained_in_help_and_on_the_page(name, sections):
    assert words(app[name].help.split("\n\n")[0]) in sections[f"zukan {name}"]
    for argument in arguments(name):
        option = argument.names[0]
        assert argument.parameter.help, f"zukan {name} {option} has no help text"
        assert re.search(rf"(^| ){re.escape(option)}( |$)", sections[f"zukan {name}"]), option
        assert words(argument.parameter.help) in sections[f"zukan {name}"], option


def test_the_text_is_the_same_in_any_terminal(monkeypatch):
    before = write_commands.help_text("train")
    for name, value in {"COLUMNS": "40", "FORCE_COLOR": "1", "TERM": "dumb"}.items():
        monkeypatch.setenv(name, value)
    assert write_commands.help_text("train") == before
