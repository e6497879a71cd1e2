"""Faults, caused for real on small runs: what happened, and what was lost; the table of ``docs/reliability.md``.

    python -m benchmarks.reliability [--only kill disk ...] [--kills 50] [--write]

Each fault checks its own outcome and stops the command where it is not the one promised. On Linux; filling a disk and
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
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import tables
from benchmarks.environments import ROOT

PAGE = ROOT / "docs" / "reliability.md"
HEAD = ["fault", "the command that causes it", "what happened", "what was lost"]
EPOCHS = 40
OPTIONS = ["--epochs", str(EPOCHS), "--encoder", '{name="mlp", units=[64]}', "--warmup-epochs", "20", "--decay", "cosine"]
NOTHING = "nothing"


def expect(held: object, what: str) -> None:
    """Stop unless the outcome is the one promised."""
    if not held:
        raise AssertionError(what)


@dataclass
class Done:
    """A command that ended."""

    code: int
    out: str
    err: str

    def refused(self, *words: str) -> str:
        """Return the sentence in which it was refused, which holds ``words``."""
        expect(self.code == 2 and self.err.count("\n") == 1 and self.err.startswith("zukan: "), f"not refused: {self}")
        for word in words:
            expect(word in self.err, f"{word!r} is not in {self.err!r}")
        expect("Traceback" not in self.out + self.err, f"a traceback: {self}")
        return self.err.removeprefix("zukan: ").strip()


class Place:
    """A folder with data, a run that nobody disturbed, and room for runs that are."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data.npz"
        self.variables = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "PYTHONUNBUFFERED": "1",
                          "KERAS_BACKEND": "jax", "MPLBACKEND": "Agg"}
        with np.load(ROOT / "src" / "zukan" / "data" / "mnist.npz") as mnist:
            np.savez(self.data, x_train=mnist["x_train"][:3000, ::2, ::2], y_train=mnist["y_train"][:3000],
                     x_test=mnist["x_test"][:500, ::2, ::2], y_test=mnist["y_test"][:500])
        self.whole = folder / "whole"
        begun = time.perf_counter()
        expect(self("train", self.data, "--out", self.whole, *OPTIONS).code == 0, "the run that nobody disturbed failed")
        self.seconds = time.perf_counter() - begun

    def start(self, *words: object, variables: dict[str, str] | None = None) -> subprocess.Popen[str]:
        """Begin a command of zukan's."""
        return subprocess.Popen([sys.executable, "-m", "zukan", *map(str, words)], stdout=subprocess.PIPE, text=True,
                                stderr=subprocess.PIPE, env={**self.variables, **(variables or {})}, cwd=self.folder)

    def __call__(self, *words: object, variables: dict[str, str] | None = None) -> Done:
        """Run a command of zukan's to its end."""
        return ended(self.start(*words, variables=variables))

    def train(self, out: Path) -> subprocess.Popen[str]:
        """Begin the training that ``whole`` had undisturbed."""
        return self.start("train", self.data, "--out", out, *OPTIONS)

    def stopped(self, name: str, *, where: str = "middle") -> Path:
        """Return a run that was killed at a moment of `MOMENTS`."""
        out = self.folder / name
        process = self.train(out)
        wait(lambda: MOMENTS[where](out), process)
        process.kill()
        ended(process)
        expect(not (out / "index.html").exists(), "it ended before it was killed")
        return out

    def resumed(self, out: Path, **options: dict[str, str]) -> Path:
        """Go on with a run, which must then be the undisturbed one, bit for bit."""
        done = self("resume", out, **options)
        expect(done.code == 0, f"resume failed: {done}")
        same(out, self.whole)
        return out


def ended(process: subprocess.Popen[str]) -> Done:
    out, err = process.communicate(timeout=300)
    return Done(process.returncode, out, err)


def wait(until: Callable[[], object], process: subprocess.Popen[str] | None = None) -> None:
    deadline = time.monotonic() + 240
    while not until():
        if process is not None and process.poll() is not None:
            raise AssertionError(f"it ended too early: {process.communicate()}")
        expect(time.monotonic() < deadline, "it did not come to that")
        time.sleep(0.002)


def in_epoch(out: Path, number: int) -> bool:
    """Whether a training has finished the epoch before."""
    return any((out / "checkpoints").glob(f"epoch-{number - 1:05d}*.npz"))


