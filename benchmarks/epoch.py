"""Time an epoch of training, after the first, against peers.

    python -m benchmarks.epoch [--rounds 5] [--batch-size 64] [--network dense] [--peers all]

By default the peers are Keras ``fit`` on JAX and a hand-written ``jax.lax.scan``, which need no other environment. All
take turns in each round, so that the noise of the machine affects all of them; ratios compare medians within one run.
The table shows the loss after the last epoch, since a faster but wrong model does not count.
"""

from __future__ import annotations

import argparse

from benchmarks import floor, markdown
from benchmarks.environments import OURS
from benchmarks.processes import Peer, alternate, started

INSTALLED = [Peer("zukan", OURS, "ours"), Peer("hand-written `jax.lax.scan`", OURS, "scan"),
             Peer("Keras `fit`, JAX", OURS, "keras_fit", variables={"KERAS_BACKEND": "jax"})]
ALL = [*INSTALLED, Peer("PyTorch by hand, eager", "torch", "torch_loop"),
       Peer("PyTorch by hand, compiled", "torch", "torch_loop", {"compiled": True}),
       Peer("pythae 0.1.2", "pythae", "pythae_trainer"),
       Peer("Keras `fit`, TensorFlow", "tensorflow", "keras_fit", variables={"KERAS_BACKEND": "tensorflow"}),
       Peer("Keras `fit`, torch", "torch", "keras_fit", variables={"KERAS_BACKEND": "torch"})]


def measure(peers: list[Peer], rounds: int, device: str, *, network: str, batch_size: int,
            images: int = 60_000) -> tuple[str, dict[str, list[float]]]:
    """Return the table, and the seconds by peer."""
    with started(peers, "trainer", device, network=network, batch_size=batch_size, images=images) as (ready, missing):
        seconds, losses = alternate(ready, rounds, 1)
    text = markdown.compared(seconds, losses, missing, "zukan", f"train loss after {2 * rounds + 2} epochs")
    if network == "dense" and device == "cpu":
        bound = floor.seconds(images)
        text += f"\nLower bound from the matrix products alone, at this machine's rate: {bound:.3f} s.\n"
    return text, seconds


def main() -> None:
    """Measure one network at one batch size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--network", choices=["dense", "conv"], default="dense")
    parser.add_argument("--images", type=int, default=60_000)
    parser.add_argument("--peers", choices=["installed", "all"], default="installed")
    parser.add_argument("--device", choices=["cpu", "gpu"], default="cpu")
    options = parser.parse_args()
    peers = ALL if options.peers == "all" else INSTALLED
    text, _ = measure(peers, options.rounds, options.device, network=options.network, batch_size=options.batch_size,
                      images=options.images)
    print(f"{text}\n{markdown.machine(options.device)}")


if __name__ == "__main__":
    main()
