"""Seconds of a steady epoch, beside the peers.

    python -m benchmarks.epoch [--rounds 5] [--batch-size 64] [--network dense] [--peers all]

By default beside stock Keras ``fit`` on JAX and a hand-written ``jax.lax.scan``, which need nothing installed. All take
turns within each round, so that a machine's noise falls on all alike; ratios are of medians within the one run. The
loss after the last epoch stands beside each, since a faster wrong model does not count.
"""

from __future__ import annotations

import argparse

from benchmarks import floor, tables
from benchmarks.environments import OURS
from benchmarks.processes import Peer, alternate, started

HOME = [Peer("zukan", OURS, "ours"), Peer("hand-written `jax.lax.scan`", OURS, "scan"),
        Peer("Keras `fit`, JAX", OURS, "keras_fit", variables={"KERAS_BACKEND": "jax"})]
ABROAD = [Peer("PyTorch by hand, eager", "torch", "torch_loop"),
          Peer("PyTorch by hand, compiled", "torch", "torch_loop", {"compiled": True}),
          Peer("pythae 0.1.2", "pythae", "pythae_trainer"),
          Peer("Keras `fit`, TensorFlow", "tensorflow", "keras_fit", variables={"KERAS_BACKEND": "tensorflow"}),
          Peer("Keras `fit`, torch", "torch", "keras_fit", variables={"KERAS_BACKEND": "torch"})]


def measure(peers: list[Peer], rounds: int, device: str, *, network: str, batch_size: int,
            images: int = 60_000) -> tuple[str, dict[str, list[float]]]:
    """Return the table and the seconds by peer."""
    with started(peers, "trainer", device, network=network, batch_size=batch_size, images=images) as (ready, missing):
        seconds, losses = alternate(ready, rounds, 1)
    text = tables.compared(seconds, losses, missing, "zukan", f"train loss after {2 * rounds + 2} epochs")
    if network == "dense" and device == "cpu":
        text += f"\nFloor of the matrix products at this machine's own rate: {floor.seconds(images):.3f} s.\n"
    return text, seconds


def main() -> None:
    """Measure one network at one batch size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--network", choices=["dense", "conv"], default="dense")
    parser.add_argument("--images", type=int, default=60_000)
    parser.add_argument("--peers", choices=["home", "all"], default="home")
    parser.add_argument("--device", choices=["cpu", "gpu"], default="cpu")
    given = parser.parse_args()
    peers = HOME if given.peers == "home" else [*HOME, *ABROAD]
    text, _ = measure(peers, given.rounds, given.device, network=given.network, batch_size=given.batch_size,
                      images=given.images)
    print(f"{text}\n{tables.machine(given.device)}")


if __name__ == "__main__":
    main()
