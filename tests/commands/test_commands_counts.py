"""Runs of counts and of 8-bit levels: read, trained, reported, sampled, scored and encoded in the units of the data."""

import csv

import numpy as np
import pytest

import zukan
from zukan import commands

SMALL = {"epochs": 2, "batch_size": 16, "encoder": {"name": "mlp", "units": [6]}}
COUNTS = {"name": "negative-binomial", "size_factor": True, "zero_inflated": True}


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """A file of counts of four genes in cells of different size."""
    path = tmp_path_factory.mktemp("counts") / "counts.csv"
    rng = np.random.default_rng(0)
    counts = rng.poisson(np.exp(rng.normal(3, 1, (60, 1))) * [0.1, 1, 3, 9])
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["a", "b", "c", "d"], *counts.tolist()])
    return path


@pytest.fixture(scope="module")
def run(table, tmp_path_factory):
    return commands.train(table, out=tmp_path_factory.mktemp("runs") / "counts", likelihood=COUNTS, **SMALL)


def test_counts_are_read_without_scaling(run):
    assert run.recipe.scaling == "none"
    assert run.environment["scaling"]["text"] == "none"


def test_samples_of_counts_are_whole_numbers_with_the_names_of_the_columns(run, tmp_path):
    commands.sample(run.path, tmp_path / "new.csv", count=5)
    with (tmp_path / "new.csv").open() as file:
        names, *rows = csv.reader(file)
    assert names == ["a", "b", "c", "d"]
    assert len(rows) == 5
    assert all(value.isdecimal() for row in rows for value in row), "whole numbers without a decimal point"
    commands.sample(run.path, tmp_path / "mean.csv", count=5, draw=False)


def test_counts_are_scored_and_encoded(run, table):
    scores = commands.score(run.path, table).scores
    assert scores.shape == (60,)
    assert np.isfinite(scores).all()
    held_out = zukan.data.load(table, scaling="none", split_seed=run.recipe.seed).test.x
    assert run.model.encode(held_out).shape == (len(held_out), 2)


def test_the_report_says_that_the_bound_is_given_the_size(run):
    page = run.file("index.html").read_text("utf-8")
    assert "−log p(x | size) is at most this" in page
    assert "bits per dimension" not in page


def test_scaled_counts_are_refused_before_anything_is_written(table, tmp_path):
    with pytest.raises(zukan.InputError, match=r"training data must lie in \[0, inf\].*leave counts unscaled"):
        commands.train(table, out=tmp_path / "run", likelihood="poisson", scaling="standard", **SMALL)
    assert not (tmp_path / "run").exists()


def test_bits_per_dimension_stand_in_metrics_report_and_comparison(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (40, 6, 5)).astype("uint8")
    runs = [commands.train(images, out=tmp_path / name, likelihood=name, **SMALL)
            for name in ("logistic-mixture", "bernoulli")]
    bits = runs[0].metrics["test"]["bits_per_dimension"]
    assert bits == pytest.approx(-runs[0].metrics["test"]["bound"] / 30 / np.log(2))
    assert f"It is {bits:.3f} bits per dimension." in runs[0].file("index.html").read_text("utf-8")
    columns, rows = commands.compare(runs).results
    place = columns.index("bits per dimension")
    assert [row[place] for row in rows] == [f"{bits:.3f}", "–"]
    assert "bits per dimension" not in commands.compare(runs[1:]).results[0]
    assert "bits per dimension" not in runs[1].file("index.html").read_text("utf-8")
    commands.sample(runs[0].path, tmp_path / "new.npz", count=3, draw=True)
    with np.load(tmp_path / "new.npz") as new:
        assert new["x"].dtype == np.uint8
