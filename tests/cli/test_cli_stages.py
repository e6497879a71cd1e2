"""What the command line shows of long stages."""

import io

import pytest
from rich.console import Console

from zukan.cli.printing import make_console
from zukan.cli.stages import PATIENCE, PAUSE, Stages


@pytest.fixture
def clock():
    class Clock:
        now = 0.0

        def __call__(self):
            return self.now

    return Clock()


def test_without_a_terminal_a_line_appears_now_and_then(clock):
    out = io.StringIO()
    console = make_console()
    console.file = out
    stages = Stages(console, clock)
    for done in range(0, 1000, 10):
        stages("Encoding", done, 1000)
        clock.now += PAUSE / 20
    stages("Encoding", 1000, 1000)
    stages("Decoding [bold]x", 1, 2)
    clock.now += PAUSE
    stages("Decoding [bold]x", 1, 2)
    assert out.getvalue().splitlines() == ["Encoding: 200 of 1,000", "Encoding: 400 of 1,000", "Encoding: 600 of 1,000",
                                           "Encoding: 800 of 1,000", "Decoding [bold]x: 1 of 2"]


def test_a_short_stage_shows_nothing(clock):
    for terminal in (False, True):
        out = io.StringIO()
        stages = Stages(Console(file=out, force_terminal=terminal), clock)
        for done in range(11):
            stages("Encoding", done, 10)
            clock.now += PATIENCE / 20
        stages.close()
        assert out.getvalue() == ""


def test_a_bar_appears_on_a_terminal_and_goes(clock):
    out = io.StringIO()
    stages = Stages(Console(file=out, force_terminal=True, width=80), clock)
    for done in range(5):
        stages("Encoding", done, 10)
        clock.now += PATIENCE
    assert stages.bar is not None
    stages("Decoding", 0, 10)
    assert stages.bar is None
    assert "Encoding" in out.getvalue()
    assert "4/10" in out.getvalue()
