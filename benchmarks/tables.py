"""Train each system on tables, draw as many new rows as it was trained on, and measure them.

    python -m benchmarks.tables [--sets cars ...] [--systems zukan tvae ...] [--rounds 3] [--results DIR] [--write]

Every turn is a new process on two cores, and the systems take turns in each round. The seconds are those from the CSV
file to the trained model, and from it to the CSV file of new rows; imports do not count. Seed and rows differ by round.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import data_sets, markdown, table_files
from benchmarks.environments import OURS
from benchmarks.processes import FailedError, Peer, Process
from zukan.evaluation.tables.quality import MEASURES, quality
from zukan.training.presets import preset_fields

EPOCHS = 300  # the default of ctgan
FIELDS = preset_fields("table")  # of zukan's recipe, the same for every set
SYSTEMS = {
    "zukan": Peer("zukan", OURS, "table_zukan", {"fields": FIELDS}),
    "tvae": Peer("TVAE", "ctgan", "table_ctgan", {"model": "TVAE", "epochs": EPOCHS}),
    "ctgan": Peer("CTGAN", "ctgan", "table_ctgan", {"model": "CTGAN", "epochs": EPOCHS}),
    "tvae-equal": Peer("TVAE, zukan's epochs", "ctgan", "table_ctgan", {"model": "TVAE", "epochs": FIELDS["epochs"]}),
    "ctgan-equal": Peer("CTGAN, zukan's epochs", "ctgan", "table_ctgan",
                        {"model": "CTGAN", "epochs": FIELDS["epochs"]}),
}
HEAD = ["system", "train, s", "sample, s", "peak GiB", *MEASURES, "mean"]


def turn(system: str, name: str, seed: int, folder: Path) -> dict[str, Any]:
    """Train a system on a set and measure new rows, which stay in ``folder``."""
    schema, (train, test) = table_files.schema(name), data_sets.paths(name)
    real = table_files.read(train, schema)
    out = folder / f"{name}-{system}-{seed}.csv"
    kinds = dict(zip(schema.names, schema.kinds, strict=True))
    process = Process(SYSTEMS[system], "synthesizer", "cpu", data=train, kinds=kinds)
    try:
        (training, sampling), _ = process.turn(len(real), str(out), seed)
        memory = process.peak_memory()
    finally:
        process.close()
    found = quality(schema, real, table_files.read(test, schema), table_files.read(out, schema),
                    target=data_sets.SETS[name].target, seed=0)
    return {"set": name, "system": system, "seed": seed, "train": training, "sample": sampling, "memory": memory,
            **found}


def measure(sets: list[str], systems: list[str], rounds: int, folder: Path) -> str:
    """Return a table for each set, and one of the means over the sets."""
    texts, means = [], {system: [] for system in systems}
    for name in sets:
        found: dict[str, list[dict]] = {system: [] for system in systems}
        missing: dict[str, str] = {}
        for seed in range(rounds):
            for system in [system for system in systems if system not in missing]:
                try:
                    found[system].append(turn(system, name, seed, folder))
                except FailedError as error:
                    missing[system] = str(error)
                    continue
                with (folder / "turns.jsonl").open("a") as file:
                    print(json.dumps(found[system][-1]), file=file)
        rows = [[SYSTEMS[system].name, missing[system], *["–"] * (len(HEAD) - 2)] if system in missing else
                _row(SYSTEMS[system].name, found[system]) for system in systems]
        texts.append(f"**{name}**\n\n{markdown.table(HEAD, rows)}")
        print(f"\n{texts[-1]}", flush=True)
        for system in set(systems) - set(missing):
            means[system].append(np.mean([one["overall"] for one in found[system]]))
    complete = [[SYSTEMS[system].name, f"{np.mean(means[system]):.3f}"] for system in systems
                if len(means[system]) == len(sets)]
    return "\n".join([*texts, f"**Mean over {len(sets)} sets**\n", markdown.table(["system", "mean"], complete)])


def _row(name: str, found: list[dict]) -> list[str]:
    """Return medians of seconds, the highest memory, and mean scores."""
    scores = [[one["scores"][measure] for one in found if one["scores"][measure] is not None] for measure in MEASURES]
    return [name, *(f"{statistics.median(one[key] for one in found):.3g}" for key in ("train", "sample")),
            f"{max(one['memory'] for one in found):.2f}",
            *(f"{np.mean(values):.3f}" if values else "–" for values in scores),
            f"{np.mean([one['overall'] for one in found]):.3f}"]


def main() -> None:
    """Measure, and write the tables into docs/performance.md if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", nargs="*", choices=list(data_sets.SETS), default=list(data_sets.SETS))
    parser.add_argument("--systems", nargs="*", choices=list(SYSTEMS), default=list(SYSTEMS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--results", type=Path, metavar="DIR", help="keep the rows, and a line of JSON for each turn")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/performance.md")
    options = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])  # two cores for every system
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.results or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        text = measure(options.sets, options.systems, options.rounds, folder)
    markdown.put("tables", f"{text}\n{markdown.machine('cpu')}", write=options.write)


if __name__ == "__main__":
    main()
