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
}


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
    """Return a table of all sets, and one of the measures, each a mean over the sets that all systems finished."""
    found: dict[tuple[str, str], list[dict]] = {}
    missing: dict[tuple[str, str], str] = {}
    for name in sets:
        for seed in range(rounds):
            for system in [system for system in systems if (name, system) not in missing]:
                try:
                    one = turn(system, name, seed, folder)
                except FailedError as error:
                    missing[name, system] = str(error)
                    print(f"{name} {system}: {error}", flush=True)
                    continue
                found.setdefault((name, system), []).append(one)
                print(f"{name} {system}: {one['overall']:.3f}, {one['train']:.1f} s", flush=True)
                with (folder / "turns.jsonl").open("a") as file:
                    print(json.dumps(one), file=file)
    names = [SYSTEMS[system].name for system in systems]
    rows = [[name, *(_mean(found.get((name, system), []), "overall") for system in systems),
             *(_median(found.get((name, system), []), "train") for system in systems),
             *(_median(found.get((name, system), []), "memory") for system in systems)] for name in sets]
    complete = [name for name in sets if all((name, system) in found for system in systems)]
    scores = [[SYSTEMS[system].name, *(_score(found, complete, system, measure) for measure in MEASURES),
               _mean([one for name in complete for one in found[name, system]], "overall"),
               f"{sum(statistics.median(one['train'] for one in found[name, system]) for name in complete):.0f}"]
              for system in systems]
    head = ["set", *(f"{name}, score" for name in names), *(f"{name}, s" for name in names),
            *(f"{name}, GiB" for name in names)]
    return (f"{markdown.table(head, rows)}\n\nMeans over {', '.join(complete)}, and all seconds of training:\n\n"
            f"{markdown.table(['system', *MEASURES, 'score', 'train, s'], scores)}")


def _score(found: dict, sets: list[str], system: str, measure: str) -> str:
    """Return the mean of a measure over sets that have it."""
    values = [one["scores"][measure] for name in sets for one in found[name, system]
              if one["scores"][measure] is not None]
    return f"{np.mean(values):.3f}" if values else "–"


def _mean(turns: list[dict], key: str) -> str:
    return f"{np.mean([one[key] for one in turns]):.3f}" if turns else "–"


def _median(turns: list[dict], key: str) -> str:
    return f"{statistics.median(one[key] for one in turns):.2g}" if turns else "–"


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