MOMENTS: dict[str, Callable[[Path], object]] = {
    "reading": lambda out: out.parent.exists(),
    "start": lambda out: (out / "recipe.toml").exists(),
    "middle": lambda out: any((out / "checkpoints").glob("epoch-0002*.npz")),
    "measuring": lambda out: (out / "model.keras").exists(),
    "drawing": lambda out: (out / "figures").exists(),
}


def same(out: Path, whole: Path) -> None:
    """Check that two runs are equal: history, every weight and the optimizer's state, what was measured, figures."""
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
    expect((out / "index.html").exists(), "the page is missing")
    expect(not [path for path in out.rglob("*") if ".part" in path.name or path.name == ".lock"], "something was left")


# Killed

def kill(place: Place, kills: int) -> Iterator[list[str]]:
    """Kill at random moments: forked off a process that has imported all, so that the kills fall on what zukan does."""
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
    where = ", ".join(f"{count} while {name}" for name, count in hit.most_common())
    yield ["`kill -9`, at random moments", f"`zukan train`, then `zukan resume` again and again: {total} kills over "
           f"{runs + bool(within)} runs, {where}",
           "`zukan resume` went on each time; every run ended equal to one that nobody killed, bit for bit: history, weights, "
           "optimizer, metrics, every figure"
           + f"; {litter} hidden folders of runs that had not begun were left beside them" * bool(litter), NOTHING]


class Forks:
    """A process with everything imported, from which commands are forked."""

    CODE = """
import json, os, signal, sys, time
import keras, matplotlib, sklearn.neighbors
from zukan import cli
import zukan.cli.app, zukan.commands.training_runs, zukan.cli.progress, zukan.training.checkpoints
print("ready", flush=True)
for line in sys.stdin:
    words, after = json.loads(line)
    begun = time.monotonic()
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
            if time.monotonic() - begun > after:
                os.kill(child, signal.SIGKILL)
                ended = os.waitpid(child, 0)
                break
            time.sleep(0.001)
        status = ended[1]
    print(json.dumps([os.waitstatus_to_exitcode(status), time.monotonic() - begun]), flush=True)
"""

    def __init__(self, place: Place) -> None:
        self.process = subprocess.Popen([sys.executable, "-W", "ignore", "-c", self.CODE], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, env=place.variables, cwd=place.folder)
        expect(self.process.stdout.readline() == "ready\n", "the imports failed")

    def run(self, words: list[object], after: float | None) -> tuple[int, float]:
        """Run a command; kill it ``after`` so many seconds; return its exit code and its seconds."""
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
        done = ended(process)
        expect(done.code == 130 and "Traceback" not in done.out + done.err, f"{moment}: {done}")
        if (out / "recipe.toml").exists():
            expect(f"zukan resume {out}" in done.out, f"{moment}: {done}")
            place.resumed(out)
        else:
            expect(not list(out.parent.glob(".*")), "something was left")
    yield ["Ctrl-C", "`zukan train`, stopped while it reads, as it begins to train, in epoch 20, while it measures, while it draws",
           "exit code 130; \"Stopped. 20 complete epochs are saved; continue with zukan resume RUN\"; resumed bit for bit", NOTHING]
    random.seed(5)
    pressed, slowest = 20, 0.0
    for number in range(pressed):
        out = place.folder / f"within-{number}"
        process = place.start("train", "--out", out, "--epochs", 50)  # the tutorial's: an epoch of 60,000 takes over a second
        wait(lambda out=out: in_epoch(out, 2), process)
        time.sleep(random.uniform(0.0, 3.0))  # noqa: S311 no secret
        begun = time.perf_counter()
        process.send_signal(signal.SIGINT)
        done = ended(process)
        slowest = max(slowest, time.perf_counter() - begun)
        expect(done.code == 130 and f"zukan resume {out}" in done.out and not done.err, f"{number}: {done}")
    yield ["Ctrl-C at a random moment within an epoch", f"`zukan train` on all of MNIST, {pressed} times",
           f"exit code 130 every time, after {slowest:.1f} s at most", "the epoch that was not whole, which `zukan resume` repeats"]
    out = place.folder / "terminated"
    process = place.train(out)
    wait(lambda: MOMENTS["middle"](out), process)
    process.terminate()
    expect(ended(process).code == -signal.SIGTERM, "SIGTERM did not end it")
    place.resumed(out)
    yield ["SIGTERM, as a scheduler sends it", "`kill $(pgrep -f 'zukan train')` in epoch 20", "ended at once; resumed bit for bit",
           NOTHING]


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
        said = place("train", place.data, "--out", small / "run", *OPTIONS).refused("no space left on device")
        expect([path.name for path in small.iterdir()] == ["ballast"], "something was left")
        yield ["disk full before a run", "`zukan train --out` on a full tmpfs", quoted(said, small), "nothing; no run was begun"]
        ballast.unlink()
        for moment, what in {"middle": "training", "measuring": "measuring"}.items():
            out = small / moment
            process = place.train(out)
            wait(lambda out=out, moment=moment: MOMENTS[moment](out), process)
            ballast = fill(small)
            said = ended(process).refused("no space left on device")
            ballast.unlink()
            place.resumed(out)
            yield [f"disk full while {what}", "`cat /dev/zero > ballast` beside a `zukan train` on a tmpfs",
                   f"{quoted(said, small)} With room again, `zukan resume` went on bit for bit.",
                   "the epoch that could not be saved, which was trained again" if moment == "middle" else NOTHING]


