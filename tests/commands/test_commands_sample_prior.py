"""Samples from a prior that is fitted to a run's codes afterwards."""

import numpy as np
import pytest

import zukan
from blobs import blobs
from zukan import commands
from zukan.cli import run as main
from zukan.commands import training_runs

SMALL = {"epochs": 2, "batch_size": 8, "encoder": {"name": "mlp", "units": [6]}, "likelihood": "normal"}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    x = blobs(60, (4, 5))
    data = {"x_train": x[:40], "y_train": np.arange(40) % 2, "x_test": x[40:], "y_test": np.arange(20) % 2}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training_runs, "write_atlas", lambda run, *_: run.file(run.REPORT).write_text(""))
        return zukan.train(data, out=tmp_path_factory.mktemp("run") / "run", condition="label", **SMALL)


def read(path):
    with np.load(path) as arrays:
        return arrays["x"]


def test_samples_are_those_of_the_fitted_prior(run, tmp_path):
    before = (run.path / "model.keras").read_bytes()
    lines = []
    for out, prior in (("own.npz", None), ("maf.npz", {"name": "maf", "flows": 2, "units": [8]})):
        commands.sample(run.path, tmp_path / out, count=6, prior=prior, seed=3, log=lines.append)
    assert lines == ["Fitting the prior to the codes of 40 training items"]
    with np.load(run.path / "data.npz") as arrays:
        x, classes = arrays["x_train"], arrays["y_train"]
    new = run.model.fit_prior(x[..., None], {"name": "maf", "flows": 2, "units": [8]}, condition=classes)
    expected = new.sample(6, condition=np.arange(6) % 2, seed=3)
    np.testing.assert_allclose(read(tmp_path / "maf.npz"), expected, rtol=1e-5, atol=1e-5)
    assert np.abs(read(tmp_path / "maf.npz") - read(tmp_path / "own.npz")).max() > 1e-3
    assert (run.path / "model.keras").read_bytes() == before


def test_the_command_takes_a_name_or_a_table(run, tmp_path, capsys):
    table = '{name="mixture", components=2}'
    assert not main(["sample", str(run.path), "-o", str(tmp_path / "s.npz"), "--prior", table, "--count", "4"])
    assert "Fitting the prior to the codes of 40 training items" in capsys.readouterr().out
    assert read(tmp_path / "s.npz").shape == (4, 4, 5, 1)


def test_an_unknown_prior_is_a_mistake(run, tmp_path):
    with pytest.raises(zukan.InputError, match="prior must be one of .*did you mean 'maf'"):
        commands.sample(run.path, tmp_path / "s.npz", prior="maff")
