"""Export a run's networks to ONNX."""

from __future__ import annotations

import json
from pathlib import Path

from zukan.export import write
from zukan.runs import Run


def export(path: str | Path, out: str | Path) -> dict[str, float | None]:
    """Write ``encoder.onnx`` and ``decoder.onnx`` into folder ``out``, and compare them with Keras.

    The metadata of the files holds, as JSON, the ``scaling`` of the data (the networks take ``(x - offset) / factor``)
    and the ``columns`` of a table, each with its kind, levels and scaling.

    Parameters
    ----------
    path : path
        The run folder.
    out : path

    Returns
    -------
    dict
        The largest difference from Keras by file name, as `zukan.export.write` returns it.

    Raises
    ------
    zukan.InputError
        If the run is not finished, or a network cannot be exported.
    """
    run = Run.open(path)
    record = {name: run.environment.get(name) for name in ("scaling", "columns")}
    return write(run.model, out, {name: json.dumps(value) for name, value in record.items() if value is not None})
