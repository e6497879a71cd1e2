"""Time the trials of a study beside the trainings in them, one after another and together.

    python -m benchmarks.tuning [--trials 8] [--epochs 10] [--items 10000] [--rounds 3]

Each search runs in a process of its own with an empty cache of compiled programs. The searches differ in `together`,
take turns, and make the same number of trials of one network (784-256-8) that differ in beta and learning rate.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import markdown

TOGETHER = (1, 4)
SEARCH = {"beta": "0.5..2:log", "learning_rate": "3e-4..3e-3:log"}


def search(folder: Path, together: int, trials: int, epochs: int, items: int) -> dict[str, float]:
    """Make the trials; return the seconds of all, and of the trainings alone."""
    from zukan.cli import cache

    os.environ["XDG_CACHE_HOME"] = str(folder)
    cache.enable()
    from zukan import data
    from zukan.devices import chosen_devices, one_per_core
    from zukan.training.recipe import Recipe
    from zukan.tuning import criteria, records, space, storage
    from zukan.tuning.trials import Search

    one_per_core()
    mnist = data.load("mnist")
    few = {"x_train": mnist.train.x[:items], "y_train": mnist.train.y[:items], "x_test": mnist.test.x[:1000]}
    recipe = Recipe(latent_dim=8, epochs=epochs, batch_size=128, likelihood="bernoulli", missing=False)
    held = criteria.with_validation(data.load(few), 0.1, 0)
    with storage.quiet():
        study = storage.open_study(folder, None, "s", "maximize", {})
    started = time.perf_counter()
    Search(study, space.parse(SEARCH, recipe), recipe, held, "bound", criteria.CRITERIA["bound"], trials, together,
           chosen_devices("all", local=True)).run()
    return {"all": time.perf_counter() - started,
            "training": sum(trial.measures["seconds"] for trial in records.records(study))}


def measure(trials: int, epochs: int, items: int, rounds: int) -> str:
    """Return the table."""
    taken: dict[int, list[dict[str, float]]] = {together: [] for together in TOGETHER}
    for _ in range(rounds):
        for together, results in taken.items():
            words = [sys.executable, "-m", "benchmarks.tuning", "--one", str(together), "--trials", str(trials),
                     "--epochs", str(epochs), "--items", str(items)]
            output = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout
            results.append(json.loads(output.splitlines()[-1]))
    base = statistics.median(result["all"] for result in taken[1])
    rows = [[str(together), f"{(seconds := statistics.median(result['all'] for result in results)):.1f}",
             f"{base / seconds:.2f}×", f"{statistics.median(r['all'] / r['training'] - 1 for r in results):.0%}"]
            for together, results in taken.items()]
    return markdown.table(["`--together`", f"seconds for {trials} trials", "speed", "beside training"], rows)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("trials", 8), ("epochs", 10), ("items", 10_000), ("rounds", 3), ("one", 0)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    if options.one:
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(search(Path(folder), options.one, options.trials, options.epochs, options.items)))
        return
    print(measure(options.trials, options.epochs, options.items, options.rounds), markdown.machine("cpu"), sep="\n")


if __name__ == "__main__":
    main()
