"""Time the command as a user runs it: the stages, the whole, and its peak memory.

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

from benchmarks import markdown

# How the line begins that ends a stage, and what the stage is.
STAGES = {"Reading": "interpreter and imports", "Training": "data read, model built",
          "epoch 1": "first epoch, with its program compiled or read from the cache", "Measuring": "the other epochs",
          "Drawing": "evaluation", "Wrote": "figures and report"}


def run(*words: str, cache: str | None = None) -> tuple[dict[str, float], float]:
    """Run ``zukan train`` with ``words``; return when each stage ended, in seconds, and the peak memory in GiB."""
    variables = {**os.environ, "PYTHONUNBUFFERED": "1", **({"XDG_CACHE_HOME": cache} if cache else {})}
    with tempfile.TemporaryDirectory() as folder:
        start, ends = time.perf_counter(), {}
        process = subprocess.Popen([sys.executable, "-m", "zukan", "train", "--out", str(Path(folder) / "run"), *words],
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=variables)
        output = []
        for line in process.stdout:
            output.append(line)
            for stage in STAGES:
                if line.startswith(stage):
                    ends.setdefault(stage, time.perf_counter() - start)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        ends["end"] = time.perf_counter() - start
    if process.returncode:
        raise RuntimeError("".join(output[-3:]))
    return ends, used.ru_maxrss / 2**20


def first_epoch(rounds: int) -> str:
    """Time the command up to the first finished epoch, with programs from the cache and with an empty cache."""
    run("--epochs", "1")  # fills the cache
    warm = [run("--epochs", "1")[0] for _ in range(rounds)]
    cold = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as cache:
            cold.append(run("--epochs", "1", cache=cache)[0])
    rows, before = [], (0.0, 0.0)
    for stage in ("Reading", "Training", "epoch 1"):
        now = tuple(statistics.median(ends[stage] for ends in runs) for runs in (warm, cold))
        rows.append([STAGES[stage], *(f"{here - there:.2f}" for here, there in zip(now, before, strict=True))])
        before = now
    rows.append(["**from the command to the first finished epoch**", *(
        f"**{statistics.median(seconds):.2f}** ({min(seconds):.2f}–{max(seconds):.2f})"
        for seconds in ([ends["epoch 1"] for ends in runs] for runs in (warm, cold)))])
    return (f"Seconds of `zukan train`, medians of {rounds} runs.\n\n"
            + markdown.table(["", "programs from the cache", "empty cache"], rows))


def whole(epochs: int = 100) -> str:
    """Time every stage of ``zukan train``."""
    ends, memory = run("--epochs", str(epochs))
    rows, before = [], 0.0
    for stage, what in STAGES.items():
        rows.append([what, f"{ends[stage] - before:.1f}"])
        before = ends[stage]
    rows += [["**whole command**", f"**{ends['end']:.1f}**"], ["peak memory", f"{memory:.2f} GiB"]]
    return f"Seconds of `zukan train --epochs {epochs}`, one run.\n\n" + markdown.table(["stage", "seconds"], rows)


def main() -> None:
    """Measure the first epoch and the whole command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(first_epoch(options.rounds), whole(options.epochs), markdown.machine("cpu"), sep="\n")


if __name__ == "__main__":
    main()