def read_only(place: Place, _: int) -> Iterator[list[str]]:
    archive = place.folder / "archive"
    archive.mkdir()
    stopped = place.stopped("archive/stopped")
    shutil.copytree(place.whole, archive / "whole")
    with mounted(place.folder / "mounted", "--bind", str(archive)) as frozen:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(frozen)], check=True)
        said = place("train", place.data, "--out", frozen / "new", *OPTIONS).refused("read-only file system")
        place("resume", frozen / "stopped").refused("read-only file system")
        place("report", frozen / "whole").refused("read-only file system")
        out = place.folder / "read"
        for words in (["encode", frozen / "whole", place.data, "-o", out / "z.npz"], ["compare", frozen / "whole"],
                      ["sample", frozen / "whole", "-o", out / "new.png"], ["resume", frozen / "whole"],
                      ["explore", frozen / "whole", "--export", out / "page"]):
            done = place(*words)
            expect(done.code == 0, f"{words}: {done}")
    place.resumed(stopped)
    yield ["read-only folder", "`mount -o ro`; `zukan train`, `resume`, `report` in it",
           f"{quoted(said, frozen)} `encode`, `sample`, `compare`, `explore` read its runs as always.", NOTHING]


# Others

def together(place: Place, _: int) -> Iterator[list[str]]:
    out = place.folder / "twice"
    process = place.train(out)
    wait(lambda: MOMENTS["middle"](out), process)
    process.send_signal(signal.SIGSTOP)  # or it would be done before the others have begun
    said = place("resume", out).refused("by two commands at the same time")
    place("train", place.data, "--out", out, "--force", *OPTIONS).refused("by two commands at the same time")
    place("report", out).refused()
    process.send_signal(signal.SIGCONT)
    expect(ended(process).code == 0, "the first was disturbed")
    same(out, place.whole)
    process = place.start("report", out)
    process.stdout.readline()  # "Reading": it holds the lock
    process.send_signal(signal.SIGSTOP)
    place("report", out).refused("by two commands at the same time")
    expect(place("encode", out, place.data, "-o", place.folder / "z.npz").code == 0, "a reader was refused")
    process.send_signal(signal.SIGCONT)
    expect(ended(process).code == 0, "the first was disturbed")
    same(out, place.whole)
    (out / "index.html").unlink()
    both = [place.start("resume", out) for _ in range(2)]
    codes = sorted(ended(process).code for process in both)
    expect(codes in ([0, 2], [0, 0]), f"two that began at once: {codes}")
    same(out, place.whole)
    yield ["two commands on one run", "`zukan resume`, `train --force`, `report` beside a `zukan train`; two `zukan resume` at once",
           f"the second: {quoted(said, out)} The first ended bit for bit as if alone.", NOTHING]
    out = place.stopped("let-go")
    place.resumed(out)
    yield ["the holder of a run is killed", "`kill -9` on `zukan train`, then `zukan resume` at once", "the lock went with it", NOTHING]


