"""Figures do not depend on the user's settings of matplotlib, which stay as they are."""

import os
import subprocess
import sys
import warnings

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt

from zukan import plots
from zukan.plots import glyphs

RNG = np.random.default_rng(0)
Z, LABELS = RNG.normal(size=(60, 2)), RNG.integers(0, 3, 60)
FIGURES = {
    "map": lambda: plots.latent_map(Z, LABELS, ["$a$", "b_c", "d"]),
    "line": lambda: plots.latent_map(Z[:, :1], LABELS),
    "loss": lambda: plots.loss({name: np.linspace(3, 1, 5) for name in ("loss", "reconstruction", "kl")} | {"epoch": np.arange(5)}),
    "sheet": lambda: plots.contact_sheet(RNG.random((9, 4, 4, 1)) * 0 + 0.5, np.arange(9) % 3),
    "confusion": lambda: plots.confusion(np.eye(3) * 4 + 1, ["a", "b", "c"]),
    "features": lambda: plots.features(Z, ("a", "b")),
}
SETTINGS = [
    {"text.usetex": True}, {"figure.dpi": 37, "savefig.dpi": 37, "savefig.bbox": "tight", "font.size": 20.0},
    {"image.origin": "lower", "image.cmap": "jet", "image.interpolation": "bicubic"},
    {"axes.prop_cycle": mpl.cycler(color=["r"]), "lines.linestyle": "--", "axes.formatter.use_locale": True, "axes.grid": True},
    {"savefig.transparent": True, "axes.xmargin": 0.4, "legend.loc": "lower left", "xtick.minor.visible": True},
]


@pytest.mark.parametrize("name", FIGURES)
def test_no_setting_changes_a_figure(name):
    expected = FIGURES[name]().png()
    for settings in SETTINGS:
        with mpl.rc_context(settings):
            before = dict(mpl.rcParams)
            assert FIGURES[name]().png() == expected, settings
            assert dict(mpl.rcParams) == before


def test_the_users_own_figures_keep_their_settings():
    with mpl.rc_context({"lines.linewidth": 7.0}):
        FIGURES["map"]().png()
        figure, ax = plt.subplots()
        (line,) = ax.plot([0, 1])
        plt.close(figure)
        assert line.get_linewidth() == 7.0


@pytest.mark.parametrize("backend", ["module://not_installed.backend", "nonsense", "module://matplotlib_inline.backend_inline", "svg"])
def test_no_backend_is_needed(backend):
    code = ("import zukan, os, sys; print(len(zukan.plots.latent_map([[0.0, 1.0], [1.0, 2.0]]).png()), os.environ['MPLBACKEND']); "
            "assert 'matplotlib.pyplot' not in sys.modules; import matplotlib; print(matplotlib.rcParams._get('backend'))")
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True,
                          env={**os.environ, "MPLBACKEND": backend})
    size, kept, *_, own = done.stdout.split()
    assert (int(size) > 1000, kept) == (True, backend)
    if backend in {"svg", "module://matplotlib_inline.backend_inline"}:
        assert own == backend


def test_characters_that_the_font_lacks():
    assert glyphs.missing(["Ünïcode −·", "猫と犬", "猫 x"]) == ["猫", "と", "犬"]
    assert glyphs.note(["abc", "d\ne"], "anything") == []
    (note,) = glyphs.note(["猫"], "see below")
    assert note == "the font of the figures lacks 猫 and draws boxes; see below"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plots.latent_map(Z, LABELS, ["猫", "犬", "鳥"]).png()
        plots.confusion(np.eye(2), ["猫", "犬"]).png()
