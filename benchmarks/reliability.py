"""Cause faults on small runs, and write what happened and what was lost into ``docs/reliability.md``.

    python -m benchmarks.reliability [--only kill disk ...] [--kills 50] [--write]

Each fault checks its own outcome and stops the benchmark if it is not the expected one. Needs Linux; filling a disk and
making a folder read-only need root.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import markdown
from benchmarks.environments import ROOT
from zukan.training.recipe import FORMAT_VERSION

PAGE = ROOT / "docs" / "reliability.md"
HEAD = ["fault", "cause", "what happened", "what was lost"]
EPOCHS = 40
OPTIONS = ["--epochs", str(EPOCHS), "--encoder", '{name="mlp", units=[64]}', "--warmup-epochs", "20", "--decay", "cosine"]
NOTHING = "nothing"


def expect(condition: object, problem: str) -> None:
    """Stop unless the outcome is the expected one."""
    if not condition:
        raise AssertionError(problem)


@dataclass
class Finished:
    """A command that has ended: its exit code and its output."""

    code: int
    out: str
    err: str

    def refused(self, *words: str) -> str:
        """Return the message with which the command failed, which must contain ``words``."""
        expect(self.code == 2 and self.err.count("\n") == 1 and self.err.startswith("zukan: "), f"no message: {self}")
        for word in words:
            expect(word in self.err, f"{word!r} is not in {self.err!r}")
        expect("Traceback" not in self.out + self.err, f"a traceback: {self}")
        return self.err.removeprefix("zukan: ").strip()


class Place:
    """A folder with data, an undisturbed run in ``whole``, and room for disturbed runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data.npz"
        self.variables = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "PYTHONUNBUFFERED": "1",
                          "KERAS_BACKEND": "jax", "MPLBACKEND": "Agg"}
        with np.load(ROOT / "src" / "zukan" / "data" / "mnist.npz") as mnist:
            np.savez(self.data, x_train=mnist["x_train"][:3000, ::2, ::2], y_train=mnist["y_train"][:3000],
                     x_test=mnist["x_test"][:500, ::2, ::2], y_test=mnist["y_test"][:500])
        self.whole = folder / "whole"
        start = time.perf_counter()
        expect(self("train", self.data, "--out", self.whole, *OPTIONS).code == 0, "the undisturbed run failed")
        self.seconds = time.perf_counter() - start

    def start(self, *words: object, variables: dict[str, str] | None = None) -> subprocess.Popen[str]:
        """Start a zukan command."""
        return subprocess.Popen([sys.executable, "-m", "zukan", *map(str, words)], stdout=subprocess.PIPE, text=True,
                                stderr=subprocess.PIPE, env={**self.variables, **(variables or {})}, cwd=self.folder)

    def __call__(self, *words: object, variables: dict[str, str] | None = None) -> Finished:
        """Run a zukan command to its end."""
        return ended(self.start(*words, variables=variables))

    def train(self, out: Path) -> subprocess.Popen[str]:
        """Start the training of the undisturbed run again."""
        return self.start("train", self.data, "--out", out, *OPTIONS)

    def stopped(self, name: str, *, moment: str = "middle") -> Path:
        """Return a run that was killed at one of `MOMENTS`."""
        out = self.folder / name
        process = self.train(out)
        wait(lambda: MOMENTS[moment](out), process)
        process.kill()
        ended(process)
        expect(not (out / "index.html").exists(), "it ended before it was killed")
        return out

    def resumed(self, out: Path, **options: dict[str, str]) -> Path:
        """Resume a run, which must then equal the undisturbed run, bit for bit."""
        result = self("resume", out, **options)
        expect(result.code == 0, f"resume failed: {result}")
        same(out, self.whole)
        return out


def ended(process: subprocess.Popen[str]) -> Finished:
    out, err = process.communicate(timeout=300)
    return Finished(process.returncode, out, err)


def wait(until: Callable[[], object], process: subprocess.Popen[str] | None = None) -> None:
    deadline = time.monotonic() + 240
    while not until():
        if process is not None and process.poll() is not None:
            raise AssertionError(f"it ended too early: {process.communicate()}")
        expect(time.monotonic() < deadline, "the moment did not come")
        time.sleep(0.002)


