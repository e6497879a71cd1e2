"""Run the jobs of one peer in this process, one after another: ``python -m benchmarks.peers.jobs``.

Its arguments are the peer's module, the jobs as JSON (see `benchmarks.results.Job`), the file of MNIST and the file of
results. After each job a
line of JSON is added to the results, so what is measured stays.
"""

from __future__ import annotations

import datetime
import importlib
import json
import os
import sys
import traceback
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from benchmarks.machine import processor

PACKAGES = ("keras", "jax", "torch", "pythae")


def device() -> str:
    """Return the name of the device that the framework of this process uses."""
    torch = sys.modules.get("torch")
    if torch is not None and os.environ.get("KERAS_BACKEND", "torch") == "torch":
        return torch.cuda.get_device_name() if torch.cuda.is_available() else processor()
    import jax

    return processor() if jax.default_backend() == "cpu" else jax.devices()[0].device_kind


def versions() -> dict[str, str]:
    """Return the versions of the packages that this process has imported."""
    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for name in PACKAGES:
        if name in sys.modules:
            try:
                found[name] = version(name)
            except PackageNotFoundError:
                continue
    return found


def run(module, job: dict, x) -> dict:
    """Return what a job measured, or why it could not."""
    x = x[: job["images"]]
    try:
        turn = getattr(module, job["function"])(x, **job["options"])
        if job["warm"]:
            turn(*job["arguments"])
        seconds, value = turn(*job["arguments"])
    except Exception as error:  # noqa: BLE001 the other jobs go on
        traceback.print_exc()
        return {"missing": f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error) else ''}"}
    return {"seconds": seconds, "value": value, "device": device(), "versions": versions(), "images": len(x),
            "day": f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}"}


def main() -> None:
    name, jobs, data, file = sys.argv[1:]
    with np.load(data) as arrays:
        x = arrays["x_train"].astype("float32")[..., None] / 255
    module = importlib.import_module(f"benchmarks.peers.{name}")
    for job in json.loads(jobs):
        result = {"section": job["section"], "peer": job["name"], **run(module, job, x)}
        with Path(file).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
