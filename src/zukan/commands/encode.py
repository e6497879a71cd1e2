"""Write the codes of a data set."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from keras import ops

from zukan.commands import output
from zukan.evaluation.latent import dimension_name
from zukan.runs import Run
from zukan.runs.data import read_items


def encode(path: str | Path, data: Any, out: str | Path, *, sample: bool = False, seed: int = 0,
           log: Callable[[str], None] = lambda _: None) -> tuple[int, ...]:
    """Write the codes of all items of ``data`` to a table, and return their shape ``(n, latent_dim)``.

    Parameters
    ----------
    path : path
        The run folder.
    data : str, path, array, mapping or tuple
        A source for `zukan.data.load`.
    out : path
        A ``.csv`` or ``.parquet`` file with the columns ``item`` (the file name, or the row number in the source, from
        0), ``z1``, ``z2``, … and, if the data has labels, ``label``; or an ``.npz`` file with the arrays ``item``,
        ``z`` and ``label``. Discrete pieces of z have columns with whole numbers, ``code1``, ``code2``, …, in place of
        their columns ``z``; an ``.npz`` file has the array ``codes`` beside ``z``.
    sample : bool
        Sample z from q(z|x) instead of taking the mean.
    seed : int
        Seed of the samples.
    log : callable
        Called with each note on how ``data`` was read.
    """
    out = Path(out)
    output.check_ending(out, output.TABLES)
    run = Run.open(path)
    items = read_items(run, data, log)
    z = run.model.encode(items.x, condition=items.condition, sample=sample, seed=seed)
    arrays = {"item": items.ids, "z": z}
    layout = run.model.shapes.layout
    choices = np.repeat([piece.choices for piece in layout], [piece.size for piece in layout])
    columns = {dimension_name(int(i)): z[:, i] for i in np.flatnonzero(choices == 0)}
    if choices.any():
        codes = ops.convert_to_numpy(run.model.posterior.codes(ops.convert_to_tensor(z)))
        arrays["codes"] = codes
        columns |= {f"code{i + 1}": codes[:, i] for i in range(codes.shape[1])}
    label = {} if items.labels is None else {"label": items.labels}
    output.write_table(out, {"item": items.ids} | columns | label, arrays=arrays | label)
    return z.shape
