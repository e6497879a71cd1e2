"""The explorer as a notebook widget, which sends the page each file that the page requests."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from zukan import checks
from zukan.explorer import bundle, coloring, pair, site
from zukan.explorer.metadata import read_metadata
from zukan.runs import Run
from zukan.runs.data import reload

try:
    import anywidget
    import traitlets
except ImportError as missing:
    raise checks.not_installed("the widget", "anywidget", "widget") from missing

from zukan.explorer.selection import Selection


class Explorer(anywidget.AnyWidget):
    """The latent space of a run as an interactive widget for Jupyter and other notebooks.

    Parameters
    ----------
    run : Run or path
        Finished.
    other : Run or path, optional
        Another finished run on the same data, whose map is shown beside, linked item by item; as `compare` does.
    height : int, default 720
        In CSS pixels.
    metadata : path, data frame or mapping, optional
        Columns of the items that the page colors by, filters, searches and lists; see `zukan.explorer.read_metadata`.
    key : str, optional
        The column of ``metadata`` that names the items.
    color_by : str or array-like, optional
        What colors the points. "class", "score", "density", or the name of a column of the run's table or of
        ``metadata``; or an array, shape (rows,), with a value for each row of the source. Text and categories get a
        color each; numbers, booleans and dates are read as in a table. NaN and None are missing. By default the class
        or, without one, the density.

    Attributes
    ----------
    selection : int64 array, shape (selected,)
        The rows of the selected items in the source, counted from 0. It changes with the page, and the page
        with it. ``explorer.observe(function, "selection")`` calls a function after each change.
    color_by
        The parameter; it can be assigned again. What is chosen on the page does not change it.

    Raises
    ------
    zukan.InputError
        If a run is not finished, the two runs were trained on different data, a layer cannot be exported, the package
        anywidget or onnx is not installed, ``selection`` holds a row of no item, or ``metadata`` or ``color_by`` does
        not fit the items.

    Examples
    --------
    >>> run = zukan.demo()
    >>> explorer = zukan.explorer.Explorer(run)
    >>> explorer.selection = [3, 5, 8]
    """

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)
    height = traitlets.Int(720).tag(sync=True)
    selection = Selection()
    _colors = traitlets.Dict().tag(sync=True)

    def __init__(self, run: Run | str | Path, other: Run | str | Path | None = None, *, height: int = 720,
                 metadata: Any = None, key: str | None = None, color_by: Any = None) -> None:
        height = checks.integer("height", height)
        runs = [each if isinstance(each, Run) else Run.open(each) for each in (run, other) if each is not None]
        site.check_page()
        data = [reload(each) for each in runs]
        extra = [read_metadata(metadata, each, key) for each in data]
        self._items = coloring.Items.of(runs[0].model, data[0], extra[0])
        colors = {} if color_by is None else coloring.colors(color_by, self._items)
        folder = Path(tempfile.mkdtemp(prefix="zukan-"))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        if other is None:
            bundle.write(runs[0], data[0], folder, extra=extra[0])
        else:
            pair.write((runs[0], runs[1]), (data[0], data[1]), folder, extra=(extra[0], extra[1]))
        # The page can read these files and no others, even if it sends another path.
        self._files = site.listing(site.PAGE) | site.listing(folder)
        assets = site.PAGE / "assets"
        super().__init__(_esm=(assets / "explorer.js").read_text("utf-8"),
                         _css=(assets / "explorer.css").read_text("utf-8"), height=height, _colors=colors)
        self.on_msg(self._answer)
        self._chosen = color_by

    @property
    def rows(self) -> npt.NDArray[np.int64]:
        """The row of each item in the source, training items first, shape (count,)."""
        return self._items.rows

    @property
    def color_by(self) -> Any:
        """What colors the points, as it was assigned."""
        return self._chosen

    @color_by.setter
    def color_by(self, value: Any) -> None:
        self._colors = coloring.colors(value, self._items)
        self._chosen = value

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


def compare(run: Run | str | Path, other: Run | str | Path, *, height: int = 720, color_by: Any = None) -> Explorer:
    """Show the maps of two runs on the same data side by side, linked item by item.

    The items are joined by their rows in the source, so the runs may have different splits. What one map shows of an
    item, a selection or a class, the other one shows too.

    Parameters
    ----------
    run, other : Run or path
        Finished.
    height, color_by
        As for `Explorer`.

    Returns
    -------
    Explorer
        Its ``selection`` holds rows of the source, which are the same for both runs.

    Raises
    ------
    zukan.InputError
        If the runs were trained on different data, or for the reasons of `Explorer`.

    Examples
    --------
    >>> zukan.explorer.compare(zukan.demo("map"), zukan.demo("sharp"))
    """
    return Explorer(run, other, height=height, color_by=color_by)
