"""Properties of all figures: the display, its files, ``ax=``, no global settings, no pyplot."""

import ast
import inspect
import io
import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

from zukan import checks, plots
from zukan.data.tables.schema import ColumnType, Schema
from zukan.plots import style

RNG = np.random.default_rng(0)
Z = RNG.normal(size=(60, 3))
LABELS = np.arange(60) % 4
PICTURES = RNG.random((12, 8, 8, 1))
SCHEMA = Schema(tuple(map(ColumnType, ("height", "width", "weight"))))
FIGURES = {
    "loss": lambda **ax: plots.loss({name: [3.0, 2.0, 1.5, 1.0] for name in (
        "loss", "reconstruction", "kl", "val_loss", "val_reconstruction", "val_kl")}, **ax),
    "reconstructions": lambda **ax: plots.reconstructions(PICTURES, PICTURES, PICTURES, **ax),
    "latent_map": lambda **ax: plots.latent_map(Z, LABELS, **ax),
    "latent_map by density": lambda **ax: plots.latent_map(RNG.normal(size=(900, 2)), **ax),
    "latent_map 1-D": lambda **ax: plots.latent_map(Z[:, :1], LABELS, **ax),
    "decoded_grid": lambda **ax: plots.decoded_grid(PICTURES.reshape(3, 4, 8, 8), [0, 1, 2, 3], [0, 1, 2], **ax),
    "decoded_grid 1-D": lambda **ax: plots.decoded_grid(PICTURES, np.linspace(-2, 2, 12), **ax),
    "morph": lambda **ax: plots.morph(PICTURES, ("4", "9"), **ax),
    "samples": lambda **ax: plots.samples(PICTURES, **ax),
    "pca": lambda **ax: plots.pca(Z, LABELS, **ax),
    "traversals": lambda **ax: plots.traversals(PICTURES.reshape(3, 4, 8, 8), [0, 1, 2, 3], [2, 0, 1], [1.2, 0.5, 0],
                                                **ax),
    "confusion": lambda **ax: plots.confusion([[5, 1], [0, 4]], **ax),
    "between": lambda **ax: plots.between(PICTURES.reshape(4, 3, 8, 8), [("4", "nearest: 9", "9")] * 4, **ax),
    "activity": lambda **ax: plots.activity([2.0, 0.001, 0.5], **ax),
    "samples by class": lambda **ax: plots.samples(PICTURES.reshape(3, 4, 8, 8), ["a", "b", "c"], **ax),
    "under_classes": lambda **ax: plots.under_classes(PICTURES[:3], PICTURES.reshape(3, 4, 8, 8, 1), list("abcd"), **ax),
    "loss without a KL": lambda **ax: plots.loss({"loss": [3.0, 2.0], "reconstruction": [3.0, 2.0]}, **ax),
    "contact_sheet": lambda **ax: plots.contact_sheet(PICTURES, [0, 1] * 6, ["cat", "dog"], **ax),
    "contact_sheet without labels": lambda **ax: plots.contact_sheet(PICTURES, **ax),
    "codebook": lambda **ax: plots.codebook([[5, 0, 1], [2, 2, 2]], **ax),
    "sphere_map": lambda **ax: plots.sphere_map(Z / np.linalg.norm(Z, axis=1, keepdims=True), LABELS, **ax),
    "features": lambda **ax: plots.features(Z, ["height", "width", "weight"], **ax),
    "anomalies": lambda **ax: plots.anomalies(PICTURES, PICTURES, PICTURES, np.arange(12.0), **ax),
    "columns": lambda **ax: plots.columns(SCHEMA, Z, Z[::-1] * 1.2, **ax),
    "associations": lambda **ax: plots.associations(np.corrcoef(Z.T), np.eye(3), ["height", "width", "weight"], **ax),
    "effects": lambda **ax: plots.effects(Z[:4], ["height", "width", "weight"], [True] * 3, **ax),
    "imputation": lambda **ax: plots.imputation([0.1, 0.5], {name: {"rmse": [0.5, 0.9], "wrong": [0.2, 0.4]} for name in ("kNN", "this model")},
                                                **ax),
    "curves": lambda **ax: plots.curves({name: {"epoch": [1, 2, 3], "loss": [3.0, 2.0, 1.5], "seconds": [1.0, 1.0, 1.0]} for name in "ab"}, **ax),
    "rate_distortion": lambda **ax: plots.rate_distortion({"a": (6.0, 90.0), "b": (9.0, 84.0)}, [[0.1, 200.0], [5.0, 95.0], [12.0, 80.0]], **ax),
    "anomalies of vectors": lambda **ax: plots.anomalies(Z[:9], Z[:9], Z[:9], np.arange(9.0), **ax),
}
each_figure = pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES.keys())