def in_epoch(out: Path, number: int) -> bool:
    """Return whether a training has finished the epoch before this one."""
    return any((out / "checkpoints").glob(f"epoch-{number - 1:05d}*.npz"))


MOMENTS: dict[str, Callable[[Path], object]] = {
    "reading": lambda out: out.parent.exists(),
    "start": lambda out: (out / "recipe.toml").exists(),
    "middle": lambda out: any((out / "checkpoints").glob("epoch-0002*.npz")),
    "measuring": lambda out: (out / "model.keras").exists(),
    "drawing": lambda out: (out / "figures").exists(),
}


def same(out: Path, whole: Path) -> None:
    """Check that two runs are equal: history, weights, the state of the optimizer, metrics and figures."""
    def rows(run: Path) -> list[dict[str, str]]:
        with (run / "history.csv").open() as file:
            return [{name: value for name, value in row.items() if name != "seconds"} for row in csv.DictReader(file)]

    def arrays(run: Path) -> dict[str, np.ndarray]:
        (newest,) = sorted((run / "checkpoints").glob("epoch-*.npz"))[-1:]
        with np.load(newest) as saved:
            return {newest.name + name: saved[name] for name in saved.files}

    expect(rows(out) == rows(whole) != [], "the histories differ")
    mine, theirs = arrays(out), arrays(whole)
    expect(mine.keys() == theirs.keys(), "the checkpoints differ")
    expect(all(np.array_equal(mine[name], theirs[name]) for name in mine), "the weights differ")
    for name in ("metrics.json", "recipe.toml"):
        expect((out / name).read_text() == (whole / name).read_text(), f"{name} differs")
    pictures = sorted(path.name for path in (whole / "figures").iterdir())
    expect(pictures == sorted(path.name for path in (out / "figures").iterdir()), "the figures differ")
    for name in pictures:
        expect((out / "figures" / name).read_bytes() == (whole / "figures" / name).read_bytes(), f"{name} differs")
    expect((out / "index.html").exists(), "the report is missing")
    expect(not [path for path in out.rglob("*") if ".part" in path.name or path.name == ".lock"], "temporary files are left")


# Killed processes

def kill(place: Place, kills: int) -> Iterator[list[str]]:
    """Kill at random moments; commands are forked after all imports, so that no kill hits an import."""
    random.seed(5)
    out, within, total, runs, hit = place.folder / "killed-0", 0, 0, 0, Counter[str]()
    server = Forks(place)
    _, seconds = server.run(["train", place.data, "--out", place.folder / "unkilled", *OPTIONS], None)
    while total < kills:
        words = ["resume", out] if (out / "recipe.toml").exists() else ["train", place.data, "--out", out, *OPTIONS]
        code, _ = server.run(words, random.uniform(0.0, seconds))  # noqa: S311 no secret
        if code == -signal.SIGKILL:
            total, within = total + 1, within + 1
            hit[next((name for name, file in {"drawing": "figures", "measuring": "model.keras", "training": "checkpoints",
                                              "starting": "recipe.toml"}.items() if (out / file).exists()), "reading")] += 1
        else:
            expect(code == 0, f"{words} ended with {code}")
        if within >= 5 or code == 0:
            server.run(["resume", out], None)
            same(out, place.whole)
            runs, within = runs + 1, 0
            out = place.folder / f"killed-{runs}"
    if within:
        server.run(["resume", out], None)
        same(out, place.whole)
    server.close()
    litter = len([path for path in place.folder.iterdir() if path.name.startswith(".killed")])
    moments = ", ".join(f"{count} while {name}" for name, count in hit.most_common())
    yield ["`kill -9`, at random moments", f"`zukan train`, then `zukan resume` repeatedly: {total} kills in "
           f"{runs + (within > 0)} runs, {moments}",
           "`zukan resume` continued each time; every run ended equal to an undisturbed run, bit for bit: history, weights, "
           "optimizer, metrics and figures"
           + (f"; {litter} hidden folders of runs that had not started were left" if litter else ""), NOTHING]


