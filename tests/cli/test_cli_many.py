"""Several models by one command, and a comparison of runs."""

import pytest

from zukan.report import atlas

OPTIONS = ("--epochs", "2", "--batch-size", "8", "--encoder", '{name="mlp", units=[8]}')


def test_seeds_and_a_sweep(command, grey, tmp_path, monkeypatch):
    monkeypatch.setattr(atlas, "draw", lambda *_: {})  # most of the time of a tiny training
    monkeypatch.setattr(atlas, "page", lambda *_: "")
    out = tmp_path / "many"
    printed = command("train", grey, "--out", out, "--sweep", "beta=0.5,2", "--seeds", 2, *OPTIONS)
    names = [f"beta={beta},seed={seed}" for beta in ("0.5", "2") for seed in (0, 1)]
    assert sorted(path.name for path in out.iterdir()) == names
    assert all((out / name / "index.html").exists() for name in names)
    assert "reconstruction" in printed
    assert "k-NN accuracy" in printed
    assert all(str(out / name) in printed for name in names)
    comparison = command("compare", *(out / name for name in names[:2]))
    assert "seed" in comparison
    assert "beta" not in comparison.splitlines()[0]


@pytest.mark.parametrize(("words", "says"), [
    (["--sweep", "beta"], "sweep must"), (["--sweep", "beta=a"], "sweep must"), (["--sweep", "epochs=1,2"], "free_bits"),
    (["--seeds", "0"], "seeds"), (["--sweep", "beta=1", "--sweep", "beta=2"], "before")])
def test_invalid_seeds_and_sweeps(words, says, refused, grey, tmp_path):
    refused("train", grey, "--out", tmp_path / "out", *words, *OPTIONS, says=[says])
    assert not (tmp_path / "out").exists()


def test_a_comparison_of_no_runs(refused):
    refused("compare", says=["got none"])
