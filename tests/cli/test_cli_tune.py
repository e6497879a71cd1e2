"""``zukan tune``: a study from the command line, its report, and its mistakes."""

import json
import shlex
import sys

import numpy as np
import pytest

import zukan
from zukan.report import atlas

OPTIONS = ("--epochs", "2", "--batch-size", "8", "--encoder", '{name="mlp", units=[8]}')
SEARCH = ("--search", "beta=0.5..2:log", "--search", "learning_rate=1e-3,1e-2")


class Stopped(Exception):  # noqa: N818
    """A search that has begun."""

    def __init__(self, *args):
        super().__init__(*args)
        raise self


@pytest.fixture(autouse=True)
def _no_figures(monkeypatch):
    monkeypatch.setattr(atlas, "draw", lambda *_: {})  # most of the time of a tiny training
    monkeypatch.setattr(atlas, "page", lambda *_: "")


def test_a_study(command, grey, tmp_path):
    out = tmp_path / "<study>"
    printed = command("tune", grey, "--out", out, "--trials", 3, "--validation", 0.25, *SEARCH, *OPTIONS)
    assert "6 of 24 training items" in printed
    assert all(f"Trial {number}" in printed for number in range(3))
    assert len(list((out / "recipes").iterdir())) == 3
    best = zukan.Run.open(out / "best")
    assert best.is_finished
    page = (out / "index.html").read_text("utf-8")
    assert "3 trials: 3 complete, 0 pruned, 0 failed" in page
    assert "&lt;study&gt;" in page
    assert "http-equiv" in page
    assert page.count("<img src=\"data:image/png") == 2  # too few trials for importances

    line = printed.strip().splitlines()[-1].strip()
    assert line.startswith("zukan train ")
    assert line.replace("'", "&#39;").replace('"', "&#34;") in page
    command(*shlex.split(line)[1:], "--out", tmp_path / "again")
    assert zukan.Run.open(tmp_path / "again").metrics == best.metrics

    written = (out / "best" / "model.keras").stat().st_mtime_ns
    again = command("tune", grey, "--out", out, "--trials", 3, "--validation", 0.25, *SEARCH, *OPTIONS)
    assert "Training" not in again
    assert (out / "best" / "model.keras").stat().st_mtime_ns == written
    assert json.loads((out / "study.json").read_text())["search"] == {"beta": "0.5..2.0:log", "learning_rate": "1e-3,1e-2"}


def test_a_search_keeps_the_model_of_a_preset_but_not_its_end(tmp_path, monkeypatch):
    """Pruning ends trials. A z that keeps positions goes with one encoder, whose positions give its size."""
    monkeypatch.setattr(sys.modules["zukan.commands.tune"], "Search", Stopped)
    x = np.random.default_rng(0).integers(0, 256, (40, 16, 16, 3), dtype=np.uint8)
    with pytest.raises(Stopped) as stopped:
        zukan.tune(x, out=tmp_path / "photos", preset="photos")
    _, space, recipe, *_ = stopped.value.args
    assert [*space] == ["learning_rate"]
    assert (recipe.latent_dim, recipe.patience, recipe.minutes) == (64, 0, None)
    for field, value in {"patience": 3, "minutes": 1.0}.items():
        with pytest.raises(zukan.InputError, match=f"{field} must not be set in a search, got {value}; leave it out"):
            zukan.tune(x, out=tmp_path / "s", **{field: value})


def test_mistakes(refused, grey, tmp_path, monkeypatch):
    out = tmp_path / "s"
    refused("tune", grey, "--out", out, "--criterion", "nats", *OPTIONS, says=["criterion must be one of 'bound', 'elbo'"])
    refused("tune", grey, "--out", out, "--trials", 0, *OPTIONS, says=["trials must be"])
    refused("tune", grey, "--out", out, "--pruner", "mean", *OPTIONS, says=["pruner must be one of"])
    refused("tune", grey, "--out", out, "--search", "epochs=1..2", *OPTIONS, says=["which is 2; leave one of the two out"])
    refused("tune", grey, "--out", out, "--storage", "postgres", *OPTIONS, says=["cannot be opened", "check --storage"])
    assert not out.exists()
    refused("tune", grey, "--out", grey.parent, *OPTIONS, says=["neither; choose another"])
    refused("tune", grey, "--out", out, "--trials", 1, "--search", "beta=1,2", "--posterior", "sphere", *OPTIONS,
            says=["must have a complete trial", "sphere"])
    refused("tune", grey, "--out", out, "--search", "beta=1,3", "--posterior", "sphere", *OPTIONS, says=["got beta 1,3 instead of 1,2"])
    monkeypatch.setitem(sys.modules, "psycopg", None)
    refused("tune", grey, "--out", tmp_path / "t", "--storage", "postgresql+psycopg://localhost/study", *OPTIONS,
            says=["driver of its database", "pip install 'psycopg[binary]'"])
    monkeypatch.setitem(sys.modules, "optuna", None)
    refused("tune", grey, *OPTIONS, says=["pip install 'zukan[tune]'"])
