"""zukan on a table: new rows, and gaps filled."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import zukan
from benchmarks import table_files
from zukan.commands.impute import impute
from zukan.commands.sample import sample

HELD_OUT = 1  # row of the file, so that all others are trained on


class Trained:
    """A run, and the seconds from the file to the trained model: its evaluation and its report do not count."""

    def __init__(self, path: str, folder: str, seed: int, kinds: dict[str, str], fields: dict) -> None:
        start = time.perf_counter()
        self.seconds = 0.0

        def log(line: str) -> None:
            if line.startswith("Measuring") and not self.seconds:
                self.seconds = time.perf_counter() - start

        with Path(path).open(encoding="utf-8") as file:
            rows = sum(1 for _ in file) - 1
        self.run = zukan.train(path, out=Path(folder) / "run", seed=seed, columns=kinds, test_fraction=HELD_OUT / rows,
                               rare_levels=1, log=log, **fields)


def synthesizer(path: str, kinds: dict[str, str], fields: dict, prior: str | None = None):
    """Return a turn that trains from the file and writes ``count`` new rows to ``out``: the seconds of both."""
    def turn(count: int, out: str, seed: int):
        with tempfile.TemporaryDirectory() as folder:
            trained = Trained(path, folder, seed, kinds, fields)
            start = time.perf_counter()
            sample(trained.run.path, out, count=count, prior=prior, seed=seed)
            return [trained.seconds, time.perf_counter() - start], float(count)

    return turn


def imputer(path: str, name: str, fields: dict):
    """Return a turn that trains on the file with its gaps, fills them and writes it to ``out``: the seconds."""
    schema = table_files.schema(name, target=False)
    kinds = dict(zip(schema.names, schema.kinds, strict=True))

    def turn(out: str, seed: int):
        with tempfile.TemporaryDirectory() as folder:
            trained = Trained(path, folder, seed, kinds, fields)
            start = time.perf_counter()
            impute(trained.run.path, path, out, seed=seed)
            return [trained.seconds + time.perf_counter() - start], 0.0

    return turn
