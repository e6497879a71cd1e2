"""Runs of every kind of model: report, history, comparison, scores and explorer show no number that is not there."""

import json

import numpy as np
import pytest
from contract_members import MEMBERS, data, name_of

import zukan
from zukan import commands

SMALL = {"epochs": 2, "batch_size": 8, "encoder": {"name": "mlp", "units": [6]}}
KINDS = {name_of(member): {member.registry.kind: {"name": member.name, **member.arguments}, **member.model}
         for member in MEMBERS if member.registry.kind in {"posterior", "prior", "objective"}}
KINDS["condition"] = {"condition": 3}
KINDS["missing values"] = {"missing": True}
KINDS["signals"] = {"encoder": {"name": "conv1d", "filters": [3], "units": 6}, "missing": True, "likelihood": "normal"}


def arrays(missing):
    """Return items of three classes, some of whose values are missing if that is allowed."""
    def part(n, seed):
        x = data(n, (5, 4), seed)
        if missing:
            x[np.random.default_rng(seed).random(x.shape) < 0.2] = np.nan
        return x

    return {"x_train": part(24, 0), "y_train": np.arange(24) // 2 % 3, "x_test": part(12, 1),
            "y_test": np.arange(12) // 2 % 3}


# One for each kind of z and for each way to have no density; the tests of the commands train runs with a normal posterior and
# with missing values. `pytest -m thorough` runs all.
SHOWN = {"posterior-delta", "posterior-categorical", "posterior-vq", "posterior-sphere", "posterior-poincare",
         "posterior-ladder", "prior-conditional", "prior-two-stage", "condition"}


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=[] if kind in SHOWN else [pytest.mark.thorough])
                                  for kind in KINDS])
def test_a_run_shows_what_its_model_has(kind, tmp_path):
    fields = {**KINDS[kind]}
    if "condition" in fields:
        fields["condition"] = "label"
    run = zukan.train(arrays(fields.get("missing", False)), out=tmp_path / "run", **{**SMALL, **fields})
    has_density = run.model.density

    assert {"loss", "reconstruction"} <= set(run.history)
    assert ("elbo" in run.history) is ("kl" in run.history) is ("val_elbo" in run.history) is has_density
    assert ("elbo" in run.metrics["test"]) is ("bound" in run.metrics["test"]) is has_density
    page = run.file("index.html").read_text("utf-8")
    assert ("Test −ELBO" in page) is has_density
    assert ("test −ELBO" in commands.compare(run).results[0]) is has_density
    assert "NaN" not in json.dumps(run.metrics)

    if has_density:
        assert np.isfinite(commands.score(run.path, run.source, quantile=0.5).scores).all()
    else:
        with pytest.raises(zukan.InputError, match="score needs a model whose posterior has a density"):
            commands.score(run.path, run.source, quantile=0.5)

    commands.explore(run.path, export=tmp_path / "page")
    atlas = json.loads((tmp_path / "page" / "atlas.json").read_text("utf-8"))
    codes = np.fromfile(tmp_path / "page" / "data" / "means.f32", "<f4").reshape(-1, run.model.latent_dim)
    assert len(codes) == atlas["count"] == 36
    assert np.isfinite(codes).all()
    assert atlas["missing"] is fields.get("missing", False)
    assert (atlas["condition"] is not None) is ("condition" in fields)
    assert (tmp_path / "page" / "data" / "score.f32").exists() is has_density
