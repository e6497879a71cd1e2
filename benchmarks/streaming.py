"""Measure training on data larger than the allowed memory: its time against data in memory, and its memory.

python -m benchmarks.streaming [--rounds 3]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from benchmarks import markdown
from benchmarks.environments import ROOT
from benchmarks.processes import DATA

ITEMS = 1_370_000  # of 784 bytes: 1 GiB, and 4 GiB as float32
MEMORY = 0.1  # GiB allowed
EPOCHS = 5
IMAGES = 10_000


def child(path: str, memory: float) -> None:
    """Train an epoch for each line of input; print its seconds, its loss and the memory held at every half second."""
    import zukan

    start = time.perf_counter()
    dataset = zukan.data.load(path, memory=memory)
    vae = zukan.VAE(event_shape=dataset.event_shape)
    vae.compile("adam")
    print(json.dumps([time.perf_counter() - start, 0.0, [_held("VmHWM:")], type(dataset.train.x).__name__]), flush=True)
    for epoch, _ in enumerate(sys.stdin):
        memory_held, finished = [], threading.Event()

        def watch(memory_held: list[float] = memory_held, finished: threading.Event = finished) -> None:
            while not finished.wait(0.5):
                memory_held.append(_held("VmRSS:"))

        watcher = threading.Thread(target=watch)
        watcher.start()
        start = time.perf_counter()
        history = vae.fit(dataset.train.x, epochs=epoch + 1, initial_epoch=epoch, batch_size=64, verbose=0).history
        seconds = time.perf_counter() - start
        finished.set()
        watcher.join()
        print(json.dumps([seconds, history["loss"][0], memory_held, ""]), flush=True)


def _held(name: str) -> float:
    return int(Path("/proc/self/status").read_text("utf-8").split(name)[1].split()[0]) / 2**20


class Child:
    """A process that trains one epoch at a time."""

    def __init__(self, path: Path, memory: float) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", f"from benchmarks import streaming; streaming.child({str(path)!r}, {memory})"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        self.loading, _, (self.loaded, *_), self.kind = self._answer()

    def epoch(self) -> tuple[float, float, list[float]]:
        """Train an epoch; return its seconds, its loss and the memory held."""
        print(file=self.process.stdin, flush=True)
        seconds, loss, memory_held, _ = self._answer()
        return seconds, loss, memory_held

    def close(self) -> None:
        """End the process."""
        self.process.stdin.close()
        self.process.wait()

    def _answer(self) -> list:
        return json.loads(self.process.stdout.readline())


def compared(folder: Path, rounds: int) -> str:
    """Time an epoch of MNIST in memory and from disk, in turns."""
    with np.load(DATA) as arrays:
        np.savez(folder / "mnist.npz", x_train=arrays["x_train"], x_test=arrays["x_test"])
    children = {"in memory": Child(folder / "mnist.npz", 8.0), "from disk": Child(folder / "mnist.npz", 1e-3)}
    seconds: dict[str, list[float]] = {name: [] for name in children}
    losses = {}
    for number in range(rounds + 1):
        for name, process in children.items():
            turn, losses[name], _ = process.epoch()
            if number:
                seconds[name].append(turn)
    for process in children.values():
        process.close()
    return ("60,000 images, batch 64, seconds per epoch.\n\n"
            + markdown.compared(seconds, losses, {}, "in memory", f"train loss after {rounds + 1} epochs"))


def large(folder: Path, items: int) -> str:
    """Train on data ten times larger than the allowed memory as bytes, and forty times larger as float32."""
    path, rng = folder / "large.npy", np.random.default_rng(0)
    with np.load(DATA) as arrays:
        x = arrays["x_train"].reshape(-1, 28, 28)
    out = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=(items, 28, 28))
    for start in range(0, items, 10_000):  # random pixels, so that no two items are the same
        part = x[rng.integers(0, len(x), min(10_000, items - start))]
        out[start : start + len(part)] = np.where(rng.random(part.shape) < 0.02, rng.integers(0, 256, part.shape), part)
    out.flush()
    del out
    process, rows, peaks = Child(path, MEMORY), [], []
    for number in range(1, EPOCHS + 1):
        seconds, loss, held = process.epoch()
        rows.append([str(number), f"{seconds:.1f} s",
                     *(f"{held[max(1, round(share * len(held))) - 1]:.2f} GiB" for share in (0.1, 0.5, 1.0))])
        peaks.append(max(held))
    process.close()
    train, size = items - round(items / 6), items * 784 / 2**30
    return (f"{items:,} images of 784 bytes: {size:.2f} GiB, {4 * size:.1f} GiB as float32, with {MEMORY} GiB allowed. "
            f"Read, checked and fingerprinted in {process.loading:.1f} s; the process then held {process.loaded:.2f} "
            "GiB.\n\n"
            + markdown.table(["epoch", "time", "memory after a tenth", "after half", "at its end"], rows)
            + f"\n{seconds / train * 1e6:.1f} µs per item in the last epoch, of {train:,} items; "
            f"train loss {loss:.1f}. Peak memory while training: {max(peaks):.2f} GiB.\n")


def images(folder: Path) -> str:
    """Time how a folder of PNGs is read: decoded into memory, decoded into the cache, and from the cache."""
    from PIL import Image

    with np.load(DATA) as arrays:
        for i, (x, y) in enumerate(zip(arrays["x_train"][:IMAGES], arrays["y_train"], strict=False)):
            path = folder / "png" / str(y) / f"{i}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(x.reshape(28, 28)).save(path)
    code = ("import sys, time, zukan; start = time.perf_counter(); "
            "zukan.data.load(sys.argv[1], memory=float(sys.argv[2])); print(time.perf_counter() - start)")
    rows = []
    for name, memory in (("into memory", 8.0), ("from disk, the first time: decoded into the cache", 1e-3),
                         ("from disk, later", 1e-3)):
        done = subprocess.run([sys.executable, "-c", code, folder / "png", str(memory)], capture_output=True, text=True,
                              check=True, cwd=ROOT, env={**os.environ, "XDG_CACHE_HOME": str(folder / "cache")})
        rows.append([name, f"{float(done.stdout):.2f} s"])
    caption = f"A folder of {IMAGES:,} PNGs of 28 × 28: the time until the data can be used.\n\n"
    return caption + markdown.table(["", "time"], rows)


def measure(rounds: int, items: int = ITEMS) -> str:
    """Measure and return the three tables."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return "\n".join([compared(folder, rounds), large(folder, items), images(folder)])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--items", type=int, default=ITEMS)
    options = parser.parse_args()
    print(measure(options.rounds, options.items), markdown.machine("cpu"), sep="\n")


if __name__ == "__main__":
    main()
