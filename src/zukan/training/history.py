"""The history file: one row per epoch."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path
from typing import Any

import keras

from zukan import checks, files
from zukan.training import background

TERMS = ("loss", "reconstruction", "kl", "elbo", "beta")


class HistoryFile(keras.callbacks.Callback):
    """Write one row per epoch to a CSV file, in the background: the epoch, every logged term, the seconds.

    Parameters
    ----------
    path : Path
    done : int
        Number of epochs before this training. Later rows of an interrupted training are dropped.
    """

    def __init__(self, path: Path, done: int = 0) -> None:
        super().__init__()
        self.path = path
        self.rows = [row for row in read_history(path) if row["epoch"] <= done] if done else []

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Start the clock."""
        self.started = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Add a row and write the file."""
        terms = {name: float(value) for name, value in (logs or {}).items()}
        order = [*TERMS, *(f"val_{name}" for name in TERMS)]
        terms = {name: terms[name] for name in [*order, *terms] if name in terms}
        self.rows.append({"epoch": epoch + 1, **terms, "seconds": round(time.perf_counter() - self.started, 4)})
        text = io.StringIO()
        writer = csv.DictWriter(text, self.rows[0], lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(self.rows)
        background.submit(self.path.parent, files.write_text, self.path, text.getvalue())

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Wait for the file."""
        background.finish(self.path.parent)


def read_history(path: Path) -> list[dict[str, float]]:
    """Return the rows of a history file; an empty list if the file does not exist."""
    background.settle(path.parent)
    if not path.exists():
        return []
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [{name: int(value) if name == "epoch" else float(value) for name, value in row.items()}
                    for row in csv.DictReader(file)]
    except (OSError, csv.Error, ValueError, TypeError, AttributeError) as error:
        raise checks.InputError(
            f"history {str(path)!r} must hold numbers below a row of column names ({error}); restore it, or train again"
        ) from error
    missing = [name for name in ("epoch", *TERMS[:2]) if rows and name not in rows[0]]
    if missing or not rows:
        raise checks.InputError(
            f"history {str(path)!r} must hold rows with {', '.join(missing) or 'epochs'}; restore it, or train again")
    return rows
