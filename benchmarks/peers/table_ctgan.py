"""TVAE and CTGAN of the package ``ctgan``: new rows of a table.

The package refuses gaps. As SDV does around it, rdt's ``FloatFormatter`` fills them with the mean, puts gaps back at
random at the rate of the data, and keeps the digits and the range of each number.
"""

from __future__ import annotations

import time

import ctgan
import pandas as pd
import torch
from rdt.transformers import FloatFormatter


def synthesizer(path: str, model: str, kinds: dict[str, str], epochs: int):
    """Return a turn that trains from the file and writes ``count`` new rows to ``out``: the seconds of both."""
    discrete = [name for name, kind in kinds.items() if kind in {"category", "boolean"}]
    torch.set_num_threads(2)

    def turn(count: int, out: str, seed: int):
        start = time.perf_counter()
        frame = pd.read_csv(path)
        numbers = {name: FloatFormatter(missing_value_replacement="mean", missing_value_generation="random",
                                        learn_rounding_scheme=True, enforce_min_max_values=True)
                   for name in frame if name not in discrete}
        for name, formatter in numbers.items():
            frame = formatter.fit_transform(frame, name)
        synthesizer = getattr(ctgan, model)(epochs=epochs, enable_gpu=False)
        synthesizer.set_random_state(seed)
        synthesizer.fit(frame, discrete)
        trained = time.perf_counter()
        rows = synthesizer.sample(count)
        for name, formatter in numbers.items():
            rows = formatter.reverse_transform(rows.astype({name: float}))
        rows[list(kinds)].to_csv(out, index=False)
        return [trained - start, time.perf_counter() - trained], float(len(rows))

    return turn
