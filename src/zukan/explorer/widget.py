"""The explorer as a notebook widget, which sends the page each file that the page requests."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zukan import checks
from zukan.explorer import bundle, site
from zukan.explorer.metadata import read_metadata
from zukan.runs import Run
from zukan.runs.data import reload

try:
    import anywidget
    import traitlets
except ImportError as missing:
    raise checks.not_installed("the widget", "anywidget", "widget") from missing


class Explorer(anywidget.AnyWidget):
    """The latent space of a run as an interactive widget for Jupyter and other notebooks.

    Parameters
    ----------
    run : Run or path
        Finished.
    height : int, default 720
        In CSS pixels.
    metadata : path, data frame or mapping, optional
        Columns of the items that the page colors by, filters, searches and lists; see `zukan.explorer.read_metadata`.
    key : str, optional
        The column of ``metadata`` that names the items.

    Raises
    ------
    zukan.InputError
        If the run is not finished, a layer cannot be exported, the metadata does not fit, or the package anywidget or
        onnx is not installed.

    Examples
    --------
    >>> run = zukan.demo()
    >>> zukan.explorer.Explorer(run)
    """

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)
    height = traitlets.Int(720).tag(sync=True)

    def __init__(self, run: Run | str | Path, *, height: int = 720, metadata: Any = None,
                 key: str | None = None) -> None:
        height = checks.integer("height", height)
        run = run if isinstance(run, Run) else Run.open(run)
        site.check_page()
        folder = Path(tempfile.mkdtemp(prefix="zukan-"))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        dataset = reload(run)
        bundle.write(run, dataset, folder, extra=read_metadata(metadata, dataset, key))
        # The page can read these files and no others, even if it sends another path.
        self._files = site.listing(site.PAGE) | site.listing(folder)
        assets = site.PAGE / "assets"
        super().__init__(_esm=(assets / "explorer.js").read_text("utf-8"),
                         _css=(assets / "explorer.css").read_text("utf-8"), height=height)
        self.on_msg(self._answer)

    def _answer(self, _: Any, content: Any, __: Any) -> None:
        """Send the file that the page requests with ``{"kind": "read", "path": "data/means.f32"}``."""
        if not isinstance(content, Mapping) or content.get("kind") != "read":
            return
        path = content.get("path")
        file = self._files.get(path) if isinstance(path, str) else None
        try:
            data = None if file is None else file.read_bytes()
        except OSError:
            data = None
        if data is None:
            self.send({"kind": "missing", "path": path})
        else:
            self.send({"kind": "file", "path": path}, buffers=[data])
