"""Commands that apply a trained model: encode, reconstruct, sample, interpolate, score and impute."""

from __future__ import annotations

from pathlib import Path

from zukan.cli import options
from zukan.cli.printing import make_console


def encode(run: options.RunFolder, data: options.Data, /, *, out: options.Out, sample: bool = False,
           seed: options.Seed = 0, plugin: options.Plugins = None) -> None:
    """Write the codes of DATA, one row per item; training items come before test items.

    Parameters
    ----------
    out
        A .npz, .csv or .parquet file.
    sample
        Sample from q(z|x) instead of taking the mean.
    """
    from zukan import commands  # noqa: PLC0415

    options.prepare(plugin)
    items, dimensions = commands.encode(run, data, out, sample=sample, seed=seed)
    make_console().print(f"{out}: {items:,} codes of {dimensions} dimensions")


def reconstruct(run: options.RunFolder, data: options.DataOrTestItems = None, /, *,
                out: options.Out = Path("reconstructions.png"), count: options.Whole = 10,
                seed: options.Seed = 0, plugin: options.Plugins = None) -> None:
    """Draw items and their reconstructions, from the mean of q(z|x) and from a sample.

    Parameters
    ----------
    out
        A .png picture, a .gif that shows one item after another, or a .csv, .npz or .parquet file of reconstructions in
        the units of the data.
    count
        Number of items to draw, starting with the first.
    """
    from zukan import commands  # noqa: PLC0415

    options.prepare(plugin)
    commands.reconstruct(run, data, out, count=count, seed=seed)
    make_console().print(str(out))


def sample(run: options.RunFolder, /, *, out: options.Out = Path("samples.png"), count: options.Whole = 64,
           condition: str | None = None, seed: options.Seed = 0, plugin: options.Plugins = None) -> None:
    """Draw new items, decoded from samples of the prior.

    Parameters
    ----------
    out
        A .png picture, a .gif that shows one item after another, or a .csv, .npz or .parquet file of items in the units
        of the data.
    count
        Number of items.
    condition
        For a RUN trained with --condition label, the class of all items: its name or number. [default: all classes in
        turn]
    """
    from zukan import commands  # noqa: PLC0415

    options.prepare(plugin)
    console = make_console()
    commands.sample(run, out, count=count, condition=condition, seed=seed, log=console.print)
    console.print(str(out))


def interpolate(run: options.RunFolder, first: int, second: int, data: options.DataOrTestItems = None, /, *,
                out: options.Out = Path("morph.gif"), steps: options.Whole = 21,
                plugin: options.Plugins = None) -> None:
    """Morph one item into another, along the straight line between their codes.

    Parameters
    ----------
    first
        Row number of the first item, from 0.
    second
        Row number of the second item.
    out
        A .gif, a .png strip of images, or a .csv, .npz or .parquet file of items in the units of the data.
    steps
        Number of images, both ends included.
    """
    from zukan import commands  # noqa: PLC0415

    options.prepare(plugin)
    commands.interpolate(run, first, second, data, out, steps=steps)
    make_console().print(str(out))


def score(run: options.RunFolder, data: options.Data, /, *, out: options.Out = Path("scores.csv"),
          picture: Path | None = None, quantile: float = 0.99, samples: options.Whole = 32, count: options.Whole = 10,
          seed: options.Seed = 0, plugin: options.Plugins = None) -> None:
    """Score how anomalous each item of DATA is, compared with the items that RUN held out.

    Parameters
    ----------
    out
        A .csv, .npz or .parquet file with one row per item: its score in nats, its p-value, and whether it is above the
        threshold.
    picture
        A .png file that shows the items with the highest scores, and which of their values are unusual.
    quantile
        Share of the held-out items below the threshold; 0.99 gives one false alarm in a hundred items.
    samples
        Samples of z for the importance-weighted bound; with 1, the score is minus the ELBO.
    count
        Number of items to print and to draw.
    """
    from zukan import commands  # noqa: PLC0415

    options.prepare(plugin)
    console = make_console()
    result = commands.score(run, data, out, picture=picture, quantile=quantile, samples=samples, count=count, seed=seed,
                            log=console.print)
    console.print(f"{out}: {len(result.scores):,} scores, {int(result.above.sum()):,} above the threshold of "
                  f"{result.threshold:.1f} nats (a new item like the held-out ones exceeds it with a probability of at "
                  f"most {1 - quantile:.3g})")
    for item in result.strangest[:count]:
        console.print(f"  item {item:<8}{result.scores[item]:10.1f} nats   p = {result.p_values[item]:.4f}")


def impute(run: options.RunFolder, data: options.Data, /, *, out: options.Out, draws: options.Whole | None = None,
           samples: options.Whole = 100, seed: options.Seed = 0, plugin: options.Plugins = None) -> None:
    """Fill the missing values of DATA, with a RUN trained with --missing.

    Parameters
    ----------
    out
        A .csv, .npz or .parquet file of all items, in the units of the data.
    draws
        Number of random fillings. [default: one filling, with expected values]
    samples
        Samples of z per item.
    """
    from zukan import commands  # noqa: PLC0415

    options.prepare(plugin)
    items, missing = commands.impute(run, data, out, draws=draws, samples=samples, seed=seed)
    make_console().print(f"{out}: {items:,} items, {missing:,} missing values filled")