class Forks:
    """A process that has imported everything, and forks a process for each command."""

    CODE = """
import json, os, signal, sys, time
import keras, matplotlib, sklearn.neighbors
from zukan import cli
import zukan.cli.app, zukan.commands.training_runs, zukan.cli.progress, zukan.training.checkpoints
print("ready", flush=True)
for line in sys.stdin:
    words, after = json.loads(line)
    start = time.monotonic()
    child = os.fork()
    if not child:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        cli.cache.enable()
        code = 70
        try:
            code = cli.run(words)
        finally:
            os._exit(code)
    if after is None:
        _, status = os.waitpid(child, 0)
    else:
        while not (ended := os.waitpid(child, os.WNOHANG))[0]:
            if time.monotonic() - start > after:
                os.kill(child, signal.SIGKILL)
                ended = os.waitpid(child, 0)
                break
            time.sleep(0.001)
        status = ended[1]
    print(json.dumps([os.waitstatus_to_exitcode(status), time.monotonic() - start]), flush=True)
"""

    def __init__(self, place: Place) -> None:
        self.process = subprocess.Popen([sys.executable, "-W", "ignore", "-c", self.CODE], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, env=place.variables, cwd=place.folder)
        expect(self.process.stdout.readline() == "ready\n", "the imports failed")

    def run(self, words: list[object], after: float | None) -> tuple[int, float]:
        """Run a command, kill it ``after`` that many seconds, and return its exit code and its seconds."""
        print(json.dumps([list(map(str, words)), after]), file=self.process.stdin, flush=True)
        code, seconds = json.loads(self.process.stdout.readline())
        expect(after is not None or code == 0, f"{words} ended with {code}")
        return code, seconds

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def interrupt(place: Place, _: int) -> Iterator[list[str]]:
    for number, moment in enumerate(MOMENTS):
        out = place.folder / f"interrupted-{number}" / "run"
        process = place.train(out)
        wait(lambda out=out, moment=moment: MOMENTS[moment](out) if moment != "reading" else True, process)
        if moment == "reading":
            process.stdout.readline()  # its first line
        process.send_signal(signal.SIGINT)
        result = ended(process)
        expect(result.code == 130 and "Traceback" not in result.out + result.err, f"{moment}: {result}")
        if (out / "recipe.toml").exists():
            expect(f"zukan resume {out}" in result.out, f"{moment}: {result}")
            place.resumed(out)
        else:
            expect(not list(out.parent.glob(".*")), "temporary files are left")
    yield ["Ctrl-C", "`zukan train`, stopped while it reads, when it starts to train, in epoch 20, while it measures, while it draws",
           "exit code 130, and a line with the command that resumes the run; resumed bit for bit", NOTHING]
    random.seed(5)
    pressed, slowest = 20, 0.0
    for number in range(pressed):
        out = place.folder / f"within-{number}"
        process = place.start("train", "--out", out, "--epochs", 50)  # the tutorial's: an epoch of 60,000 takes over a second
        wait(lambda out=out: in_epoch(out, 2), process)
        time.sleep(random.uniform(0.0, 3.0))  # noqa: S311 no secret
        start = time.perf_counter()
        process.send_signal(signal.SIGINT)
        result = ended(process)
        slowest = max(slowest, time.perf_counter() - start)
        expect(result.code == 130 and f"zukan resume {out}" in result.out and not result.err, f"{number}: {result}")
    yield ["Ctrl-C at a random moment within an epoch", f"`zukan train` on all of MNIST, {pressed} times",
           f"exit code 130 every time, after {slowest:.1f} s at most", "the unfinished epoch, which `zukan resume` trains again"]
    out = place.folder / "terminated"
    process = place.train(out)
    wait(lambda: MOMENTS["middle"](out), process)
    process.terminate()
    expect(ended(process).code == -signal.SIGTERM, "SIGTERM did not end it")
    place.resumed(out)
    yield ["SIGTERM, as a scheduler sends it", "`kill $(pgrep -f 'zukan train')` in epoch 20", "ended immediately; resumed bit for bit",
           NOTHING]


# Several processes

