"""Run one peer in this process: ``python -m benchmarks.peers MODULE FUNCTION DATA OPTIONS``.

DATA is the file of MNIST, whose images the peer gets, or a table, whose path it gets. Prints ``ready`` when the peer is
built, then answers each line of JSON (the arguments of a turn) with a line of JSON.
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
    options = json.loads(options)
    if data.endswith(".npz"):
        with np.load(data) as arrays:
            data = arrays["x_train"][: options.pop("images", None)].astype("float32")[..., None] / 255
    turn = getattr(importlib.import_module(f"benchmarks.peers.{module}"), function)(data, **options)
    print('"ready"', file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(turn(*json.loads(line))), file=answers, flush=True)


main()
