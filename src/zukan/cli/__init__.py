"""The command line: parse, call `zukan.commands`, print."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from zukan import processes
from zukan.cli import cache, streams

INTERRUPTED = 130  # the exit code of a program that Ctrl-C ended


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: with 0 after success, with 2 after a mistake in the input."""
    streams.prepare()
    cache.enable()
    try:
        code = run(sys.argv[1:] if arguments is None else arguments)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    processes.end(code)
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code.

    A mistake in the input prints one line on stderr; with ``--debug`` it raises.
    """
    from cyclopts import CycloptsError  # noqa: PLC0415

    from zukan.checks import InputError, printable  # noqa: PLC0415
    from zukan.cli import stages  # noqa: PLC0415
    from zukan.cli.app import app  # noqa: PLC0415

    debug = "--debug" in arguments
    try:
        with stages.shown():
            app([word for word in arguments if word != "--debug"], exit_on_error=False, print_error=False)
    except (InputError, CycloptsError) as error:
        if debug:
            raise
        if processes.talks():
            print(f"zukan: {printable(' '.join(str(error).split()))}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        if debug:
            raise
        print("zukan: stopped", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has ended, as in `zukan presets | head -1`
        sys.stdout = None  # otherwise the interpreter tries to flush it at exit, and fails
        return 0
    return 0