def several(place: Place, kills: int) -> Iterator[list[str]]:
    """Kill one of two processes, at random moments after they have joined."""
    random.seed(5)
    options = ["--epochs", 12, "--batch-size", 600, *OPTIONS[2:6]]
    whole = place.folder / "whole-two"
    start = time.perf_counter()
    codes = [ended(process).code for process in pair(place, "train", place.data, "--out", whole, *options)]
    expect(codes == [0, 0], f"the undisturbed run ended with {codes}")
    seconds, out = time.perf_counter() - start, place.folder / "two-0"
    total, within, runs, slowest, victims, together = 0, 0, 0, 0.0, Counter[int](), 0
    while total < kills:
        new = not (out / "recipe.toml").exists()
        processes = pair(place, *(["train", place.data, "--out", out, *options] if new else ["resume", out]))
        victim = random.randrange(2)
        processes[0].stdout.readline()  # they have joined
        time.sleep(random.uniform(0.0, 0.4 * seconds))
        running = all(process.poll() is None for process in processes)
        processes[victim].kill()
        start = time.perf_counter()
        results = [ended(process) for process in processes]
        if running and results[victim].code:
            survivor = results[1 - victim]
            slowest = max(slowest, time.perf_counter() - start) if survivor.code else slowest
            expect(survivor.code == 0 or (survivor.code == 3 and survivor.err.count("\n") == 1 and
                                          f"process {victim} (of 0 to 1) has ended" in survivor.err), f"{results}")
            total, within = total + 1, within + 1
            victims[victim] += 1
            together += survivor.code == 3
        if within >= 4 or total == kills or (out / "index.html").exists():
            if not (out / "index.html").exists():
                words = ["resume", out] if (out / "recipe.toml").exists() else ["train", place.data, "--out", out, *options]
                expect([ended(process).code for process in pair(place, *words)] == [0, 0], "resume failed")
            same(out, whole)
            runs, within, out = runs + 1, 0, place.folder / f"two-{runs + 1}"
    yield ["`kill -9` on one of two processes, at random moments", f"`zukan train --processes 2`, then `zukan resume --processes 2`: "
           f"{victims[0]} kills of process 0 and {victims[1]} of process 1, in {runs} runs",
           f"in {together} cases they worked together, and the other one ended within {slowest:.1f} s, with one sentence and exit code 3; "
           f"else it finished alone; every run ended equal to an undisturbed run of two processes, bit for bit", NOTHING]


def pair(place: Place, *words: object) -> list[subprocess.Popen[str]]:
    """Start a command as two processes."""
    with socket.socket() as server:
        server.bind(("localhost", 0))
        address = f"localhost:{server.getsockname()[1]}"
    return [place.start(*words, "--processes", 2, "--process-id", i, "--coordinator", address, variables={"JAX_PLATFORMS": "cpu"})
            for i in range(2)]


# The disk

@contextlib.contextmanager
def mounted(path: Path, *words: str) -> Iterator[Path]:
    path.mkdir()
    subprocess.run(["mount", *words, str(path)], check=True)
    try:
        yield path
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)


def fill(folder: Path) -> Path:
    ballast = folder / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    return ballast


def disk(place: Path, _: int) -> Iterator[list[str]]:
    with mounted(place.folder / "small", "-t", "tmpfs", "-o", "size=24m", "tmpfs") as small:
        ballast = fill(small)
        message = place("train", place.data, "--out", small / "run", *OPTIONS).refused("no space left on device")
        expect([path.name for path in small.iterdir()] == ["ballast"], "temporary files are left")
        yield ["disk full before a run", "`zukan train --out` on a full tmpfs", quoted(message), "nothing; no run was started"]
        ballast.unlink()
        for moment, stage in {"middle": "training", "measuring": "measuring"}.items():
            out = small / moment
            process = place.train(out)
            wait(lambda out=out, moment=moment: MOMENTS[moment](out), process)
            ballast = fill(small)
            message = ended(process).refused("no space left on device")
            ballast.unlink()
            place.resumed(out)
            yield [f"disk full while {stage}", "`cat /dev/zero > ballast` during a `zukan train` on a tmpfs",
                   f"{quoted(message)} With free space again, `zukan resume` continued bit for bit.",
                   "the epoch that could not be saved, which was trained again" if moment == "middle" else NOTHING]


