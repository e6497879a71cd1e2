"""Show the explorer of a run in the browser, or write it to a folder."""

from __future__ import annotations

import tempfile
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from zukan import checks, explorer
from zukan.runs import Run
from zukan.runs.data import reload


def explore(path: str | Path, other: str | Path | None = None, *, export: str | Path | None = None, port: int = 0,
            browser: bool = True, metadata: Any = None, key: str | None = None,
            log: Callable[[str], None] = lambda _: None) -> None:
    """Show the latent space of a finished run in the browser until Ctrl-C, or write that page to a folder.

    Parameters
    ----------
    path : path
        The run folder.
    other : path, optional
        The folder of another run on the same data. The page then shows both maps, linked item by item.
    export : path, optional
        A new or empty folder for the page, which any web server can serve; zukan then serves nothing itself.
    port : int, default 0
        Port on this machine; 0 for any free port.
    browser : bool, default True
        Open the page in the browser.
    metadata : path, data frame or mapping, optional
        Columns of the items that the page colors by, filters, searches and lists; see `zukan.explorer.read_metadata`.
    key : str, optional
        The column of ``metadata`` that names the items, by their file names or their rows in the data. By default it is
        the column ``item``, or the index; a table without any is joined row by row.
    log : callable
        Called with a line of text when a stage begins, and with the address.

    Raises
    ------
    zukan.InputError
        If a run is not finished, the two runs were trained on different data, a layer cannot be exported, the port is
        taken or is given together with ``export``, ``export`` cannot be written, or ``metadata`` does not fit the
        items.
    """
    runs = [Run.open(each) for each in (path, other) if each is not None]
    explorer.check_page()
    if export is not None:
        if port:
            raise checks.InputError(
                f"port must not be given together with export, which serves nothing, got {port}; give one of the two")
        explorer.check_free(Path(export))
        _build(runs, Path(export), metadata, key, log)
        return
    with (explorer.Server(port) as server, explorer.signals_as_ctrl_c(),
          tempfile.TemporaryDirectory(prefix="zukan-") as folder):
        _build(runs, Path(folder) / "explorer", metadata, key, log)
        server.publish(Path(folder) / "explorer")
        log(f"Open {server.url} in a browser on this machine; Ctrl-C ends it")
        if browser:  # in a thread: a text browser returns only when its user quits
            threading.Thread(target=webbrowser.open, args=(server.url,), daemon=True).start()
        server.serve()


def _build(runs: list[Run], folder: Path, metadata: Any, key: str | None, log: Callable[[str], None]) -> None:
    for run in runs:
        _ = run.model, run.metrics  # an unfinished run fails here, before its data is read
    read = []
    for run in runs:
        log(f"Reading {run.source}")
        dataset = reload(run)
        read.append((run, dataset, explorer.read_metadata(metadata, dataset, key, log)))
    (run, data, extra), *others = read
    explorer.build(run, data, folder, log, extra, other=others[0] if others else None)
