"""The report of models with discrete codes: figures of what z holds, and none along dimensions that mean nothing alone."""

import json
import re

import numpy as np
import pytest

import zukan

ALWAYS = {"loss", "reconstructions", "samples", "morph", "confusion", "pca", "codebook", "codes"}
CODES = {"posterior": {"name": "vq", "entries": 5}, "prior": "categorical"}
RUNS = {  # the recipe, the figures besides, codebooks or variables, and what the page says of the code
    "variables": ({"posterior": {"name": "categorical", "classes": 3}, "prior": "categorical", "latent_dim": 6},
                  {"activity", "variables", "between"}, 2, "into 2 categorical variables, each one of 3 (z has 6 dimensions)"),
    "joint": ({"posterior": {"name": "joint", "classes": 3}, "prior": "joint", "latent_dim": 5},
              {"activity", "traversals", "map", "grid", "between"}, 1, "into 2 numbers and one of 3 classes"),
    "one number": ({"posterior": {"name": "joint", "classes": 3}, "prior": "joint", "latent_dim": 4},
                   {"activity", "traversals", "between"}, 1, "into one number and one of 3 classes"),
    "vq": ({**CODES, "latent_dim": 3}, set(), 1, "into one of 5 codes"),
    "grid": ({**CODES, "latent_dim": 8, "encoder": {"name": "conv", "filters": [2], "units": 4}}, set(), 1,
             "into 4 codes, each one of 5"),
    "fsq": ({"posterior": {"name": "fsq", "levels": [3]}, "prior": "categorical", "latent_dim": 2}, {"map"}, 1,
            "into 2 codes, each one of 3"),
}


@pytest.mark.parametrize("name", RUNS)
def test_figures_show_what_z_holds(name, tmp_path):
    recipe, figures, books, text = RUNS[name]
    rng = np.random.default_rng(0)
    x, y = rng.random((60, 4, 4, 1), "float32"), rng.integers(0, 2, 60)
    run = zukan.train({"x_train": x[:40], "y_train": y[:40], "x_test": x[40:], "y_test": y[40:]}, out=tmp_path / "run", epochs=1,
                      batch_size=8, **{"encoder": {"name": "mlp", "units": [6]}, **recipe})
    drawn = {path.stem for path in run.file("figures").iterdir()}
    assert drawn - {"between"} == (ALWAYS - ({"pca"} if recipe["latent_dim"] < 3 else set())) | (figures - {"between"})
    assert "between" in figures or "between" not in drawn  # there may be no pair that overlaps
    numbers = json.loads(run.file("metrics.json").read_text())["codes"]
    codes = run.model.codes(x[40:])
    assert [len(values) for values in numbers["by_book"].values()] == [books, books]
    first = codes[:, ::books] if recipe["posterior"]["name"] not in {"categorical", "joint"} else codes[:, 0]
    assert numbers["by_book"]["used_codes"][0] == len(np.unique(first))
    page = re.sub(r"\s+", " ", run.file("index.html").read_text("utf-8"))
    assert text in page
    assert ("Active dimensions</dt>" in page) == ("activity" in figures)
