"""Many models by one command, and runs side by side."""

from conftest import OPTIONS


def test_seeds_and_a_sweep(command, grey, tmp_path):
    out = tmp_path / "many"
    printed = command("train", grey, "--out", out, "--sweep", "beta=0.5,2", "--seeds", 2, *OPTIONS)
    names = [f"beta={beta},seed={seed}" for beta in ("0.5", "2") for seed in (0, 1)]
    assert sorted(path.name for path in out.iterdir()) == names
    assert all((out / name / "index.html").exists() for name in names)
    assert "reconstruction" in printed
    assert "neighbours agree" in printed
    assert all(str(out / name) in printed for name in names)
    again = command("compare", *(out / name for name in names[:2]))
    assert "seed" in again
    assert "beta" not in again.splitlines()[0]


def test_mistakes(refused, grey, tmp_path):
    for words, says in {("--sweep", "beta"): "sweep must", ("--sweep", "beta=a"): "sweep must",
                        ("--sweep", "epochs=1,2"): "free_bits", ("--seeds", "0"): "seeds",
                        ("--sweep", "beta=1", "--sweep", "beta=2"): "before"}.items():
        refused("train", grey, "--out", tmp_path / "out", *words, *OPTIONS, says=[says])
    refused("compare", says=["got none"])
    assert not (tmp_path / "out").exists()
