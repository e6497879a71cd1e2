"""One peer in its own process: ``python -m benchmarks.peers MODULE FUNCTION DATA OPTIONS``.

Says ``ready`` when everything is built, then answers each line of JSON (a turn's arguments) with a line of JSON.
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
    os.dup2(2, 1)  # whatever a framework prints goes to stderr: stdout is for answers
    with np.load(data) as arrays:
        x = arrays["x_train"]
    given = json.loads(options)
    x = x[: given.pop("images", None)].astype("float32")[..., None] / 255
    turn = getattr(importlib.import_module(f"benchmarks.peers.{module}"), function)(x, **given)
    print('"ready"', file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(turn(*json.loads(line))), file=answers, flush=True)


main()