def read_only(place: Place, _: int) -> Iterator[list[str]]:
    archive = place.folder / "archive"
    archive.mkdir()
    stopped = place.stopped("archive/stopped")
    shutil.copytree(place.whole, archive / "whole")
    with mounted(place.folder / "mounted", "--bind", str(archive)) as frozen:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(frozen)], check=True)
        message = place("train", place.data, "--out", frozen / "new", *OPTIONS).refused("read-only file system")
        place("resume", frozen / "stopped").refused("read-only file system")
        place("report", frozen / "whole").refused("read-only file system")
        out = place.folder / "read"
        for words in (["encode", frozen / "whole", place.data, "-o", out / "z.npz"], ["compare", frozen / "whole"],
                      ["sample", frozen / "whole", "-o", out / "new.png"], ["resume", frozen / "whole"],
                      ["explore", frozen / "whole", "--export", out / "page"]):
            result = place(*words)
            expect(result.code == 0, f"{words}: {result}")
    place.resumed(stopped)
    yield ["read-only folder", "`mount -o ro`; `zukan train`, `resume`, `report` in it",
           f"{quoted(message)} `encode`, `sample`, `compare` and `explore` read its runs as usual.", NOTHING]


# Other faults

def together(place: Place, _: int) -> Iterator[list[str]]:
    out = place.folder / "twice"
    process = place.train(out)
    wait(lambda: MOMENTS["middle"](out), process)
    process.send_signal(signal.SIGSTOP)  # else it may end before the others start
    message = place("resume", out).refused("by two commands at the same time")
    place("train", place.data, "--out", out, "--force", *OPTIONS).refused("by two commands at the same time")
    place("report", out).refused()
    process.send_signal(signal.SIGCONT)
    expect(ended(process).code == 0, "the first command was disturbed")
    same(out, place.whole)
    process = place.start("report", out)
    process.stdout.readline()  # after its first line it holds the lock
    process.send_signal(signal.SIGSTOP)
    place("report", out).refused("by two commands at the same time")
    expect(place("encode", out, place.data, "-o", place.folder / "z.npz").code == 0, "a reader was refused")
    process.send_signal(signal.SIGCONT)
    expect(ended(process).code == 0, "the first command was disturbed")
    same(out, place.whole)
    (out / "index.html").unlink()
    both = [place.start("resume", out) for _ in range(2)]
    codes = sorted(ended(process).code for process in both)
    expect(codes in ([0, 2], [0, 0]), f"two that started together: {codes}")
    same(out, place.whole)
    yield ["two commands on one run", "`zukan resume`, `train --force`, `report` during a `zukan train`; two `zukan resume` together",
           f"the second: {quoted(message)} The first ended bit for bit as if alone.", NOTHING]
    out = place.stopped("unlocked")
    place.resumed(out)
    yield ["the command that holds the lock is killed", "`kill -9` on `zukan train`, then immediately `zukan resume`", "the operating system "
           "freed the lock", NOTHING]


