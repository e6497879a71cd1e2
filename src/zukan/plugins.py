"""A user's own parts: from files named on the command line, and from installed packages.

A package names its modules in the entry-point group ``zukan.parts``. Nothing that a run folder or a model file holds
causes an import.
"""

from __future__ import annotations

import importlib.util
import sys
from importlib.metadata import entry_points
from pathlib import Path

from zukan import checks

GROUP = "zukan.parts"
_loaded: dict[str, str] = {}  # names by place: the path of a file, or the value of an entry point


def loaded() -> list[str]:
    """Return the names of the files and entry points that were imported."""
    return list(_loaded.values())


def load_file(path: Path) -> None:
    """Import a Python file, which registers parts; a file that was imported before is skipped.

    Raises
    ------
    zukan.InputError
        If the file does not exist, or raises an error.
    """
    place = str(path.resolve())
    if place in _loaded:
        return
    if path.suffix != ".py" or not path.is_file():
        raise checks.InputError(f"plugin must be a Python file that exists, got {str(path)!r}; check the path")
    name = f"zukan_plugin_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None  # noqa: PT018, S101 true for every .py file
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise checks.InputError(f"plugin {str(path)!r} cannot be imported: {_reason(error)}; correct it") from error
    _loaded[place] = path.name


def load_installed() -> None:
    """Import the modules that installed packages name in the entry-point group, unless that was done before.

    Raises
    ------
    zukan.InputError
        If one of them raises an error.
    """
    for entry in entry_points(group=GROUP):
        if entry.value in _loaded:
            continue
        try:
            entry.load()
        except Exception as error:
            package = entry.dist.name if entry.dist else entry.value
            raise checks.InputError(
                f"the parts {entry.name!r} of the package {package} cannot be imported: {_reason(error)}; update or "
                f"uninstall it") from error
        _loaded[entry.value] = entry.name


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, checks.InputError) else f"{type(error).__name__}: {error}"
