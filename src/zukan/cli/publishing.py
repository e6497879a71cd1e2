"""Commands that present a trained model: ``report``, ``export`` and ``explore``."""

from __future__ import annotations

from pathlib import Path

from zukan.cli import options
from zukan.cli.printing import make_console, print_result


def report(run: options.RunFolder, /, *, plugin: options.Plugins = None) -> None:
    """Evaluate a trained RUN again, and rewrite its figures and index.html."""
    from zukan import commands  # noqa: PLC0415

    options.prepare(plugin)
    console = make_console()
    print_result(commands.report(run, log=console.print), console)


def export(run: options.RunFolder, /, *, out: options.Out, plugin: options.Plugins = None) -> None:
    """Write the networks of RUN as encoder.onnx and decoder.onnx, and compare them with Keras.

    Parameters
    ----------
    out
        The folder for the files.
    """
    from zukan import commands  # noqa: PLC0415
    from zukan.export import comparison  # noqa: PLC0415

    options.prepare(plugin)
    console = make_console()
    for name, difference in commands.export(run, out).items():
        console.print(f"{out / name}: {comparison(difference)}")


def explore(run: options.RunFolderOrDemo = None, other: options.OtherRun = None, /, *, demo: bool = False,
            export: Path | None = None, port: options.Whole = 0, browser: bool = True, metadata: Path | None = None,
            key: str | None = None, plugin: options.Plugins = None) -> None:
    """Explore the latent space of RUN in a browser, or the maps of RUN and OTHER side by side.

    Parameters
    ----------
    demo
        Explore a run that is part of zukan, before any training: RUN is map (the default) or
        sharp.
    export
        Write the page to this new folder instead of serving it. It works on any web server, without Python.
    port
        Port on this machine; 0 for any free port.
    browser
        Open the page in the browser.
    metadata
        A CSV or Parquet file, or another table, with more about the items: the page colors, filters, searches and lists
        them by its columns.
    key
        The column of --metadata that names the items, by file name or by row from 0. By default it is the column item,
        or the index; a table without any is joined row by row.
    """
    from zukan import commands  # noqa: PLC0415

    options.prepare(plugin)
    console = make_console()
    paths = [options.chosen_run(run, demo=demo), *(() if other is None else [options.chosen_run(other, demo=demo)])]
    commands.explore(*paths, export=export, port=port, browser=browser, metadata=metadata, key=key, log=console.print)
    console.print("Stopped." if export is None else f"Wrote {export}: index.html and its files, for any web server")
