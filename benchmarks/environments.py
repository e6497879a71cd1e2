"""Create a virtual environment for each framework, once, in the repository (``.venv-bench-NAME``)."""

from __future__ import annotations

import subprocess
import sys
import venv
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
OURS = "zukan"  # the environment in which this runs
NEEDS = {
    "tensorflow": {"cpu": ["keras==3.15.1", "tensorflow-cpu==2.21.0"],
                   "gpu": ["keras==3.15.1", "tensorflow[and-cuda]==2.21.0"]},
    "torch": {"cpu": ["keras==3.15.1", "torch==2.13.0"], "gpu": ["keras==3.15.1", "torch==2.13.0"]},
    "ctgan": {"cpu": ["ctgan==0.12.1", "torch==2.13.0"]},
    "tables": {"cpu": ["vega_datasets==0.9.0", "statsmodels==0.15.0", "scikit-learn==1.9.1", "pillow==12.2.0"]},
    "pythae": {"cpu": ["pythae==0.1.2", "torch==2.13.0"], "gpu": ["pythae==0.1.2", "torch==2.13.0"]},
}


class NotInstalledError(RuntimeError):
    """An environment could not be created; the text says why."""


@cache
def python(name: str, device: str) -> Path:
    """Return the Python interpreter of environment ``name``, which is created if it does not exist."""
    if name == OURS:
        return Path(sys.executable)
    folder = ROOT / f".venv-bench-{name}"
    interpreter = folder / "bin" / "python"
    ready = folder / f"ready-{device}"
    if not ready.exists():
        print(f"creating {folder.name}: {' '.join(NEEDS[name][device])}", flush=True)
        venv.create(folder, with_pip=True, clear=True)
        done = subprocess.run([interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                               *NEEDS[name][device]], capture_output=True, text=True, check=False)
        if done.returncode:
            raise NotInstalledError(next(iter(done.stderr.strip().splitlines()[-1:]), "pip failed"))
        ready.touch()
    return interpreter
