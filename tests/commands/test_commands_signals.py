"""Signals from a file to the report, samples, scores and networks in ONNX."""

import numpy as np
import onnx
import pytest

import zukan
from zukan import commands


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("signals")
    rng, t = np.random.default_rng(0), np.linspace(0, 1, 15)
    y = np.arange(60) % 2
    x = np.sin(2 * np.pi * (t * (1 + y[:, None]) + rng.random((60, 1))))
    np.savez(folder / "signals.npz", x=np.stack([x, -x], axis=-1).astype("float32"), y=np.array(["slow", "fast"])[y])
    return zukan.train(folder / "signals.npz", out=folder / "run", epochs=4, batch_size=10, seed=0,
                       encoder={"name": "conv1d", "filters": [4], "units": 8})


def test_training_reads_signals_and_learns(run):
    assert run.model.event_shape == (15, 2)
    assert run.recipe.signals is True
    assert type(run.model.likelihood).__name__ == "Normal"
    assert run.history["loss"][-1] < run.history["loss"][0]
    assert "a signal of 15 steps with 2 channels" in run.file("index.html").read_text("utf-8")
    assert {"reconstructions", "samples", "grid", "morph"} <= {path.stem for path in run.file("figures").iterdir()}


def test_later_commands_read_signals_too(run, tmp_path):
    rows = np.load(run.recipe.data)["x"][:5]
    assert np.isfinite(commands.score(run.path, rows, quantile=0.5, picture=tmp_path / "score.png").scores).all()
    commands.sample(run.path, tmp_path / "samples.npz", count=3)
    assert np.load(tmp_path / "samples.npz")["x"].shape == (3, 15, 2)
    commands.reconstruct(run.path, rows, tmp_path / "both.gif", count=2)
    commands.reconstruct(run.path, rows, tmp_path / "both.png", count=2)
    assert (tmp_path / "both.gif").stat().st_size > 0
    with pytest.raises(zukan.InputError, match=r"items of shape \(15, 2\).*got \(15, 3\)"):
        commands.score(run.path, np.zeros((4, 15, 3), "float32"))


def test_the_explorer_says_how_it_draws_them(run, tmp_path):
    lines = []
    commands.explore(run.path, export=tmp_path / "page", log=lines.append)
    assert any("draws signals as bars" in line for line in lines)
    decoder = onnx.load(tmp_path / "page" / "models" / "decoder.onnx")
    assert [axis.dim_value for axis in decoder.graph.output[0].type.tensor_type.shape.dim][1:] == [15, 2]
