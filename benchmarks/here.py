"""Measure with the interpreter that runs and nothing else: one peer at a time, the most important first.

    python -m benchmarks --device gpu --here --results gpu.jsonl [--sections epoch-64 …] [--limit 120]
    python -m benchmarks --device gpu --results gpu.jsonl --write       # only makes the tables

A peer imports its framework once and measures all sections in one process. What a run that was cut off leaves in the
file is not measured again.
"""

from __future__ import annotations

import statistics
from dataclasses import replace
from typing import Any

from benchmarks import command, markdown
from benchmarks.environments import OURS
from benchmarks.processes import Peer
from benchmarks.results import Job, Results

EPOCHS = {"epoch-64": ("dense", 64), "epoch-256": ("dense", 256), "epoch-1024": ("dense", 1024),
          "epoch-conv": ("conv", 64)}
EAGER, TF32 = "PyTorch by hand, eager", "PyTorch by hand, eager, TF32"
SECTIONS = [*EPOCHS, "replicas", "command", "precision", "encode", "reconstruct"]
HELD_OUT = 10_000


def plan(device: str, rounds: int, images: int | None, *, epochs: int = 100) -> list[tuple[Peer, list[Job]]]:
    """Return the peers with their jobs, in the order in which they run; ``epochs`` are those of the command."""
    shared: dict[str, Any] = {"arguments": (rounds,), "images": images}
    train = [Job(section, options={"network": network, "batch_size": size}, **shared)
             for section, (network, size) in EPOCHS.items()]
    faster = [replace(job, options={**job.options, "products": "high"}, name=TF32) for job in train]

    def replicas(name: str, *counts: int) -> list[Job]:
        return [Job("replicas", "replicas", {"network": "dense", "batch_size": 64, "models": count}, **shared,
                    name=f"{name}, {count}") for count in counts]

    def predictors(name: str = "", **options: Any) -> list[Job]:
        return [Job(call, "predictor", {"call": call, **options}, (3,), 10_000, warm=True, name=name)
                for call in ("encode", "reconstruct")]

    return [
        (Peer("zukan", OURS, "ours"), [*train, *replicas("zukan", 1, 8, 64), *predictors()]),
        (Peer("hand-written `jax.lax.scan`", OURS, "scan"), [*train, *replicas("hand-written scan, `jax.vmap`", 8)]),
        (Peer(EAGER, OURS, "torch_loop"), [*train, *faster]),
        (Peer("Keras `fit`, JAX", OURS, "keras_fit", variables={"KERAS_BACKEND": "jax"}), [
            *train, *predictors("Keras `predict` on JAX, its default batch of 32"),
            *predictors("the same with zukan's batch of 1,024", batch_size=1024)]),
        (Peer("zukan", OURS, "whole_command"), [Job("command", options={"epochs": epochs})]),
        (Peer("PyTorch by hand, compiled", OURS, "torch_loop", {"compiled": True}), train),
        (Peer("pythae 0.1.2", OURS, "pythae_trainer"), train),
        (Peer("zukan in full float32", OURS, "ours", variables={"JAX_DEFAULT_MATMUL_PRECISION": "float32"}), train),
        *precisions(device, "dense", 64, 10, images),
    ]


def precisions(device: str, network: str, size: int, epochs: int, images: int | None = None,
               seeds: int = 1) -> list[tuple[Peer, list[Job]]]:
    """Return a peer for each precision that the device has, in a process of its own for the sake of its memory."""
    held_out = HELD_OUT if images is None else images // 6
    job = Job("precision", "precise", {"network": network, "batch_size": size, "held_out": held_out, "seeds": seeds},
              (epochs - 1,), images)
    return [(Peer(name, OURS, "ours", {"asked": name}), [job])
            for name in ("float32", "tf32", "bfloat16") if (device, name) != ("cpu", "tf32")]


def measure(peers: list[tuple[Peer, list[Job]]], sections: list[str], results: Results, device: str,
            limit: float) -> None:
    """Measure the jobs of these sections."""
    for peer, jobs in peers:
        results.measure(peer, [job for job in jobs if job.section in sections], device, limit)


def table(section: str, results: Results) -> str | None:
    """Return the text of a section from its results; None if there are none."""
    found = results.of(section)
    done = {name: result for name, result in found.items() if "missing" not in result}
    missing = {name: result["missing"] for name, result in found.items() if "missing" in result}
    if not done:
        return None
    text = {"replicas": _replicas, "command": _command, "precision": _precision}.get(section, _epochs)(
        section, done, missing)
    return f"{text}\n{_footer(done)}"


