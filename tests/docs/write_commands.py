"""Write the reference in docs/commands.md from the command line's own help: ``python tests/docs/write_commands.py``."""

import io
import re
from importlib.metadata import version
from pathlib import Path

from rich.console import Console

from zukan.cli.app import app

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"
WIDTH = 100  # columns, in every terminal
REFERENCE = re.compile(r"(?<=<!-- reference -->\n).*(?=<!-- /reference -->)", re.DOTALL)


def commands():
    """Return the names of all commands, in the order in which they are defined."""
    return [name for name in app if not name.startswith("-")]


def help_text(*words):
    """Return what ``zukan WORDS --help`` prints, without the frames around its tables."""
    console = Console(file=io.StringIO(), width=WIDTH, color_system=None, force_terminal=False, legacy_windows=False)
    app.help_print(list(words), console=console)
    lines = []
    for line in console.file.getvalue().strip().splitlines():
        if title := re.match(r"╭─ (.+?) ─*╮$", line):
            lines.append(f"{title[1]}:")
        elif not line.startswith("╰"):
            lines.append(re.sub(r"^│(.*)│$", r" \1", line).rstrip())
        else:
            lines.append("")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def installed_version():
    """Return the version of cyclopts, which lays out the help, in the form in which the page states it."""
    return ".".join(version("cyclopts").split(".")[:2])


def reference():
    """Return the reference as Markdown: a section for ``zukan`` and one for each command."""
    sections = [f"Written by `python tests/docs/write_commands.py` with cyclopts {installed_version()}; do not edit it here."]
    sections += [f"### {' '.join(['zukan', *words])}\n\n```text\n{help_text(*words)}```"
                 for words in ([], *([name] for name in commands()))]
    return "\n" + "\n\n".join(sections) + "\n\n"


def replaced(page):
    """Return the text of the page with the reference of today."""
    return REFERENCE.sub(lambda _: reference(), page)


if __name__ == "__main__":
    PAGE.write_text(replaced(PAGE.read_text("utf-8")), "utf-8")
