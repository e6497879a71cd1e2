"""Start zukan commands as several processes."""

import contextlib
import os
import socket
import subprocess
import sys
from typing import NamedTuple

# The command line, with figures of few dots.
CODE = """
from zukan import cli
from zukan.plots import Display
Display.png.__defaults__ = (40,)
cli.main()
"""


class Ended(NamedTuple):
    """A process that has ended."""

    code: int
    out: str
    err: str


def free_port():
    with socket.socket() as server:
        server.bind(("localhost", 0))
        return server.getsockname()[1]


@contextlib.contextmanager
def started(size, *words, cwd, elsewhere=None):
    """Start a command as several processes, the last one in another folder; those that run afterwards are killed."""
    address = f"localhost:{free_port()}"
    environment = {**os.environ, "JAX_PLATFORMS": "cpu", "PYTHONUNBUFFERED": "1"}
    launch = [sys.executable, "-W", "ignore", "-c", CODE, *map(str, words), "--processes", str(size), "--coordinator", address]
    running = []
    try:
        for index in range(size):
            folder = elsewhere if elsewhere and index == size - 1 else cwd
            running += [subprocess.Popen([*launch, "--process-id", str(index)], env=environment, text=True, cwd=folder,
                                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)]
        yield running
    finally:
        for process in running:
            process.kill()
            process.communicate()


def ended(process):
    out, err = process.communicate(timeout=240)
    return Ended(process.returncode, out, err)


def run(size, *words, cwd):
    """Run a command as several processes to the end."""
    with started(size, *words, cwd=cwd) as running:
        return [ended(process) for process in running]