def _epochs(section: str, done: dict[str, Any], missing: dict[str, str]) -> str:
    first = next(iter(done.values()))
    names = {name: name if result["device"] == first["device"] else f"{name} (on {result['device']})"
             for name, result in done.items()}
    value, unit = "mean of the result", 1e3
    about = f"Milliseconds for `{section}` of {first['images']:,} images after the first call."
    if section in EPOCHS:
        value, unit = f"train loss after {len(first['seconds']) + 1} epochs", 1.0
        about = (f"Batch {EPOCHS[section][1]}, {first['images']:,} images, seconds per epoch, one peer after another. "
                 "Each multiplies matrices as it does by default on this device, unless the row says otherwise.")
    seconds = {names[name]: result["seconds"] for name, result in done.items()}
    values = {names[name]: result["value"] for name, result in done.items()}
    return f"{about}\n\n" + markdown.compared(seconds, values, missing, next(iter(seconds)), value, unit)


def _replicas(_: str, done: dict[str, Any], missing: dict[str, str]) -> str:
    rows = []
    for name, result in done.items():
        seconds, models = statistics.median(result["seconds"]), int(name.rpartition(" ")[2])
        rows.append([name, f"{seconds:.4g}", f"{seconds / models * 1e3:.4g}", f"{result['value']:.2f}"])
    rows += [[name, "–", "–", reason] for name, reason in missing.items()]
    head = ["models", "seconds per epoch of all", "milliseconds per epoch and model", "train loss"]
    return ("Models that train as one program, each on all images in its own order, batches of 64.\n\n"
            + markdown.table(head, rows))


def _command(_: str, done: dict[str, Any], __: dict[str, str]) -> str:
    (result,) = done.values()
    cold, warm = result["value"]["cold"], result["value"]["warm"]
    rows, before = [], {"cold": 0.0, "warm": 0.0}
    for stage, what in command.STAGES.items():
        now = {"cold": cold[0][stage], "warm": warm[0][stage]}
        rows.append([what, *(f"{now[way] - before[way]:.1f}" for way in now)])
        before = now
    rows += [["**whole command**", f"**{cold[0]['end']:.1f}**", f"**{warm[0]['end']:.1f}**"],
             ["peak memory of the process", f"{cold[1]:.2f} GiB", f"{warm[1]:.2f} GiB"]]
    return "Seconds of `zukan train`.\n\n" + markdown.table(["", "empty cache", "programs from the cache"], rows)


def _precision(_: str, done: dict[str, Any], missing: dict[str, str]) -> str:
    first = next(iter(done.values()))  # float32, unless it is missing
    seeds, rows = len(first["value"]["bounds"]), []
    for name, result in done.items():
        seconds, losses = statistics.median(result["seconds"]), [-bound for bound in result["value"]["bounds"]]
        more = statistics.mean(losses) + statistics.mean(first["value"]["bounds"])
        memory = result["value"]["memory"]
        spread = f" ({min(losses):.2f}–{max(losses):.2f})" if seeds > 1 else ""
        rows.append([name, f"{seconds:.4g}", f"{statistics.median(first['seconds']) / seconds:.2f}×",
                     f"{statistics.mean(losses):.2f}{spread}", f"{more:+.2f}",
                     "–" if memory is None else f"{memory / 2**20:,.0f} MiB"])
    rows += [[name, "–", "–", "–", "–", reason] for name, reason in missing.items()]
    about = "one seed" if seeds == 1 else f"mean of {seeds} seeds (lowest–highest)"
    head = ["precision", "seconds per epoch", "speed", "−ELBO of items held out, nats", "difference", "device memory"]
    return (f"{len(first['seconds']) // seeds + 1} epochs, {about}. By default, the device multiplies in "
            f"{first['value']['default']}.\n\n" + markdown.table(head, rows))


def _footer(done: dict[str, Any]) -> str:
    """Return a line that names the device and the versions that the peers saw, and the day."""
    versions: dict[str, str] = {}
    for result in done.values():
        versions |= result["versions"]
    packages = ", ".join(f"{name} {number}" for name, number in versions.items())
    first = next(iter(done.values()))
    return f"*{first['device']}; {packages}; {first['day']}.*\n"