def data(place: Place, _: int) -> Iterator[list[str]]:
    content, out = place.data.read_bytes(), place.folder / "vanished"
    process = place.train(out)
    wait(lambda: MOMENTS["middle"](out), process)
    place.data.unlink()
    expect(ended(process).code == 0, "it did not go on")
    place.data.write_bytes(content)
    same(out, place.whole)
    yield ["a data file vanishes during training", "`rm data.npz` in epoch 20", "the run ended as if it were there: what fits into memory "
           "is read once", NOTHING]
    out = place.stopped("vanished-before")
    place.data.unlink()
    said = place("resume", out).refused(str(place.data))
    with np.load(whole_copy(place, content)) as arrays:
        changed = dict(arrays)
    changed["x_train"][7, 5, 5] ^= 1
    np.savez(place.data, **changed)
    other = place("resume", out).refused("sha256")
    place.data.write_bytes(content[: len(content) // 2])
    place("resume", out).refused(str(place.data))
    place.data.write_bytes(content)
    place.resumed(out)
    yield ["it vanishes, before `zukan resume`", "`rm data.npz`, or only half of it is there", quoted(said, place.folder), "nothing, once it is back"]
    yield ["it changes by one bit, before `zukan resume`", "one pixel of `data.npz`", quoted(other, place.folder),
           "nothing, once it is back"]


def whole_copy(place: Place, content: bytes) -> Path:
    copy = place.folder / "copy.npz"
    copy.write_bytes(content)
    return copy


def stream(place: Place, _: int) -> Iterator[list[str]]:
    """Train on data that is read from disk as it is needed, by two processes."""
    source, away, whole = place.folder / "large.npy", place.folder / "away.npy", place.folder / "whole-stream"
    with np.load(ROOT / "src" / "zukan" / "data" / "mnist.npz") as mnist:
        np.save(source, mnist["x_train"])
    shutil.copy2(source, away)

    def options(out: Path, workers: int = 0) -> list[object]:
        return ["train", source, "--out", out, "--epochs", 6, "--encoder", '{name="mlp", units=[64]}', "--memory", "0.01",
                "--workers", workers]

    def go_on(out: Path, whole: Path) -> None:
        done = place("resume", out)
        expect(done.code == 0, f"{done}")
        same(out, whole)

    expect(place(*options(whole, 2)).code == 0, "the run that nobody disturbed failed")
    out = place.folder / "worker"
    process = place.start(*options(out, 2))
    wait(lambda: in_epoch(out, 3) and workers_of(process.pid), process)
    os.kill(workers_of(process.pid)[0], signal.SIGKILL)
    begun = time.perf_counter()
    done = ended(process)
    expect(done.code == 2 and done.err.startswith("zukan: workers must read until the training ends"), f"{done}")
    said = done.err.split("\n")[0].removeprefix("zukan: ")
    seconds = time.perf_counter() - begun
    go_on(out, whole)
    yield ["a worker that dies", "`kill -9` on one of two reading processes of `zukan train large.npy --memory 0.01 --workers 2`",
           f"after {seconds:.0f} s: {quoted(said, out)} (Python's multiprocessing may add lines of its own about what it then "
           "cleans up.) `zukan resume` went on, bit for bit.", "the epoch under way, which was trained again"]

    whole = place.folder / "whole-stream-alone"
    expect(place(*options(whole)).code == 0, "the run that nobody disturbed failed")
    for fault, command, change in (("vanishes", "`rm large.npy`", source.unlink),
                                   ("changes", "another byte in the middle of `large.npy`", lambda: flip(source))):
        out = place.folder / f"stream-{fault}"
        process = place.start(*options(out))
        wait(lambda out=out: in_epoch(out, 3), process)
        change()
        said = ended(process).refused("must stay as it is while it is used")
        place("resume", out).refused(str(source))
        shutil.copy2(away, source)
        go_on(out, whole)
        yield [f"a data file that is read from disk {fault} during training", f"{command} in epoch 3 of `zukan train large.npy --memory 0.01`",
               f"{quoted(said, out)} With the file back, `zukan resume` went on bit for bit.", "the epoch under way, which was trained again"]


def workers_of(pid: int) -> list[int]:
    """Return the reading processes below a command."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = int((path / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if parent == pid and b"spawn_main" in (path / "cmdline").read_bytes():
                found.append(int(path.name))
    return sorted(found)


def flip(path: Path) -> None:
    """Change one byte of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def version(place: Place, _: int) -> Iterator[list[str]]:
    """Resume a run of a later format version."""
    out = place.stopped("later")
    recipe = out / "recipe.toml"
    recipe.write_text(recipe.read_text().replace("format_version = 2", "format_version = 99"))
    yield ["a run written by a newer one", "`format_version = 99`", quoted(place("resume", out).refused("format_version"), out), NOTHING]


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
    for number, path in enumerate(sorted(out.rglob("*"))):  # the past and 2100, in no order
        os.utime(path, (4e9, 4e9) if number % 2 else (1e6, 1e6))
    place.resumed(out, variables=jumping)
    with (out / "history.csv").open() as file:
        expect(all(0 < float(row["seconds"]) < 100 for row in csv.DictReader(file)), "the seconds jumped")
    yield ["a clock that jumps", "`time.time` off by ten years, either way, at every call; files of a stopped run dated 1970 and 2096",
           "trained and resumed bit for bit; nothing goes by the time of a file", NOTHING]


def damage(place: Place, _: int) -> Iterator[list[str]]:
    def cut(path: Path) -> None:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    stopped = place.stopped("damaged")
    for change, what in ((cut, "cut in half"), (flip, "one byte flipped")):
        out = place.folder / f"checkpoint-{change.__name__}"
        shutil.copytree(stopped, out)
        newest = sorted((out / "checkpoints").glob("epoch-*.npz"))[-1]
        change(newest)
        done = place("resume", out)
        expect(done.code == 0 and "cannot be read" in done.out, f"{done}")
        same(out, place.whole)
        line = next(line for line in done.out.splitlines() if "cannot be read" in line)
    yield ["the newest checkpoint is damaged", "cut in half; one byte flipped", f"{quoted(line, out)} Went on bit for bit.",
           "one epoch, which was trained again"]
    out = place.folder / "both-checkpoints"
    shutil.copytree(stopped, out)
    for path in (out / "checkpoints").glob("epoch-*.npz"):
        cut(path)
    said = place("resume", out).refused("delete")
    shutil.rmtree(out / "checkpoints")
    place.resumed(out)
    yield ["both checkpoints are", "the same", f"{quoted(said, out)} Then from the start, bit for bit.", "the epochs trained before"]
    files = {"history.csv": "resume", "environment.json": "resume", "recipe.toml": "resume", "model.keras": "report", "metrics.json": "compare"}
    for name, command in files.items():
        source = place.whole if command != "resume" else stopped
        out = place.folder / f"damaged-{name}"
        shutil.copytree(source, out)
        (out / name).write_bytes((out / name).read_bytes()[: (out / name).stat().st_size // 2] + b"\xff")
        said = place(command, out).refused(name)
        (out / name).write_bytes((source / name).read_bytes())
        expect(place(command, out).code == 0, f"{name} put back")
        yield [f"`{name}` is damaged", f"cut in half, then `zukan {command}`", quoted(said, out), "nothing, once it is put back"]


def quoted(said: str, folder: Path) -> str:
    """Return a message without the folder of this run of the benchmark."""
    short = re.sub(r"(?<=')[^' ]*/(?=[^/']+')|(?<= )/[^' ]*/(?=[^/' ]+)", "…/", said).replace("|", r"\|")
    return f"“{short}”"


FAULTS: dict[str, Callable[[Place, int], Iterator[list[str]]]] = {
    "kill": kill, "interrupt": interrupt, "disk": disk, "read-only": read_only, "together": together, "data": data,
    "stream": stream, "version": version, "clock": clock, "damage": damage}


def main() -> None:
    """Cause the faults asked for, one after another."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=FAULTS)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/reliability.md")
    given = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs inherit it ignored
    with tempfile.TemporaryDirectory(prefix="zukan-faults-") as folder:
        place = Place(Path(folder))
        for name in given.only or FAULTS:
            rows = list(FAULTS[name](place, given.kills))
            text = f"{tables.table(HEAD, rows)}\n{tables.machine('cpu')}"
            tables.put(name, text, write=given.write, into=PAGE)


if __name__ == "__main__":
    main()
