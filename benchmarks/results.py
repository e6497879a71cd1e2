"""Measure peers one after another with the interpreter that runs; each result is kept in a file as soon as it is there.

A peer is a process of its own with its own time limit. A package that is not installed, or a limit that is exceeded,
is a result too. What the file holds already is not measured again.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks.environments import ROOT
from benchmarks.processes import DATA, Peer


@dataclass(frozen=True)
class Job:
    """What a peer measures for a section: a function of its module, with options, and the arguments of the turn.

    ``name`` stands in the table instead of the peer's; ``warm`` says whether a first turn is not counted.
    """

    section: str
    function: str = "trainer"
    options: dict[str, Any] = field(default_factory=dict)
    arguments: tuple[Any, ...] = ()
    images: int | None = None
    warm: bool = False
    name: str = ""


class Results:
    """The file of results: a line of JSON for each job."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.touch()

    def of(self, section: str) -> dict[str, dict[str, Any]]:
        """Return the results of a section by peer, in the order in which they were measured."""
        lines = map(json.loads, self.path.read_text("utf-8").splitlines())
        return {line["peer"]: line for line in lines if line["section"] == section}

    def measure(self, peer: Peer, jobs: list[Job], device: str, limit: float) -> None:
        """Run the jobs of a peer that have no result yet, in a process that ends after ``limit`` seconds."""
        jobs = self._left([replace(job, name=job.name or peer.name) for job in jobs])
        if not jobs:
            return
        print(f"measuring {peer.name}: {', '.join(job.section for job in jobs)}", flush=True)
        words = [{**vars(job), "options": {**peer.options, **job.options}} for job in jobs]
        variables = {**os.environ, **peer.variables, "TF_CPP_MIN_LOG_LEVEL": "3", "JAX_TRACEBACK_FILTERING": "off"}
        if device == "cpu":
            variables |= {"JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": ""}
        with tempfile.TemporaryFile("w+") as output:
            process = subprocess.Popen([sys.executable, "-m", "benchmarks.peers.jobs", peer.module,
                                        json.dumps(words), str(DATA), str(self.path.resolve())], cwd=ROOT,
                                       env=variables, stdout=output, stderr=output, start_new_session=True)
            try:
                process.wait(limit)
                output.seek(0)
                reason = next(iter(output.read().strip().splitlines()[-1:]), "it ended without output")
            except subprocess.TimeoutExpired:
                reason = f"not done after {limit:g} s"
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)  # with the processes that it started
                    process.wait()
        with self.path.open("a", encoding="utf-8") as lines:
            for job in self._left(jobs):
                lines.write(json.dumps({"section": job.section, "peer": job.name, "missing": reason}) + "\n")

    def _left(self, jobs: list[Job]) -> list[Job]:
        """Return the jobs that have no result."""
        return [job for job in jobs if job.name not in self.of(job.section)]
