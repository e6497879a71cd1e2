"""Measuring the rows that a run of a table draws, and its filled gaps."""

import json

import numpy as np
import pytest

import zukan
from zukan import commands
from zukan.cli.app import app
from zukan.commands import training_runs

FIELDS = {"epochs": 2, "batch_size": 16, "encoder": {"name": "mlp", "units": [8]}}


@pytest.fixture(autouse=True)
def _no_atlas(monkeypatch):
    monkeypatch.setattr(training_runs, "write_atlas", lambda *_: None)


def table(path, n=90):
    rng = np.random.default_rng(0)
    cells = [f"{x:.2f},{'yes' if x + y > 0 else 'no'},{'' if y > 1 else rng.choice(['a', 'b', 'c'])}" for x, y in rng.normal(size=(n, 2))]
    path.write_text("\n".join(["size,sold,kind", *cells]) + "\n")
    return path


def test_a_run_with_missing_values_is_measured(tmp_path, capsys):
    run = zukan.train(table(tmp_path / "t.csv"), out=tmp_path / "run", missing=True, **FIELDS)
    result = commands.evaluate(run.path, tmp_path / "e.json", count=40, target="sold", seed=3)
    assert json.loads((tmp_path / "e.json").read_text()) == result
    assert result["quality"]["rows"]["synthetic"] == 40
    assert result["quality"]["utility"]["target"] == "sold"
    assert list(result["imputation"]["methods"]) == ["mean or mode", "kNN", "IterativeImputer", "this model"]
    assert all(wrong is not None for wrong in result["imputation"]["methods"]["this model"]["wrong"])
    assert commands.evaluate(run.path, count=40, target="sold", seed=3) == result
    app(["evaluate", str(run.path), "-o", str(tmp_path / "f.json"), "--count", "40", "--target", "sold", "--seed", "3"])
    assert json.loads((tmp_path / "f.json").read_text()) == result
    printed = capsys.readouterr().out
    assert f"{result['quality']['overall']:.3f}" in printed
    assert "models that predict sold" in printed
    assert "this model" in printed
    with pytest.raises(zukan.InputError, match="target must be one of 'kind', 'size', 'sold', got 'solt'; did you mean"):
        commands.evaluate(run.path, target="solt")
    with pytest.raises(zukan.InputError, match="ending of the output file must be one of '.json'"):
        commands.evaluate(run.path, tmp_path / "e.csv")


def test_a_run_without_missing_values_has_no_errors_of_filled_gaps(tmp_path, capsys):
    rng = np.random.default_rng(0)
    (tmp_path / "t.csv").write_text("\n".join(["a,b", *(f"{a:.3f},{b:.3f}" for a, b in rng.normal(size=(60, 2)))]) + "\n")
    run = zukan.train(tmp_path / "t.csv", out=tmp_path / "run", **FIELDS)
    app(["evaluate", str(run.path), "-o", str(tmp_path / "e.json")])
    result = json.loads((tmp_path / "e.json").read_text())
    assert result["imputation"] is None
    assert result["quality"]["rows"] == {"train": 50, "test": 10, "synthetic": 50}
    assert "hidden cells" not in capsys.readouterr().out


def test_a_run_of_images_is_refused(tmp_path):
    np.savez(tmp_path / "x.npz", x=np.random.default_rng(0).random((40, 4, 4)))
    run = zukan.train(tmp_path / "x.npz", out=tmp_path / "run", **FIELDS)
    with pytest.raises(zukan.InputError, match="must be of a table, but it was trained on arrays or images; give a run of a table"):
        commands.evaluate(run.path)
