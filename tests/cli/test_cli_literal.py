"""Names and paths of the user are printed as they are, on any terminal, and in commands that can be pasted."""

import io
import os
import pwd
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image
from test_cli_process import zukan as command

import zukan
from zukan import checks, cli, files
from zukan.cli import cache, printing, streams
from zukan.data.lazy import cache as items_cache
from zukan.report.comparison import MISSING, Comparison
from zukan.runs import Run
from zukan.training.recipe import Recipe


@given(st.text(st.characters(exclude_characters="\t")))
@example("[ctrl] rate [/min] [bold]x[/] :smile: {0} %s 運動 \x1b[31m")
def test_any_text_is_printed_literally(text):
    file = io.StringIO()
    console = printing.make_console()
    console.file = file
    console.print(text, soft_wrap=True)
    assert file.getvalue() == checks.printable(text) + "\n"
    file.getvalue().encode("utf-8")


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])))
def test_text_of_characters_stays(text):
    assert checks.printable(text) == text


def test_what_is_no_character_is_escaped():
    assert checks.printable("caf\udce9") == "caf\\xe9"
    assert checks.printable("\ud83d") == "\\ud83d"
    assert checks.printable("\x1b[31m\r") == "\\x1b[31m\\x0d"
    assert checks.printable("a\n\tb") == "a\n\tb"


class Named(Comparison):
    """One run with a name that looks like markup."""

    def __init__(self, rows, heads=("[red]",)):
        super().__init__([Run(Path("[bold]x"), Recipe())])
        self.__dict__["results"] = [*heads], rows

    @property
    def groups(self):
        return {"data": [0]}


def test_a_table_of_runs_shows_names_literally(capsys):
    printing.print_comparison(Named([["a[/]b"]]), printing.make_console())
    assert [line.split() for line in capsys.readouterr().out.splitlines() if line] == [["run", "[red]"], ["[bold]x", "a[/]b"]]


def test_a_table_of_runs_is_continued_below_on_a_narrow_terminal(capsys, monkeypatch):
    """A squeezed table breaks words and numbers."""
    heads = [f"column {i}" for i in range(9)]
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")  # without colors
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    printing.print_comparison(Named([[*"12345678", MISSING]], heads), printing.make_console())
    lines = [line.split("  ") for line in capsys.readouterr().out.splitlines() if line]
    printed = [[word.strip() for word in line if word.strip()] for line in lines]
    assert printed == [["run", *heads[:7]], ["[bold]x", *"1234567"], ["run", heads[7]], ["[bold]x", "8"]]


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_terminal_that_lacks_a_character(monkeypatch, encoding):
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict"))
    streams.prepare()
    printing.make_console().print("−log p(x) · 運動")
    print("運", file=sys.stderr)
    sys.stdout.flush()
    assert b"log p(x)" in sys.stdout.buffer.getvalue()


def test_closed_streams(monkeypatch, tmp_path):
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    streams.prepare()
    try:
        print("nothing", file=sys.stderr)
        printing.make_console().print("nothing")
        assert sys.stdin.read() == ""
    finally:
        for name in ("stdin", "stdout", "stderr"):
            getattr(sys, name).close()


@pytest.mark.skipif(os.name != "posix", reason="a shell closes the stream")
def test_a_closed_standard_output_is_not_the_next_file(tmp_path):
    done = os.system(f"cd {tmp_path} && {sys.executable} -c 'import sys; from zukan.cli import streams; streams.prepare(); "
                     f"f = open(\"data\", \"w\"); print(\"printed\"); import os; os.write(1, b\"raw\")' >&-")
    assert done == 0
    assert (tmp_path / "data").read_text() == ""


def test_a_user_without_a_name_and_a_home(monkeypatch):
    def gone(uid):
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", gone)
    for name in ("HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert not items_cache.has_room(1)
    monkeypatch.setattr("sys.modules", {})
    environment = {}
    cache.enable(environment)  # JAX cannot write there, and compiles again
    assert files.cache_folder(environment).parent.name == "null"


def test_commands_that_are_suggested_can_be_pasted(capsys):
    run = SimpleNamespace(path=Path("my photos [v1]"), summary=lambda: [("overlaps", "[ctrl]-b")], metrics={"diagnosis": []},
                          REPORT="index.html", file=Path)
    printing.print_result(run, printing.make_console())
    printed = capsys.readouterr().out
    assert "zukan explore 'my photos [v1]'\n" in printed
    assert "zukan interpolate 'my photos [v1]'" in printed
    assert "[ctrl]-b" in printed


@pytest.mark.parametrize(("data", "name"), [("..", "photos"), (".", "sub"), ("x/../y.npz", "y"), ("mnist", "mnist"), ("/", "run")])
def test_the_name_of_a_run_is_that_of_the_folder(tmp_path, monkeypatch, data, name):
    (tmp_path / "photos" / "sub").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "photos" / "sub")
    assert zukan.Run.default_path(data).name == name


@pytest.fixture
def photos(tmp_path):
    for i in range(6):
        path = tmp_path / "photos" / os.fsdecode((b"caf\xe9", b"th\xe9")[i % 2]) / f"{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((9, 9), 20 * i, np.uint8)).save(path)
    return tmp_path / "photos"


@pytest.mark.skipif(sys.platform != "linux", reason="file names are Unicode")
def test_folders_whose_names_are_not_utf8(photos, capsys, tmp_path):
    assert zukan.data.load(photos).class_names == ("caf\\xe9", "th\\xe9")
    assert cli.run(["data", str(photos), "-o", str(tmp_path / "sheet.png")]) == 0
    assert "2: caf\\xe9 (3), th\\xe9 (3)" in capsys.readouterr().out


def test_the_findings_are_printed_before_anything_is_written(photos, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "contact-sheet.png").mkdir()  # cannot be replaced by a file
    assert cli.run(["data", str(photos)]) == 0
    printed = capsys.readouterr()
    assert "likelihood  bernoulli" in printed.out
    assert "no contact sheet: 'contact-sheet.png' cannot be written" in printed.out
    assert "Wrote" not in printed.out
    assert cli.run(["data", str(photos), "-o", "contact-sheet.png"]) == 2
    printed = capsys.readouterr()
    assert "likelihood  bernoulli" in printed.out
    assert printed.err.startswith("zukan: 'contact-sheet.png' cannot be written")


def test_a_folder_named_like_a_built_in_set(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert not zukan.data.load("mnist").notes
    np.save("mnist", np.zeros((3, 2)))
    (tmp_path / "mnist.npy").rename(tmp_path / "mnist")
    (note,) = zukan.data.load("mnist").notes
    assert "the built-in data set 'mnist'" in note
    assert "'./mnist'" in note
    assert len(zukan.data.load("./mnist").train) < 3


def test_a_whole_command_on_a_terminal_of_ascii_with_a_backend_of_a_notebook(photos, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    monkeypatch.setenv("MPLBACKEND", "module://not_installed.backend")
    (tmp_path / "matplotlibrc").write_text("text.usetex: True\n")
    done = command("data", photos, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "6 of 9 ? 9 ? 1" in done.stdout
    assert (tmp_path / "contact-sheet.png").stat().st_size > 1000
