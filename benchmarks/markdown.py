"""Write results as Markdown tables into a page, between ``<!-- name -->`` and ``<!-- /name -->``."""

from __future__ import annotations

import datetime
import platform
import re
import statistics
from importlib.metadata import version
from pathlib import Path

import matplotlib as mpl

from benchmarks.environments import ROOT
from benchmarks.machine import device as machine_name
from benchmarks.machine import processor

PAGE = ROOT / "docs" / "performance.md"


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def compared(seconds: dict[str, list[float]], values: dict[str, float], missing: dict[str, str], ours: str, value: str,
             unit: float = 1.0) -> str:
    """Return a table of medians with their ratios to ``ours``, and the reasons why peers are missing."""
    base = statistics.median(seconds[ours])
    rows = [[name, f"{statistics.median(times) * unit:.4g}", f"{min(times) * unit:.4g}", f"{max(times) * unit:.4g}",
             f"{statistics.median(times) / base:.2f}×", f"{values[name]:.2f}"] for name, times in seconds.items()]
    rows += [[name, "–", "–", "–", "–", reason] for name, reason in missing.items()]
    return table(["", "median", "min", "max", f"{ours} = 1", value], rows)


def draw(seconds: dict[str, list[float]], ours: str, path: Path, title: str) -> None:
    """Draw the median of each peer as a bar, with its fastest and slowest turn, and ours in color."""
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    names = sorted(seconds, key=lambda name: statistics.median(seconds[name]))
    medians = [statistics.median(seconds[name]) for name in names]
    spread = [[median - min(seconds[name]) for name, median in zip(names, medians, strict=True)],
              [max(seconds[name]) - median for name, median in zip(names, medians, strict=True)]]
    figure, axes = plt.subplots(figsize=(8, 0.42 * len(names) + 1), layout="constrained")
    bars = axes.barh([name.replace("`", "") for name in names], medians, xerr=spread, ecolor="0.4",
                     color=["tab:blue" if name == ours else "0.8" for name in names])
    axes.bar_label(bars, [f"{median:.3g} s" for median in medians], padding=8)
    axes.invert_yaxis()
    axes.margins(x=0.12)
    axes.set(xlabel="seconds per epoch", title=title)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=120, metadata={"Software": None})


def machine(device: str) -> str:
    """Return a line that names the machine, the versions and the day."""
    name = machine_name() if device == "gpu" else processor()
    day = datetime.datetime.now(datetime.UTC)
    packages = ", ".join(f"{name} {version(name)}" for name in ("keras", "jax"))
    return f"*{name}; Python {platform.python_version()}, {packages}; {day:%Y-%m-%d}.*\n"


def put(name: str, text: str, *, write: bool, into: Path = PAGE) -> None:
    """Print a result and, if ``write`` is set, put it into the page."""
    print(f"\n{text}", flush=True)
    if write:
        page = into.read_text("utf-8")
        marked = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        if not marked.search(page):
            raise LookupError(f"{into} has no place for {name}")
        into.write_text(marked.sub(lambda found: found[1] + text + found[2], page), "utf-8")
