"""Peers as processes that wait for their turn."""

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
    """Who takes part: the name in the table, its environment, its file in ``peers`` and what it is told."""

    name: str
    environment: str
    module: str
    options: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)


class FailedError(RuntimeError):
    """A peer that did not answer, and the last thing it said."""


class Process:
    """One peer, built and ready to take turns."""

    def __init__(self, peer: Peer, function: str, device: str, **options: Any) -> None:
        self.said = tempfile.TemporaryFile("w+")  # noqa: SIM115 it lives as long as the process
        words = ["-m", "benchmarks.peers", peer.module, function, str(DATA), json.dumps({**peer.options, **options})]
        variables = {**os.environ, **peer.variables, "TF_CPP_MIN_LOG_LEVEL": "3",
                     "JAX_TRACEBACK_FILTERING": "off"}  # or its last line would be about the filter
        self.process = subprocess.Popen([environments.python(peer.environment, device), *words], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.said,
                                        cwd=environments.ROOT, env=variables)
        try:
            self._answer()
        except FailedError:
            self.close()
            raise

    def turn(self, *arguments: Any) -> tuple[list[float], float]:
        """Let it take a turn: seconds, and the loss or result."""
        print(json.dumps(arguments), file=self.process.stdin, flush=True)
        seconds, value = self._answer()
        return seconds, value

    def peak_memory(self) -> float:
        """Return the most memory that it has held so far, in GiB (Linux)."""
        return self._status("VmHWM:")

    def memory(self) -> float:
        """Return the memory that it holds now, in GiB (Linux)."""
        return self._status("VmRSS:")

    def _status(self, name: str) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text("utf-8")
        return int(status.split(name)[1].split()[0]) / 2**20

    def close(self) -> None:
        """End it."""
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait()

    def _answer(self) -> Any:
        line = self.process.stdout.readline()
        if not line:
            self.said.seek(0)
            raise FailedError(next(iter(self.said.read().strip().splitlines()[-1:]), "it ended without a word"))
        return json.loads(line)


@contextlib.contextmanager
def started(peers: list[Peer], function: str, device: str, **options: Any) -> Iterator[tuple[dict, dict]]:
    """Start the peers; give those that are ready, by name, and what kept the others."""
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
    """Let all take turns, in ``rounds`` rounds after one that warms up; return seconds and last values by name."""
    seconds: dict[str, list[float]] = {name: [] for name in ready}
    values: dict[str, float] = {}
    for number in range(rounds + 1):
        for name, process in ready.items():
            taken, values[name] = process.turn(*arguments)
            seconds[name] += taken if number else []
    return seconds, values