def test_this_file_covers_all_figures():
    figures = {name for name in plots.__all__ if "ax" in inspect.signature(getattr(plots, name)).parameters}
    assert {name.split()[0] for name in FIGURES} == figures


@each_figure
def test_saves_a_png_of_reasonable_size_without_cut_off_content(draw, tmp_path):
    display = draw()
    assert isinstance(display, plots.Display)
    assert isinstance(display.figure.canvas, FigureCanvasAgg)
    assert display.axes in display.figure.axes
    assert display.numbers
    with Image.open(display.save(tmp_path / "figure.png", dpi=100)) as picture:
        pixels = np.asarray(picture.convert("L"))
    height, width = pixels.shape
    assert 300 <= width <= 1100
    assert 90 <= height <= 1100
    assert pixels.std() > 5
    edges = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    assert edges.min() > 250  # nothing is cut off at the border
    assert [path.name for path in tmp_path.iterdir()] == ["figure.png"]


@each_figure
def test_draws_into_the_given_axes_only(draw):
    figure = Figure(figsize=(10, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    display = draw(ax=left)
    assert display.axes is left
    assert display.figure is figure
    assert not right.has_data()
    assert display.png(dpi=40).startswith(b"\x89PNG")


@each_figure
def test_rejects_an_invalid_ax(draw):
    with pytest.raises(checks.InputError, match="ax must be one matplotlib Axes"):
        draw(ax=Figure())


def test_axes_in_a_subfigure():
    figure = Figure()
    display = plots.activity([1.0], ax=figure.subfigures(1, 2)[0].subplots())
    assert display.figure is figure


@each_figure
def test_the_style_does_not_change_the_global_settings(draw):
    before = matplotlib.rcParams.copy()
    draw().png(dpi=30)
    assert matplotlib.rcParams.copy() == before


def test_jupyter_shows_the_png_and_attributes_are_read_only():
    display = plots.activity([1.0])
    with Image.open(io.BytesIO(display._repr_png_())) as picture:
        assert picture.format == "PNG"
    with pytest.raises(FrozenInstanceError):
        display.axes = None


@pytest.mark.parametrize(("ending", "start"), [("png", b"\x89PNG"), ("PNG", b"\x89PNG"), ("pdf", b"%PDF"),
                                               ("svg", b"<?xml")])
def test_the_ending_selects_the_format(tmp_path, ending, start):
    path = plots.latent_map(Z, LABELS).save(tmp_path / f"figure.{ending}")
    assert path.read_bytes().startswith(start)


@pytest.mark.parametrize(("name", "words"), [
    ("figure.pgn", "ending of path must be one of .* got 'pgn'; did you mean 'png'"),
    ("figure", "ending of path"), ("nowhere/figure.png", "path must lie in an existing folder"),
])
def test_bad_paths(tmp_path, name, words):
    with pytest.raises(checks.InputError, match=words):
        plots.activity([1.0]).save(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_failed_save_keeps_the_earlier_picture(tmp_path, monkeypatch):
    path = tmp_path / "figure.png"
    path.write_bytes(b"earlier")
    display = plots.activity([1.0])
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(checks.InputError, match=r"figure\.png' cannot be written: no space left on device; free some space"):
            display.save(path)
    assert path.read_bytes() == b"earlier"
    assert [left.name for left in tmp_path.iterdir()] == ["figure.png"]


def test_importing_and_drawing_does_not_change_matplotlib():
    code = ("import sys, matplotlib; before = matplotlib.rcParams.copy()\n"
            "import zukan.plots; zukan.plots.activity([1.0]).png()\n"
            "sys.exit('matplotlib.pyplot' in sys.modules or before != matplotlib.rcParams.copy())")
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_no_model_is_imported():
    for path in Path(plots.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else \
                [node.module] if isinstance(node, ast.ImportFrom) else []
            assert not {name.split(".")[0] for name in names} & {"keras", "jax", "torch", "tensorflow"}, path


def test_the_sequential_colormap_is_perceptually_uniform():
    to_lms = [[0.4122214708, 0.5363325363, 0.0514459929],  # Oklab, https://bottosson.github.io/posts/oklab
              [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]]
    to_lab = [[0.2104542553, 0.7936177850, -0.0040720468],
              [1.9779984951, -2.4285922050, 0.4505937099], [0.0259040371, 0.7827717662, -0.8086757660]]
    rgb = np.array([to_rgb(style.sequential_colormap()(step / 16)) for step in range(17)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    lab = np.cbrt(linear @ np.array(to_lms).T) @ np.array(to_lab).T
    steps = np.linalg.norm(np.diff(lab, axis=0), axis=1)
    assert steps.std() / steps.mean() < 0.06
    assert (np.diff(lab[:, 0]) < 0).all()
