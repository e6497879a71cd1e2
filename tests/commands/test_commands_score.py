"""Anomaly scores by a library call."""

import csv

import numpy as np
import pytest
from PIL import Image

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
    ({"quantile": 0.99}, "at most 0.9677 with 30 held-out items, got 0.99; hold out more"), ({"quantile": 1.0}, "above 0 and below 1, got 1"),
    ({"count": -1}, "count must be"), ({"picture": "a.jpg"}, "ending of the picture"),
    ({"out": "a.txt"}, "ending of the output")])
def test_invalid_arguments(options, words, run):
    with pytest.raises(zukan.InputError, match=words):
        commands.score(run.path, np.zeros((3, 5)), **options)


def test_without_a_quantile_the_largest_that_the_held_out_items_support_is_taken(run):
    lines = []
    result = commands.score(run.path, np.random.default_rng(1).normal(size=(20, 5)), log=lines.append)
    assert result.quantile == 30 / 31
    assert lines[-1] == ("With 30 held-out items, the quantile is 0.9677 instead of 0.99: the threshold is the highest score "
                         "among them")
    held_out = zukan.data.load(run.source, **run.recipe.options).test.x
    assert result.threshold == run.model.score(held_out).max()


def test_an_item_has_one_score_and_one_p_value(run, tmp_path):
    """Case 24: alone, among others, in another order, from another file."""
    x = np.random.default_rng(1).normal(size=(200, 5))
    together = commands.score(run.path, x)
    order = np.random.default_rng(2).permutation(200)
    shuffled = commands.score(run.path, x[order])
    alone = [commands.score(run.path, x[i : i + 1]) for i in (0, 7)]
    for name in ("scores", "p_values"):
        values = getattr(together, name)
        np.testing.assert_array_equal(getattr(shuffled, name), values[order])
        assert [getattr(result, name)[0] for result in alone] == [values[0], values[7]]


def test_an_item_that_was_held_out_is_as_strange_as_itself(run):
    """Its score is one of the held-out scores, to the last bit: so at least that one is as high."""
    held_out = zukan.data.load(run.source, **run.recipe.options).test
    raw = zukan.data.items(run.source).split.x[held_out.rows]
    for row in (0, 13, 29):
        score = commands.score(run.path, raw[row : row + 1])
        assert score.p_values[0] == (1 + (run.model.score(held_out.x) >= score.scores[0]).sum()) / 31
        assert score.scores[0] == run.model.score(held_out.x)[row]


def test_items_of_a_folder_are_called_by_their_files(tmp_path):
    rng = np.random.default_rng(0)
    for name in [f"{'cat' if i % 2 else 'dog'}/{i:02d}.png" for i in range(16)]:
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (6, 6), dtype=np.uint8)).save(path)
    run = zukan.train(tmp_path / "photos", out=tmp_path / "run", epochs=1, encoder={"name": "mlp", "units": [4]})
    names = sorted(f"{'cat' if i % 2 else 'dog'}/{i:02d}.png" for i in range(16))
    commands.encode(run.path, tmp_path / "photos", tmp_path / "z.csv")
    result = commands.score(run.path, tmp_path / "photos", tmp_path / "s.csv", picture=tmp_path / "s.png")
    for table in ("z.csv", "s.csv"):
        with (tmp_path / table).open() as file:
            assert [row["item"] for row in csv.DictReader(file)] == names
    assert result.items.tolist() == names
    ends = commands.interpolate(run.path, None, None, None, tmp_path / "m.npz")
    test = zukan.data.load(run.source, **run.recipe.options).test
    assert set(ends.items) <= set(test.names)
    assert set(ends.labels) == {"cat", "dog"}
    ends = commands.interpolate(run.path, "cat/03.png", "8", None, tmp_path / "m.npz")
    assert str(ends) == "from item cat/03.png (cat) to item dog/00.png (dog)"
    with pytest.raises(zukan.InputError, match=r"second must be .*got 'cat/02.png'; give a number from 0 to 15, or a "
                                               r"name, such as 'cat/\d\d.png'"):
        commands.interpolate(run.path, "cat/03.png", "cat/02.png", None, tmp_path / "m.npz")


def test_items_of_another_shape(run):
    with pytest.raises(zukan.InputError, match="data must hold items of shape"):
        commands.score(run.path, np.zeros((3, 4)), quantile=0.9)
