"""Compare a model of training on many devices with what can be measured on one machine, and print what it expects.

    python -m benchmarks.scaling [--rounds 3] [--write]

A step takes a fixed time (for the optimizer, mostly), a time for each item of a device's part of the batch, and the
time to add up the gradients of all devices. Simulated devices and local processes share the cores of one machine:
there, the fixed time is spent once for each device, and all items of the batch count.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

import numpy as np

from benchmarks import markdown
from benchmarks.environments import ROOT

PAGE = ROOT / "docs" / "scaling.md"
LAYOUTS = [(1, 1), (1, 2), (1, 4), (2, 1), (4, 1)]  # processes, and devices of each
IMAGES, BATCHES, SUMS = 12_800, (64, 256), 100


@dataclass(frozen=True)
class Link:
    """How fast gradients are added up: bytes a second of a device, and seconds until the first byte arrives."""

    bandwidth: float
    latency: float

    def seconds(self, devices: int, size: int) -> float:
        """Return the time of a ring all-reduce of ``size`` bytes with the latency of a tree."""
        if devices == 1:
            return 0.0
        return 2 * (devices - 1) / devices * size / self.bandwidth + self.latency * np.log2(devices)


INSIDE, BETWEEN = Link(300e9, 10e-6), Link(40e9, 20e-6)  # NVLink in a machine of 8; InfiniBand between machines
FIXED, PER_ITEM = 51e-6, 0.10e-6  # seconds of a step on an H200: measured at batches of 64, 256 and 1,024
SIZE = 4 * 404_244  # bytes of the tutorial's gradients


def expected() -> str:
    """Return the table of the expected throughput."""
    rows = []
    for devices in (1, 8, 64, 512):
        machines = max(1, devices // 8)
        shared = INSIDE.seconds(min(devices, 8), SIZE) + BETWEEN.seconds(machines, SIZE)
        cells = []
        for batch in (64, 1024):
            step = FIXED + PER_ITEM * batch
            cells += [f"{devices * batch / (step + shared) / 1e6:,.1f}", f"{step / (step + shared):.0%}"]
        rows.append([str(devices), f"{shared * 1e6:.0f}", *cells])
    return markdown.table(["devices", "µs to add up gradients", "million images/s, 64 per device", "of ideal",
                           "million images/s, 1,024 per device", "of ideal"], rows)


def child(processes: int, index: int, port: int) -> None:
    """Print the seconds of a step for each size of a batch, and of adding up arrays like its gradients."""
    import jax
    import keras
    from jax.sharding import NamedSharding, PartitionSpec

    if processes > 1:
        jax.distributed.initialize(f"localhost:{port}", processes, index)
    import zukan
    from benchmarks.peers.clock import Clock
    from zukan import devices

    clock, steps = Clock(), []
    x = np.random.default_rng(0).random((IMAGES, 28, 28, 1), dtype="float32")
    with devices.scope("all"):
        vae = zukan.VAE()
        vae.compile("adam")
        for size in BATCHES:
            vae.fit(x, batch_size=size, epochs=6, verbose=0, callbacks=[clock])
            steps.append(statistics.median(clock.seconds[1:]) * size / IMAGES)
    mesh = jax.sharding.Mesh(np.array(jax.devices()), ("all",))
    shapes = [tuple(weight.shape) for weight in vae.trainable_variables]

    def add(_: int, arrays: list) -> list:
        return [jax.lax.psum(array, "all") / mesh.size for array in arrays]

    run = jax.jit(jax.shard_map(lambda arrays: jax.lax.fori_loop(0, SUMS, add, arrays), mesh=mesh,
                                in_specs=PartitionSpec(), out_specs=PartitionSpec(), check_vma=False))
    whole = NamedSharding(mesh, PartitionSpec())
    arrays = [jax.make_array_from_callback(s, whole, lambda _, s=s: np.ones(s, "float32")) for s in shapes]
    seconds = []
    for _ in range(4):
        start = time.perf_counter()
        jax.block_until_ready(run(arrays))
        seconds.append((time.perf_counter() - start) / SUMS)
    assert keras.backend.backend() == "jax"
    print(json.dumps([*steps, min(seconds[1:]) if mesh.size > 1 else 0.0]), flush=True)


def run(processes: int, devices: int) -> list[float]:
    """Return the seconds of a step for each size of a batch, and of adding up its gradients."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    variables = {**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu",
                 "XLA_FLAGS": f"--xla_force_host_platform_device_count={devices}"}
    started = [subprocess.Popen([sys.executable, "-m", "benchmarks.scaling", "--child", f"{processes},{i},{port}"],
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=variables, cwd=ROOT)
               for i in range(processes)]
    outputs = [process.communicate()[0] for process in started]
    return json.loads(outputs[0].splitlines()[-1])


def measured(rounds: int) -> str:
    """Return the table of the model's prediction beside the measurement."""
    times: dict[tuple[int, int], list[list[float]]] = {layout: [] for layout in LAYOUTS}
    for _ in range(rounds):
        for layout in LAYOUTS:
            times[layout].append(run(*layout))
    medians = {layout: [statistics.median(column) for column in zip(*rows, strict=True)]
               for layout, rows in times.items()}
    small, large, _ = medians[LAYOUTS[0]]
    per_item = (large - small) / (BATCHES[1] - BATCHES[0])
    fixed = small - per_item * BATCHES[0]
    rows = []
    for (processes, devices), (*steps, added) in medians.items():
        cells = [str(processes), str(devices), f"{added * 1e3:.2f}"]
        for size, step in zip(BATCHES, steps, strict=True):
            wanted = fixed * processes * devices + per_item * size + added
            cells += [f"{wanted * 1e3:.2f} / {step * 1e3:.2f}", f"{step / wanted:.2f}×"]
        rows.append(cells)
    return markdown.table(["processes", "devices of each", "ms to add up gradients", "batch 64: ms expected / measured",
                           "ratio", "batch 256: ms expected / measured", "ratio"], rows)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/scaling.md")
    options = parser.parse_args()
    if options.child:
        child(*map(int, options.child.split(",")))
        return
    markdown.put("expected", expected(), write=options.write, into=PAGE)
    markdown.put("measured", f"{measured(options.rounds)}\n{markdown.machine('cpu')}", write=options.write, into=PAGE)


if __name__ == "__main__":
    main()
