"""The codes of a discrete model in a table: whole numbers, in place of the dimensions that stand for them."""

import csv

import numpy as np
import pytest

import zukan
from blobs import blobs
from zukan import commands

SMALL = {"epochs": 1, "batch_size": 8, "encoder": {"name": "mlp", "units": [6]}}


@pytest.mark.parametrize(("options", "columns"), [
    ({"latent_dim": 4, "posterior": {"name": "vq", "entries": 5, "groups": 2}, "prior": "categorical"}, ["code1", "code2"]),
    ({"latent_dim": 5, "posterior": {"name": "joint", "classes": 3}, "prior": "joint"}, ["z1", "z2", "code1"]),
], ids=["vq", "joint"])
def test_a_table_of_codes_holds_whole_numbers(options, columns, tmp_path):
    x = blobs(40)
    run = zukan.train({"x_train": x, "y_train": np.arange(40) % 2, "x_test": x[:8], "y_test": np.arange(8) % 2}, out=tmp_path / "run",
                      **SMALL, **options)
    shape = commands.encode(run.path, run.source, tmp_path / "codes.csv")
    assert shape == (48, options["latent_dim"])
    with (tmp_path / "codes.csv").open() as lines:
        header, *rows = csv.reader(lines)
    assert header == ["item", *columns, "label"]
    codes = np.array([[row[header.index(name)] for name in columns if name.startswith("code")] for row in rows]).astype(int)
    np.testing.assert_array_equal(codes[:40], run.model.codes(x))
    commands.encode(run.path, run.source, tmp_path / "codes.npz")
    with np.load(tmp_path / "codes.npz") as arrays:
        assert arrays["z"].shape == shape
        np.testing.assert_array_equal(arrays["codes"], codes)
        assert arrays["codes"].dtype.kind == "i"
