"""Run one peer in this process: ``python -m benchmarks.peers MODULE FUNCTION DATA OPTIONS``.

Prints ``ready`` when the peer is built, then answers each line of JSON (the arguments of a turn) with a line of JSON.
"""

from __future__ import annotations

import importlib
import json
import os
import sys

import numpy as np


def main() -> None:
    module, function, data, options = sys.argv[1:]
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a framework prints goes to stderr; stdout is for answers only
    with np.load(data) as arrays:
        x = arrays["x_train"]
    options = json.loads(options)
    x = x[: options.pop("images", None)].astype("float32")[..., None] / 255
    turn = getattr(importlib.import_module(f"benchmarks.peers.{module}"), function)(x, **options)
    print('"ready"', file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(turn(*json.loads(line))), file=answers, flush=True)


main()