def data(place: Place, _: int) -> Iterator[list[str]]:
    content, out = place.data.read_bytes(), place.folder / "vanished"
    process = place.train(out)
    wait(lambda: MOMENTS["middle"](out), process)
    place.data.unlink()
    expect(ended(process).code == 0, "the training stopped")
    place.data.write_bytes(content)
    same(out, place.whole)
    yield ["a data file is deleted during training", "`rm data.npz` in epoch 20", "the run ended normally, because data that fits into memory "
           "is read once", NOTHING]
    out = place.stopped("vanished-before")
    place.data.unlink()
    missing = place("resume", out).refused(str(place.data))
    with np.load(whole_copy(place, content)) as arrays:
        changed = dict(arrays)
    changed["x_train"][7, 5, 5] ^= 1
    np.savez(place.data, **changed)
    changed_data = place("resume", out).refused("sha256")
    place.data.write_bytes(content[: len(content) // 2])
    place("resume", out).refused(str(place.data))
    place.data.write_bytes(content)
    place.resumed(out)
    yield ["the data file is deleted before `zukan resume`", "`rm data.npz`, or half of the file is cut off", quoted(missing),
           "nothing, once it is restored"]
    yield ["the data file changes by one bit before `zukan resume`", "one pixel of `data.npz`", quoted(changed_data),
           "nothing, once it is restored"]


def whole_copy(place: Place, content: bytes) -> Path:
    copy = place.folder / "copy.npz"
    copy.write_bytes(content)
    return copy


def stream(place: Place, _: int) -> Iterator[list[str]]:
    """Train on data that is streamed from disk, in one case by two worker processes."""
    source, away, whole = place.folder / "large.npy", place.folder / "away.npy", place.folder / "whole-stream"
    with np.load(ROOT / "src" / "zukan" / "data" / "mnist.npz") as mnist:
        np.save(source, mnist["x_train"])
    shutil.copy2(source, away)

    def options(out: Path, workers: int = 0) -> list[object]:
        return ["train", source, "--out", out, "--epochs", 6, "--encoder", '{name="mlp", units=[64]}', "--memory", "0.01",
                "--workers", workers]

    def resumed(out: Path, whole: Path) -> None:
        result = place("resume", out)
        expect(result.code == 0, f"{result}")
        same(out, whole)

    expect(place(*options(whole, 2)).code == 0, "the undisturbed run failed")
    out = place.folder / "worker"
    process = place.start(*options(out, 2))
    wait(lambda: in_epoch(out, 3) and workers_of(process.pid), process)
    os.kill(workers_of(process.pid)[0], signal.SIGKILL)
    start = time.perf_counter()
    result = ended(process)
    expect(result.code == 2 and result.err.startswith("zukan: workers must "), f"{result}")
    message = result.err.split("\n")[0].removeprefix("zukan: ")
    seconds = time.perf_counter() - start
    resumed(out, whole)
    yield ["a worker process dies", "`kill -9` on one of the two workers of `zukan train large.npy --memory 0.01 --workers 2`",
           f"after {seconds:.0f} s: {quoted(message)} (Python's multiprocessing may print more lines about what it "
           "cleans up.) `zukan resume` continued bit for bit.", "the current epoch, which was trained again"]

    whole = place.folder / "whole-stream-alone"
    expect(place(*options(whole)).code == 0, "the undisturbed run failed")
    for fault, command, change in (("is deleted", "`rm large.npy`", source.unlink),
                                   ("changes", "one byte changed in the middle of `large.npy`", lambda: flip(source))):
        out = place.folder / f"stream-{fault.split()[-1]}"
        process = place.start(*options(out))
        wait(lambda out=out: in_epoch(out, 3), process)
        change()
        message = ended(process).refused("must ", str(source))
        place("resume", out).refused(str(source))
        shutil.copy2(away, source)
        resumed(out, whole)
        yield [f"a streamed data file {fault} during training", f"{command} in epoch 3 of `zukan train large.npy --memory 0.01`",
               f"{quoted(message)} With the file restored, `zukan resume` continued bit for bit.", "the current epoch, which was trained again"]


def workers_of(pid: int) -> list[int]:
    """Return the process ids of the workers of a command."""
    workers = []
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = int((path / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if parent == pid and b"spawn_main" in (path / "cmdline").read_bytes():
                workers.append(int(path.name))
    return sorted(workers)


def flip(path: Path) -> None:
    """Invert one byte of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def version(place: Place, _: int) -> Iterator[list[str]]:
    """Resume a run whose recipe has another format version."""
    out = place.stopped("other-version")
    recipe = out / "recipe.toml"
    recipe.write_text(recipe.read_text().replace(f"format_version = {FORMAT_VERSION}\n", "format_version = 99\n"))
    yield ["a run of another format version", "`format_version = 99`", quoted(place("resume", out).refused("format_version")), NOTHING]


CLOCK = """
import random, time
real, jumps = time.time, random.Random(1)
time.time = lambda: real() + jumps.choice([-3e8, 0.0, 3e8])
time.time_ns = lambda: int(time.time() * 1e9)
"""


def clock(place: Place, _: int) -> Iterator[list[str]]:
    (place.folder / "clock").mkdir()
    (place.folder / "clock" / "sitecustomize.py").write_text(CLOCK)
    jumping = {"PYTHONPATH": os.pathsep.join([str(place.folder / "clock"), os.environ.get("PYTHONPATH", "")])}
    out = place.folder / "jumped"
    process = place.start("train", place.data, "--out", out, *OPTIONS, variables=jumping)
    wait(lambda: MOMENTS["middle"](out), process)
    process.kill()
    ended(process)
    for number, path in enumerate(sorted(out.rglob("*"))):  # 1970 and 2096, in turns
        os.utime(path, (4e9, 4e9) if number % 2 else (1e6, 1e6))
    place.resumed(out, variables=jumping)
    with (out / "history.csv").open() as file:
        expect(all(0 < float(row["seconds"]) < 100 for row in csv.DictReader(file)), "the seconds jumped")
    yield ["a clock that jumps", "`time.time` wrong by up to ten years at every call; files of a stopped run dated 1970 and 2096",
           "trained and resumed bit for bit; zukan does not rely on the times of files", NOTHING]


def damage(place: Place, _: int) -> Iterator[list[str]]:
    def cut(path: Path) -> None:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    stopped = place.stopped("damaged")
    for change in (cut, flip):
        out = place.folder / f"checkpoint-{change.__name__}"
        shutil.copytree(stopped, out)
        newest = sorted((out / "checkpoints").glob("epoch-*.npz"))[-1]
        change(newest)
        result = place("resume", out)
        expect(result.code == 0 and "cannot be read" in result.out, f"{result}")
        same(out, place.whole)
        note = next(line for line in result.out.splitlines() if "cannot be read" in line)
    yield ["the newest checkpoint is damaged", "cut in half; one byte flipped", f"{quoted(note)} Continued bit for bit.",
           "one epoch, which was trained again"]
    out = place.folder / "both-checkpoints"
    shutil.copytree(stopped, out)
    for path in (out / "checkpoints").glob("epoch-*.npz"):
        cut(path)
    message = place("resume", out).refused("delete")
    shutil.rmtree(out / "checkpoints")
    place.resumed(out)
    yield ["both checkpoints are damaged", "both cut in half", f"{quoted(message)} Then from the start, bit for bit.", "the epochs trained before"]
    files = {"history.csv": "resume", "environment.json": "resume", "recipe.toml": "resume", "model.keras": "report", "metrics.json": "compare"}
    for name, command in files.items():
        source = place.whole if command != "resume" else stopped
        out = place.folder / f"damaged-{name}"
        shutil.copytree(source, out)
        (out / name).write_bytes((out / name).read_bytes()[: (out / name).stat().st_size // 2] + b"\xff")
        message = place(command, out).refused(name)
        (out / name).write_bytes((source / name).read_bytes())
        expect(place(command, out).code == 0, f"{name} restored")
        yield [f"`{name}` is damaged", f"cut in half, then `zukan {command}`", quoted(message), "nothing, once it is restored"]


def quoted(message: str) -> str:
    """Return a message in quotes, without the temporary folder of the benchmark."""
    short = re.sub(r"(?<=')[^' ]*/(?=[^/']+')|(?<= )/[^' ]*/(?=[^/' ]+)", "…/", message).replace("|", r"\|")
    return f"“{short}”"


FAULTS: dict[str, Callable[[Place, int], Iterator[list[str]]]] = {
    "kill": kill, "several": several, "interrupt": interrupt, "disk": disk, "read-only": read_only, "together": together, "data": data,
    "stream": stream, "version": version, "clock": clock, "damage": damage}


def main() -> None:
    """Cause the requested faults, one after another."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=FAULTS)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/reliability.md")
    options = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # background jobs of a shell ignore it
    with tempfile.TemporaryDirectory(prefix="zukan-faults-") as folder:
        place = Place(Path(folder))
        for name in options.only or FAULTS:
            rows = list(FAULTS[name](place, options.kills))
            text = f"{markdown.table(HEAD, rows)}\n{markdown.machine('cpu')}"
            markdown.put(name, text, write=options.write, into=PAGE)


if __name__ == "__main__":
    main()
