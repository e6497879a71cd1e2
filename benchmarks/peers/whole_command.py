"""The command ``zukan train`` as a user runs it, with an empty cache of programs, and again with what it left there."""

from __future__ import annotations

import tempfile

from benchmarks import command


def trainer(x, epochs: int):  # noqa: ARG001 the command reads MNIST itself
    def turn():
        with tempfile.TemporaryDirectory() as cache:
            cold, warm = (command.run("--epochs", str(epochs), cache=cache) for _ in range(2))
        return [cold[0]["end"], warm[0]["end"]], {"cold": cold, "warm": warm}

    return turn
