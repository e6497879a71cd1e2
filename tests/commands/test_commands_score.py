"""Anomaly scores by a library call."""

import csv

import numpy as np
import pytest

import zukan
from zukan import commands


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run on 120 vectors that holds out 30 of them."""
    x, y = np.random.default_rng(0).normal(size=(120, 5)), np.array(["a", "b"] * 60)
    return zukan.train((x, y), out=tmp_path_factory.mktemp("score") / "run", epochs=3, test_fraction=0.25,
                       encoder={"name": "mlp", "units": [6]})


def test_anomalies_are_found_and_written(run, tmp_path):
    x = np.random.default_rng(1).normal(size=(20, 5))
    x[7] = 30
    lines = []
    result = commands.score(run.path, (x, np.array(["a", "b"] * 10)), tmp_path / "s.csv", picture=tmp_path / "s.png",
                            quantile=0.9, log=lines.append)
    assert result.strangest[0] == 7
    assert result.above[7]
    assert result.above.sum() <= 8
    with (tmp_path / "s.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["item", "score", "p_value", "above", "label"]
    assert (rows[7]["item"], rows[7]["above"], rows[7]["label"]) == ("7", "True", "b")
    assert float(rows[7]["p_value"]) == pytest.approx(1 / 31)
    assert float(rows[3]["score"]) == pytest.approx(result.scores[3])
    assert (tmp_path / "s.png").stat().st_size > 1000
    assert lines[-1] == "Scoring 20 items and 30 held-out items"


@pytest.mark.parametrize(("options", "words"), [
    ({"quantile": 0.99}, "at most 0.9677 with 30"), ({"quantile": 1.0}, "above 0 and below 1, got 1"),
    ({"count": -1}, "count must be"), ({"picture": "a.jpg"}, "ending of the picture"),
    ({"out": "a.txt"}, "ending of the output")])
def test_invalid_arguments(options, words, run):
    with pytest.raises(zukan.InputError, match=words):
        commands.score(run.path, np.zeros((3, 5)), **options)


def test_items_of_another_shape(run):
    with pytest.raises(zukan.InputError, match="data must hold items of shape"):
        commands.score(run.path, np.zeros((3, 4)), quantile=0.9)
