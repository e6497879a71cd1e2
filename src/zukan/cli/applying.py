"""Commands that apply a trained model: encode, reconstruct, sample, interpolate, score and impute."""

from __future__ import annotations

from pathlib import Path

from zukan.cli import options
from zukan.cli.printing import make_console


def encode(run: options.RunFolder, data: options.Data, /, *, out: options.Out, sample: bool = False,
           seed: options.Seed = 0, plugin: options.Plugins = None, group: options.Processes = None) -> None:
    """Write the codes of DATA, one row per item; training items come before test items.

    Parameters
    ----------
    out
        A .npz, .csv or .parquet file: the file name or row number of each item, and its code z1, z2, …
    sample
        Sample from q(z|x) instead of taking the mean.
    """
    from zukan import commands  # noqa: PLC0415

    with options.together(group, plugin, splits=True) as console:
        items, dimensions = commands.encode(run, data, out, sample=sample, seed=seed, log=console.print)
        console.print(f"{out}: {items:,} codes of {dimensions} dimensions")


def reconstruct(run: options.RunFolder, data: options.DataOrTestItems = None, /, *,
                out: options.Out = Path("reconstructions.png"), count: options.Whole = 10,
                seed: options.Seed = 0, plugin: options.Plugins = None, group: options.Processes = None) -> None:
    """Draw items and their reconstructions, from the mean of q(z|x) and from a sample.

    Parameters
    ----------
    out
        A .png picture, a .gif that shows one item after another, or a .csv, .npz or .parquet file of reconstructions in
        the units of the data.
    count
        Number of items: a few of each class in a picture, the first ones in a table.
    """
    from zukan import commands  # noqa: PLC0415

    with options.together(group, plugin, splits=True) as console:
        commands.reconstruct(run, data, out, count=count, seed=seed, log=console.print)
        console.print(str(out))


def sample(run: options.RunFolder, /, *, out: options.Out = Path("samples.png"), count: options.Whole | None = None,
           prior: str | None = None, condition: options.Conditions = None, where: options.Conditions = None,
           like: Path | None = None, draw: bool | None = None, seed: options.Seed = 0,
           plugin: options.Plugins = None, group: options.Processes = None) -> None:
    """Draw new items, decoded from samples of the prior.

    Parameters
    ----------
    out
        A .png picture, a .gif that shows one item after another, or a .csv, .npz or .parquet file of items in the units
        of the data.
    count
        Number of items. [default: 64, or the rows of LIKE]
    prior
        Fit this prior to the codes of the training items first, and sample from it: mixture, maf, realnvp, vamp or
        two-stage, as a name or a table. [default: the prior of the run; for a table with the prior normal, a mixture]
    condition
        The condition of all items: a class, if RUN was trained with --condition label; COLUMN=VALUE, repeated for
        several, if it was trained with columns. [default: all classes in turn, or those of random training items]
    where
        For a table: COLUMN=VALUE that all rows have, repeated for several columns; the others are drawn given these.
    like
        For a table: a file of rows with missing cells or columns, which are drawn given what is there.
    draw
        Draw each item from p(x|z) instead of taking its mean. [default: for tables only]
    """
    from zukan import commands  # noqa: PLC0415

    with options.together(group, plugin, splits=True) as console:
        commands.sample(run, out, count=count, prior=options.recipe_values({"prior": prior})["prior"],
                        condition=condition, where=where, like=like, draw=draw, seed=seed, log=console.print)
        console.print(str(out))


def interpolate(run: options.RunFolder, first: str | None = None, second: str | None = None,
                data: options.DataOrRunData = None, /, *, out: options.Out = Path("morph.gif"),
                steps: options.Whole = 21, plugin: options.Plugins = None) -> None:
    """Morph one item into another, along the straight line between their codes.

    Parameters
    ----------
    first
        The first item: its name in the results (its file, or the name of its row), or its row number in the data,
        counted from 0. [default: two test items of different classes, or far apart]
    second
        The second item.
    out
        A .gif, a .png strip of images, or a .csv, .npz or .parquet file of items in the units of the data.
    steps
        Number of images, both ends included.
    """
    from zukan import commands  # noqa: PLC0415

    options.prepare(plugin)
    console = make_console()
    ends = commands.interpolate(run, first, second, data, out, steps=steps, log=console.print)
    console.print(f"{out}: {ends}")


def score(run: options.RunFolder, data: options.Data, /, *, out: options.Out = Path("scores.csv"),
          picture: Path | None = None, quantile: float | None = None, samples: options.Whole = 32,
          count: options.Whole = 10, seed: options.Seed = 0, plugin: options.Plugins = None,
          group: options.Processes = None) -> None:
    """Score how anomalous each item of DATA is, compared with the items that RUN held out.

    Parameters
    ----------
    out
        A .csv, .npz or .parquet file with one row per item: its file name or row number, its score in nats, its
        p-value, and whether it is above the threshold; for a table, the columns that cause the score.
    picture
        A .png file that shows the items with the highest scores, and which of their values are unusual.
    quantile
        Share of the held-out items below the threshold; 0.99 gives one false alarm in a hundred items. [default: 0.99,
        or the largest that the held-out items support]
    samples
        Samples of z for the importance-weighted bound; with 1, the score is minus the ELBO.
    count
        Number of items to print and to draw.
    """
    from zukan import commands  # noqa: PLC0415

    with options.together(group, plugin, splits=True) as console:
        result = commands.score(run, data, out, picture=picture, quantile=quantile, samples=samples, count=count,
                                seed=seed, log=console.print)
        console.print(f"{out}: {len(result.scores):,} scores, {int(result.above.sum()):,} above the threshold of "
                      f"{result.threshold:.1f} nats (a new item like the held-out ones exceeds it with a "
                      f"probability of at most {1 - result.quantile:.3g})")
        shown = result.strangest[:count]
        width = max(len(str(result.items[i])) for i in shown)
        for i in shown:
            name, value, p = str(result.items[i]), result.scores[i], result.p_values[i]
            why = "" if result.causes is None or not result.causes[i] else f"   {result.causes[i]}"
            console.print(f"  item {name:<{width}}{value:10.1f} nats   p = {p:.4f}{why}")


def impute(run: options.RunFolder, data: options.Data, /, *, out: options.Out, draws: options.Whole | None = None,
           spread: Path | None = None, samples: options.Whole = 1000, seed: options.Seed = 0,
           plugin: options.Plugins = None, group: options.Processes = None) -> None:
    """Fill the missing values of DATA, with a RUN trained on data with missing values.

    Parameters
    ----------
    out
        A .csv, .npz or .parquet file of all items, in the units of the data. The rows of a table keep all their columns
        and cells.
    draws
        Number of random fillings. [default: one filling, with expected values]
    spread
        For a table: a .csv or .parquet file with one row per filled cell: how much random fillings of it differ.
    samples
        Samples of z per item.
    """
    from zukan import commands  # noqa: PLC0415

    with options.together(group, plugin, splits=True) as console:
        items, missing = commands.impute(run, data, out, draws=draws, spread=spread, samples=samples, seed=seed,
                                         log=console.print)
        console.print(f"{out}: {items:,} items, {missing:,} missing values filled")
