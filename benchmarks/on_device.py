"""Compare where the data of a training lies: on the device as float32 or bytes, in host memory, or in a file.

    python -m benchmarks.on_device [--items 60000] [--side 64] [--network conv] [--epochs 4] [--write]

On an accelerator, what does not lie on it is read and copied while it computes.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

import jax
import numpy as np

import zukan
from benchmarks import markdown
from benchmarks.peers.clock import Clock
from zukan.compiled import storing

NETWORKS = {"dense": {}, "conv": {"encoder": {"name": "conv", "filters": [16, 32]}, "latent_dim": 16}}


def measure(items: int, side: int, network: str, epochs: int) -> str:
    """Return the table."""
    values = np.random.default_rng(0).integers(0, 256, (items, side, side, 3), "uint8")
    rows, base = [], 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.npy"
        np.save(path, values)
        in_memory = zukan.data.load(path, test_fraction=0.01).train.x
        from_file = zukan.data.load(path, test_fraction=0.01, memory=0.01).train.x
        size = in_memory.nbytes
        for name, x, room in (("on the device, float32", in_memory, size),
                              ("on the device, bytes", in_memory, size / 4),
                              ("in host memory", in_memory, 0.0), ("in a file", from_file, 0.0)):
            storing.memory = lambda room=room: room
            vae = zukan.VAE(event_shape=(side, side, 3), **NETWORKS[network])
            vae.compile("adam")
            clock = Clock()
            vae.fit(x, epochs=epochs, batch_size=64, verbose=0, callbacks=[clock])
            seconds = statistics.median(clock.seconds[1:])
            base = base or seconds
            rows.append([name, f"{seconds:.3f}", f"{seconds / base:.2f}×", f"{clock.loss:.2f}"])
            print(*rows[-1], flush=True)
    return (f"{items:,} images of {side}×{side}×3 bytes ({size / 2**30:.2f} GiB as float32), {network} network, "
            "batches of 64, seconds per epoch.\n\n"
            + markdown.table(["data", "seconds", "ratio", f"train loss after {epochs} epochs"], rows))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=60_000)
    parser.add_argument("--side", type=int, default=64)
    parser.add_argument("--network", choices=NETWORKS, default="conv")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    options = parser.parse_args()
    text = measure(options.items, options.side, options.network, options.epochs)
    markdown.put("on-device-gpu", f"{text}\n{markdown.machine(jax.default_backend())}", write=options.write)


if __name__ == "__main__":
    main()
