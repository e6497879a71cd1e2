"""Hide cells of tables, let each system fill them, and measure the error.

    python -m benchmarks.imputation [--sets breast ...] [--systems zukan ...] [--gaps 0.5 ...] [--rounds 5] [--write]

As in the experiment of MIWAE's authors (arXiv:1812.02633): the cells to hide are chosen at random in the whole table
without its target; a system is trained on the rows with their gaps and fills the same rows once; an error of numbers is
the squared error in units of the variance of its column, averaged over all hidden cells; each round hides other cells.
An error of levels is the share of the hidden cells with another level.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path

import numpy as np

from benchmarks import data_sets, markdown, table_files
from benchmarks.environments import OURS
from benchmarks.processes import FailedError, Peer, Process
from zukan.data.tables.schema import Schema
from zukan.training.presets import preset_fields

SETS = [name for name in data_sets.SETS if not name.startswith("mnist")]
FIELDS = preset_fields("gaps")  # of zukan's recipe, the same for every set
SYSTEMS = {
    "zukan": Peer("zukan", OURS, "table_zukan", {"fields": FIELDS}),
    "mean": Peer("mean", OURS, "table_imputers", {"method": "mean"}),
    "knn": Peer("KNNImputer", OURS, "table_imputers", {"method": "knn"}),
    "iterative": Peer("IterativeImputer", OURS, "table_imputers", {"method": "iterative"}),
    "iterative-levels": Peer("IterativeImputer, a column per level", OURS, "table_imputers",
                             {"method": "iterative-levels"}),
    "forest": Peer("missForest-style", OURS, "table_imputers", {"method": "forest"}),
}


def hidden(raw: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Return which of the cells are hidden, shape (n, d): a share of those that have a value."""
    there = np.flatnonzero(~np.isnan(raw))
    chosen = np.random.default_rng(seed).choice(there, int(len(there) * share), replace=False)
    result = np.zeros(raw.size, bool)
    result[chosen] = True
    return result.reshape(raw.shape)


def errors(schema: Schema, truth: np.ndarray, filled: np.ndarray, cells: np.ndarray) -> dict[str, float]:
    """Return the mean error of the hidden cells of numbers, and of levels; NaN without such columns."""
    if np.isnan(filled[cells]).any():
        raise FailedError("it left gaps")
    levels = np.array([kind in {"category", "boolean"} for kind in schema.kinds])
    wrong = np.rint(filled) != np.rint(truth)
    squared = ((filled - truth) / np.nanstd(truth, axis=0)) ** 2
    return {"numbers": float(squared[cells & ~levels].mean()) if not levels.all() else np.nan,
            "levels": float(wrong[cells & levels].mean()) if levels.any() else np.nan}


def turn(peer: Peer, name: str, share: float, seed: int) -> dict[str, float]:
    """Let a system fill the gaps of a set once; return its errors, seconds and peak memory in GiB."""
    schema = table_files.schema(name, target=False)
    truth = np.concatenate([table_files.read(path, schema) for path in data_sets.paths(name)])
    cells = hidden(truth, share, seed)
    with tempfile.TemporaryDirectory() as folder:
        gaps, out = Path(folder) / "gaps.csv", Path(folder) / "filled.csv"
        table_files.write(np.where(cells, np.nan, truth), schema, gaps)
        process = Process(peer, "imputer", "cpu", data=gaps, name=name)
        try:
            (seconds,), _ = process.turn(str(out), seed)
            memory = process.peak_memory()
        finally:
            process.close()
        return {**errors(schema, truth, table_files.read(out, schema), cells), "seconds": seconds, "memory": memory}


def measure(sets: list[str], systems: list[str], shares: list[float], rounds: int, results: Path | None) -> str:
    """Return the table; each system takes its turn in every round."""
    rows = []
    for name in sets:
        for share in shares:
            found: dict[str, list[dict]] = {system: [] for system in systems}
            missing = {}
            for seed in range(rounds):
                for system in [system for system in systems if system not in missing]:
                    try:
                        found[system].append(turn(SYSTEMS[system], name, share, seed))
                    except FailedError as error:
                        missing[system] = str(error)
                        continue
                    if results is not None:
                        record = {"set": name, "gaps": share, "system": system, "seed": seed, **found[system][-1]}
                        with (results / "imputation.jsonl").open("a") as file:
                            print(json.dumps(record), file=file)
            rows += [_row(name, share, SYSTEMS[system].name, found[system], missing.get(system)) for system in systems]
            print(*(f"| {' | '.join(row)} |" for row in rows[-len(systems):]), sep="\n", flush=True)
    return markdown.table(["set", "gaps", "system", "error of numbers", "error of levels", "seconds", "peak GiB"], rows)


def _row(name: str, share: float, system: str, found: list[dict], missing: str | None) -> list[str]:
    start = [name, f"{share:.0%}", system]
    if missing is not None:
        return [*start, missing, "–", "–", "–"]
    values = {key: np.array([one[key] for one in found]) for key in found[0]}
    error = [f"{values[kind].mean():.3f} ± {values[kind].std():.3f}" if not np.isnan(values[kind]).any() else "–"
             for kind in ("numbers", "levels")]
    return [*start, *error, f"{np.median(values['seconds']):.2f}", f"{values['memory'].max():.2f}"]


def main() -> None:
    """Measure, and write the table into docs/performance.md if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", nargs="*", choices=SETS, default=SETS)
    parser.add_argument("--systems", nargs="*", choices=list(SYSTEMS), default=list(SYSTEMS))
    parser.add_argument("--gaps", nargs="*", type=float, default=[0.1, 0.3, 0.5])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--results", type=Path, help="a folder to which each turn is written as a line of JSON")
    parser.add_argument("--write", action="store_true", help="write the table into docs/performance.md")
    options = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])  # two cores for every system
    if options.results:
        options.results.mkdir(parents=True, exist_ok=True)
    text = measure(options.sets, options.systems, options.gaps, options.rounds, options.results)
    markdown.put("imputation", f"{text}\n{markdown.machine('cpu')}", write=options.write)


if __name__ == "__main__":
    main()
