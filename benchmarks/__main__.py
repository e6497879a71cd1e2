"""Measure everything that ``docs/performance.md`` shows.

    python -m benchmarks [--sections epoch-64 encode ...] [--rounds 3] [--device cpu] [--write]
    python -m benchmarks --device gpu --here --results gpu.jsonl [--limit 120] [--images 60000]

Each section is printed as a Markdown table; ``--write`` puts it into the page. The environments of the peers are
created at the first run and kept. With ``--here``, all peers run one after another with this interpreter and what is
installed, and the file of results gets a line as soon as something is measured; without it, ``--results`` makes the
tables from such a file.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks import command, convolutions, epoch, growth, here, many, markdown, step, streaming
from benchmarks.environments import OURS
from benchmarks.processes import Peer, alternate, started
from benchmarks.results import Results

FIGURE = markdown.PAGE.parent / "images" / "epoch.png"
SAMPLES, EPOCHS = 5000, 2  # importance samples of the bound, and epochs of training before it
IMAGES = {"zukan": 1000, "pythae 0.1.2": 2}  # images per turn; pythae takes them one by one


def epochs(rounds: int, device: str, *, network: str = "dense", batch_size: int = 64, images: int = 60_000) -> str:
    """Time an epoch with every peer; the dense network with batches of 64 is also drawn."""
    text, seconds = epoch.measure(epoch.ALL, rounds, device, network=network, batch_size=batch_size, images=images)
    if (network, batch_size, device) == ("dense", 64, "cpu"):
        markdown.draw(seconds, "zukan", FIGURE, f"The tutorial's model on MNIST, batch {batch_size}")
    return f"Batch {batch_size}, {images:,} images, seconds per epoch.\n\n{text}"


def likelihood(rounds: int, device: str) -> str:
    """Time the importance-weighted bound per image."""
    peers = [Peer("zukan", OURS, "ours"), Peer("pythae 0.1.2", "pythae", "pythae_trainer")]
    seconds, values, memory = {}, {}, 0.0
    with started(peers, "scorer", device, samples=SAMPLES, epochs=EPOCHS) as (ready, missing):
        for name, process in ready.items():
            turns, results = alternate({name: process}, rounds, IMAGES[name])
            seconds[name] = [turn / IMAGES[name] for turn in turns[name]]
            values[name] = results[name]
        before = ready["zukan"].peak_memory()
        ready["zukan"].turn(10_000)
        memory = ready["zukan"].peak_memory()
    return (f"Milliseconds per image, {SAMPLES} samples.\n\n"
            + markdown.compared(seconds, values, missing, "zukan", "mean bound, nats", unit=1e3)
            + f"\nPeak memory of zukan's process: {before:.2f} GiB after training and {IMAGES['zukan']:,} images, "
            f"{memory:.2f} GiB after 10,000.\n")


def prediction(rounds: int, device: str, call: str) -> str:
    """Time ``encode`` or ``reconstruct`` of 10,000 images against Keras's ``predict``."""
    variables = {"KERAS_BACKEND": "jax"}
    peers = [Peer("zukan", OURS, "ours"),
             Peer("Keras `predict` on JAX, its default batch of 32", OURS, "keras_fit", variables=variables),
             Peer("the same with zukan's batch of 1,024", OURS, "keras_fit", {"batch_size": 1024}, variables)]
    with started(peers, "predictor", device, call=call, images=10_000) as (ready, missing):
        seconds, values = alternate(ready, rounds, 3)
    return (f"Milliseconds for `{call}` of 10,000 images after the first call.\n\n"
            + markdown.compared(seconds, values, missing, "zukan", "mean of the result", unit=1e3))


SECTIONS = {
    "step": lambda rounds, _: step.measure(rounds),
    "convolutions": lambda rounds, _: convolutions.measure(rounds),
    "epoch-64": epochs,
    "epoch-256": lambda rounds, device: epochs(rounds, device, batch_size=256),
    "epoch-1024": lambda rounds, device: epochs(rounds, device, batch_size=1024),
    "epoch-conv": lambda rounds, device: epochs(rounds, device, network="conv", images=12_800),
    "likelihood": likelihood,
    "encode": lambda rounds, device: prediction(rounds, device, "encode"),
    "reconstruct": lambda rounds, device: prediction(rounds, device, "reconstruct"),
    "command": lambda rounds, _: f"{command.first_epoch(rounds)}\n{command.whole()}",
    "growth": lambda rounds, device: growth.measure(rounds, 40, device, draw=device == "cpu"),
    "many": lambda rounds, _: many.measure(rounds=rounds),
    "streaming": lambda rounds, _: streaming.measure(rounds),
}
ON_GPU = ["epoch-64", "epoch-256", "epoch-1024", "epoch-conv", "likelihood", "encode", "reconstruct"]


def main() -> None:
    """Measure the requested sections, one after another."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sections", nargs="+", choices=sorted({*SECTIONS, *here.SECTIONS}))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--device", choices=["cpu", "gpu"], default="cpu")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md")
    parser.add_argument("--here", action="store_true", help="all peers with this interpreter, one after another")
    parser.add_argument("--results", type=Path, help="the file of results of --here")
    parser.add_argument("--limit", type=float, default=300, help="seconds that a peer may take, with --here")
    parser.add_argument("--images", type=int, help="images per epoch, with --here; by default all")
    parser.add_argument("--epochs", type=int, default=100, help="epochs of the command, with --here")
    options = parser.parse_args()
    if options.here and options.results is None:
        parser.error("--here needs --results FILE")
    if options.results and options.write and options.device == "cpu":
        parser.error("--results writes the tables of --device gpu only")
    suffix = "" if options.device == "cpu" else "-gpu"
    if options.results:
        sections, results = options.sections or here.SECTIONS, Results(options.results)
        if options.here:
            peers = here.plan(options.device, options.rounds, options.images, epochs=options.epochs)
            here.measure(peers, sections, results, options.device, options.limit)
        for name in sections:
            text = here.table(name, results)
            if text:
                markdown.put(f"{name}{suffix}", text, write=options.write)
        return
    for name in options.sections or (SECTIONS if options.device == "cpu" else ON_GPU):
        text = f"{SECTIONS[name](options.rounds, options.device)}\n{markdown.machine(options.device)}"
        markdown.put(f"{name}{suffix}", text, write=options.write)


if __name__ == "__main__":
    main()
