"""Runs side by side: differences, results, groups, curves, and a page that is safe with any name."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from test_report_page import Page

import zukan
from zukan import commands, plots
from zukan.report.comparison import COLUMNS
from zukan.runs import Run
from zukan.training.recipe import Recipe

SLY = "<script>alert(1)<b> & javascript:x"


def make(folder, name, elbo=-100.0, sha="ab" * 32, finished=True, **recipe):
    """Write the files of a run that a comparison reads."""
    environment = {"format_version": 3, "data": {"sha256": sha}}
    run = Run.create(folder / name, Recipe.of(**{"epochs": 3, "data": "digits.npz", **recipe}), environment)
    test = {"reconstruction": 95.0} if elbo is None else {"elbo": elbo, "bound": elbo + 2, "reconstruction": 95.0, "kl": 5.0}
    latent = {"variables": ["z1", "z2"], **({} if elbo is None else {"active_units": 2})}
    terms = "" if elbo is None else ",elbo,val_elbo"
    rows = [f"{epoch},9,8,{100 - epoch},{'' if elbo is None else f'{elbo - 9 + epoch},{elbo - 6 + 3 * epoch / 3},'}30"
            for epoch in (1, 2, 3)]
    run.file("history.csv").write_text("\n".join([f"epoch,loss,reconstruction,val_loss{terms},seconds", *rows]) + "\n")
    if finished:
        run.file("metrics.json").write_text(json.dumps({"test": test, "latent": latent, "parameters": 12_345, "diagnosis": [
            {"check": "blur", "severity": "problem", "what": "", "evidence": {}, "change": ""}]}))
        run.file("index.html").write_text("report")
    return run


@pytest.fixture
def runs(tmp_path):
    make(tmp_path / "runs", "worse", elbo=-120.0, beta=2.0)
    make(tmp_path / "runs" / "deep", "best", elbo=-90.0, latent_dim=8)
    make(tmp_path / "runs", SLY, elbo=-100.0)
    make(tmp_path / "runs", "other", elbo=-10.0, sha="cd" * 32)
    make(tmp_path / "runs", "stopped", finished=False)
    return tmp_path / "runs"


def test_a_folder_stands_for_its_finished_runs_the_best_first(runs):
    lines = []
    comparison = commands.compare(runs, log=lines.append)
    assert [Path(name).name for name in comparison.names] == ["best", SLY, "worse", "other"]
    assert lines == [f"1 run in {runs} not finished, left out"]
    assert comparison.differing_in([0, 1, 2]) == ["latent_dim", "beta"]
    assert comparison.recipes == [["8", "1.0"], ["2", "1.0"], ["2", "2.0"], ["2", "1.0"]]
    columns, rows = comparison.results
    first = dict(zip(columns, rows[0], strict=True))
    assert first == {"test −ELBO": "90.00", "bound": "88.00", "reconstruction": "95.00", "KL": "5.00", "active units": "2",
                     "problems": "1", "epochs": "3", "minutes": "1.5", "parameters": "12\N{NARROW NO-BREAK SPACE}345"}
    assert list(comparison.groups.values()) == [[0, 1, 2], [3]]
    assert "90.00" in str(comparison)


def test_runs_whose_test_items_are_binarized_or_scaled_stand_apart(tmp_path):
    """Their costs are of another kind, though the data has one fingerprint. Dynamic and static share the test items."""
    runs = [make(tmp_path, f"run{i}", **recipe) for i, recipe in enumerate(
        ({}, {"binarize": "static"}, {"binarize": "dynamic"}, {"scaling": "standard"}, {"encoder": {"name": "mlp", "units": [8]}}))]
    comparison = commands.compare(runs)
    assert [*comparison.groups.values()] == [[0, 4], [1, 2], [3]]
    assert [*comparison.groups] == ["digits.npz (abababab, scaling auto)", "digits.npz, binarized",
                                    "digits.npz (abababab, scaling standard)"]
    assert comparison.recipes[0] == ["auto", "none", "mlp"]
    assert comparison.recipes[4] == ["auto", "none", '{name = "mlp", units = [8]}']


def test_runs_that_are_named_keep_their_order_and_are_shown_once(runs):
    named = [runs / "worse", str(runs / "deep" / "best"), zukan.Run.open(runs / "worse")]
    assert [Path(name).name for name in commands.compare(named).names] == ["worse", "best"]


def test_the_evaluation_is_a_column(runs):
    Run.open(runs / "worse").file(Run.EVALUATION).write_text(json.dumps({"bound": {"bound": -111.5}}))
    columns, rows = commands.compare([runs / "worse", runs / "other"]).results
    assert [row[columns.index("evaluated bound")] for row in rows] == ["111.50", "–"]


def test_a_run_without_a_density_has_no_bound(tmp_path):
    runs = [make(tmp_path, "points", elbo=None), make(tmp_path, "vae")]
    comparison = commands.compare(runs)
    columns, rows = comparison.results
    assert [row[columns.index("test −ELBO")] for row in rows] == ["–", "100.00"]
    assert comparison.figure().numbers["term"] == "test loss"
    assert "test −ELBO" not in commands.compare(runs[0]).results[0]


def test_the_page_is_self_contained_and_safe_with_any_name(runs, tmp_path):
    out = tmp_path / "pages" / "board.html"
    out.parent.mkdir()
    comparison = commands.compare(runs, out)
    page = Page(out.read_text("utf-8"))
    assert len(page.all("script")) == 1
    assert not any("src" in attributes for attributes in page.all("script"))
    assert all(attributes["src"].startswith("data:image/png;base64,") for attributes in page.all("img"))
    links = {attributes["href"] for attributes in page.all("a")}
    assert "../runs/deep/best/index.html" in links
    assert all(re.fullmatch(r"\.\./runs/[\w./%&()-]+", link) for link in links)
    assert SLY in page.text
    assert "stand apart" in page.text
    assert [text.strip() for text in page.texts if text.strip() in {"latent_dim", "beta"}] == ["latent_dim", "beta"]
    frame = comparison._repr_html_()
    assert frame.startswith("<iframe srcdoc=")
    assert frame.count("<") == 2
    names = [name for name, *_ in COLUMNS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("arguments", "message"), [
    (([],), "got none"), (("missing",), "does not exist"), ((Path("runs"), "board.png"), r"\.html"),
    ((Path("runs") / "stopped",), "has not finished")])
def test_mistakes(arguments, message, runs, monkeypatch):
    monkeypatch.chdir(runs.parent)
    with pytest.raises(zukan.InputError, match=message):
        commands.compare(*arguments)


def test_curves_by_epoch_and_time():
    histories = {f"run {i}": {"epoch": np.arange(1, 5), "loss": np.full(4, 9.0), "val_elbo": -100.0 + i - 10.0 / np.arange(1, 5),
                              "elbo": np.zeros(4), "seconds": np.full(4, 30.0)} for i in range(12)}
    figure = plots.curves(histories)
    assert figure.numbers["term"] == "test −ELBO"
    np.testing.assert_allclose(figure.numbers["curves"]["run 3"]["nats"], 97.0 + 10.0 / np.arange(1, 5))
    np.testing.assert_allclose(figure.numbers["curves"]["run 3"]["minutes"], [0.5, 1.0, 1.5, 2.0])
    epochs, minutes = figure.axes.child_axes
    assert [text.get_text() for text in minutes.get_legend().get_texts()] == [f"run {i}" for i in range(10)]
    assert epochs.get_ylim()[1] < 110.0  # the first epoch is out of view
    del histories["run 5"]["seconds"]
    assert len(plots.curves(histories).axes.child_axes) == 1
    with pytest.raises(zukan.InputError, match="'loss'"):
        plots.curves({})
