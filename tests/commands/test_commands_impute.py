"""Filling the missing values of a table, and runs whose posterior has no density."""

import numpy as np
import pytest

import zukan
from zukan import commands
from zukan.commands import training_runs

FIELDS = {"epochs": 2, "batch_size": 16, "encoder": {"name": "mlp", "units": [8]}}


@pytest.fixture(autouse=True)
def _no_atlas(monkeypatch):
    monkeypatch.setattr(training_runs, "write_atlas", lambda *_: None)


def test_missing_values_are_filled_in_the_units_of_the_table(tmp_path):
    x = np.random.default_rng(0).normal([100, 5], [10, 1], (60, 2))
    lines = ["a,b", *(f"{a},{b}" for a, b in x)]
    lines[2], lines[5] = f"{x[1, 0]},", f",{x[4, 1]}"
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n")
    run = zukan.train(tmp_path / "t.csv", out=tmp_path / "run", missing=True, **FIELDS)
    assert commands.impute(run.path, tmp_path / "t.csv", tmp_path / "filled.csv", samples=4) == (60, 2)
    head, *rows = (tmp_path / "filled.csv").read_text().splitlines()
    assert head == "a,b"
    filled = np.array([row.split(",") for row in rows], float)
    observed = np.ones_like(filled, bool)
    observed[1, 1] = observed[4, 0] = False
    np.testing.assert_allclose(filled[observed], x[observed], rtol=1e-5)
    assert 60 < filled[4, 0] < 140
    commands.impute(run.path, tmp_path / "t.csv", tmp_path / "drawn.npz", draws=3, samples=4)
    with np.load(tmp_path / "drawn.npz") as arrays:
        assert arrays["x"].shape == (3, 60, 2)
        assert np.ptp(arrays["x"][:, 4, 0]) > 0
        assert np.ptp(arrays["x"][:, 0, 0]) == 0
    commands.impute(run.path, tmp_path / "t.csv", tmp_path / "drawn.csv", draws=2, samples=4)
    assert (tmp_path / "drawn.csv").read_text().splitlines()[61].startswith("1,")


def test_a_run_without_missing_values(tmp_path):
    run = zukan.train(np.random.default_rng(0).random((20, 3)), out=tmp_path / "run", **FIELDS)
    with pytest.raises(zukan.InputError, match="was trained without; train one with --missing"):
        commands.impute(run.path, np.ones((3, 3)), tmp_path / "f.csv")


def test_a_run_without_a_density(tmp_path):
    x = np.random.default_rng(0).random((30, 3))
    run = zukan.train(x, out=tmp_path / "run", posterior="delta", objective="reconstruction", **FIELDS)
    assert "reconstruction" in run.history
    assert "val_loss" in run.history
    assert not {"kl", "elbo", "beta"} & run.history.keys()
    commands.encode(run.path, x, tmp_path / "z.csv")
    commands.reconstruct(run.path, x, tmp_path / "r.csv")
    commands.interpolate(run.path, 0, 1, x, tmp_path / "m.csv")
    with pytest.raises(zukan.InputError, match="score needs a model whose posterior has a density"):
        commands.score(run.path, x)
    lines = []
    commands.sample(run.path, tmp_path / "s.csv", count=3, log=lines.append)
    assert lines == ["Note: the prior had no part in this training, so samples from it need not look like the data"]


def test_an_adversary_trains_and_its_weight_is_swept(tmp_path):
    x = np.random.default_rng(0).random((30, 3))
    runs = zukan.train_many(x, out=tmp_path / "many", sweep={"objective.gamma": [1.0, 5.0]}, objective="factor",
                            **FIELDS)
    assert [run.path.name for run in runs] == ["objective.gamma=1", "objective.gamma=5"]
    assert [run.model.objective.gamma for run in runs] == [1.0, 5.0]
    assert runs[1].recipe.objective == {"name": "factor", "gamma": 5.0}
    assert runs[0].history["total_correlation"].shape == (2,)
    with pytest.raises(zukan.InputError, match="a number of objective to sweep must be one of 'gamma', got 'units'"):
        zukan.train_many(x, out=tmp_path / "no", sweep={"objective.units": [1.0, 5.0]}, objective="factor")
