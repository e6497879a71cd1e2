"""Run each peer in a process of its own that waits for its turn."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import environments

DATA = environments.ROOT / "src" / "zukan" / "data" / "mnist.npz"


@dataclass(frozen=True)
class Peer:
    """A program to compare: its name in tables, its environment, its file in ``peers``, its options and variables."""

    name: str
    environment: str
    module: str
    options: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)


class FailedError(RuntimeError):
    """A peer did not answer; the text is its last line of output."""


class Process:
    """A peer, built and ready to take turns."""

    def __init__(self, peer: Peer, function: str, device: str, data: Path = DATA, **options: Any) -> None:
        self.output = tempfile.TemporaryFile("w+")  # noqa: SIM115 it is open as long as the process runs
        words = ["-m", "benchmarks.peers", peer.module, function, str(data), json.dumps({**peer.options, **options})]
        variables = {**os.environ, **peer.variables, "TF_CPP_MIN_LOG_LEVEL": "3",
                     "JAX_TRACEBACK_FILTERING": "off"}  # else the last line of a traceback is about the filter
        self.process = subprocess.Popen([environments.python(peer.environment, device), *words], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.output,
                                        cwd=environments.ROOT, env=variables)
        try:
            self._answer()
        except FailedError:
            self.close()
            raise

    def turn(self, *arguments: Any) -> tuple[list[float], float]:
        """Let the peer take a turn; return the seconds, and the loss or result."""
        print(json.dumps(arguments), file=self.process.stdin, flush=True)
        seconds, value = self._answer()
        return seconds, value

    def peak_memory(self) -> float:
        """Return the peak memory of the process so far, in GiB (Linux)."""
        return self._status("VmHWM:")

    def memory(self) -> float:
        """Return the memory that the process holds now, in GiB (Linux)."""
        return self._status("VmRSS:")

    def _status(self, name: str) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text("utf-8")
        return int(status.split(name)[1].split()[0]) / 2**20

    def close(self) -> None:
        """End the process."""
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait()

    def _answer(self) -> Any:
        line = self.process.stdout.readline()
        if not line:
            self.output.seek(0)
            raise FailedError(next(iter(self.output.read().strip().splitlines()[-1:]), "it ended without output"))
        return json.loads(line)


@contextlib.contextmanager
def started(peers: list[Peer], function: str, device: str, **options: Any) -> Iterator[tuple[dict, dict]]:
    """Start the peers; yield those that are ready, and the reasons why others are missing, both by name."""
    ready: dict[str, Process] = {}
    missing: dict[str, str] = {}
    try:
        for peer in peers:
            try:
                ready[peer.name] = Process(peer, function, device, **options)
            except (FailedError, environments.NotInstalledError) as error:
                missing[peer.name] = str(error)
        yield ready, missing
    finally:
        for process in ready.values():
            process.close()


def alternate(ready: dict[str, Process], rounds: int, *arguments: Any) -> tuple[dict, dict]:
    """Let all peers take turns, in ``rounds`` rounds after a warm-up; return seconds and last values, by name."""
    seconds: dict[str, list[float]] = {name: [] for name in ready}
    values: dict[str, float] = {}
    for number in range(rounds + 1):
        for name, process in ready.items():
            turn, values[name] = process.turn(*arguments)
            if number:
                seconds[name] += turn
    return seconds, values
