"""The command as a user runs it: when each stage begins, how long the whole takes, the most memory it held.

python -m benchmarks.command [--epochs 100] [--rounds 3]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import tables

STAGES = {"Reading": "interpreter and imports", "Training": "data read, model built",
          "epoch 1": "first epoch finished: compiled or read back, then run", "Measuring": "the other epochs",
          "Drawing": "measured", "Wrote": "figures and report"}


def run(*words: str, cache: str | None = None) -> tuple[dict[str, float], float]:
    """Run ``zukan train`` with ``words``; return the second at which each stage's line came, and peak memory in GiB."""
    variables = {**os.environ, "PYTHONUNBUFFERED": "1", **({"XDG_CACHE_HOME": cache} if cache else {})}
    with tempfile.TemporaryDirectory() as folder:
        start, came = time.perf_counter(), {}
        process = subprocess.Popen([sys.executable, "-m", "zukan", "train", "--out", str(Path(folder) / "run"), *words],
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=variables)
        said = []
        for line in process.stdout:
            said.append(line)
            for stage in STAGES:
                if line.startswith(stage):
                    came.setdefault(stage, time.perf_counter() - start)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        came["end"] = time.perf_counter() - start
    if process.returncode:
        raise RuntimeError("".join(said[-3:]))
    return came, used.ru_maxrss / 2**20


def first_epoch(rounds: int) -> str:
    """Time the way to the first finished epoch, with programs read back and with programs compiled."""
    run("--epochs", "1")  # what it compiles is kept for the next
    warm = [run("--epochs", "1")[0] for _ in range(rounds)]
    cold = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as cache:
            cold.append(run("--epochs", "1", cache=cache)[0])
    rows, before = [], (0.0, 0.0)
    for stage in ("Reading", "Training", "epoch 1"):
        now = tuple(statistics.median(came[stage] for came in runs) for runs in (warm, cold))
        rows.append([STAGES[stage], *(f"{here - there:.2f}" for here, there in zip(now, before, strict=True))])
        before = now
    rows.append(["**command to first finished epoch**", *(
        f"**{statistics.median(all_):.2f}** ({min(all_):.2f}–{max(all_):.2f})"
        for all_ in ([came["epoch 1"] for came in runs] for runs in (warm, cold)))])
    return ("Seconds of `zukan train`, medians of " f"{rounds} runs.\n\n"
            + tables.table(["", "programs read back", "programs compiled"], rows))


def whole(epochs: int = 100) -> str:
    """Time ``zukan train`` from the first to the last stage."""
    came, memory = run("--epochs", str(epochs))
    rows, before = [], 0.0
    for stage, what in STAGES.items():
        rows.append([what, f"{came[stage] - before:.1f}"])
        before = came[stage]
    rows += [["**whole command**", f"**{came['end']:.1f}**"], ["peak memory", f"{memory:.2f} GiB"]]
    return f"Seconds of `zukan train --epochs {epochs}`, one run.\n\n" + tables.table(["stage", "seconds"], rows)


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    print(first_epoch(given.rounds), whole(given.epochs), tables.machine("cpu"), sep="\n")


if __name__ == "__main__":
    main()
