"""What commands read: never their own output, and other data in the way of the run."""

import numpy as np
import pytest
from PIL import Image

import zukan
from zukan import cli, commands
from zukan.checks import InputError

TINY = {"epochs": 1, "encoder": {"name": "mlp", "units": [2]}, "latent_dim": 1}
LEVELS = np.random.default_rng(0).integers(0, 256, (24, 6, 5), dtype=np.uint8)


def test_a_folder_of_images_is_the_same_after_every_command(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for i in range(8):
        Image.fromarray(np.random.default_rng(i).integers(0, 256, (16, 16, 3), dtype=np.uint8)).save(f"{i}.png")
    expected = zukan.data.load(".").provenance["sha256"]
    for _ in range(2):
        assert cli.run(["data", "."]) == 0
        run = zukan.train(".", **TINY)
        for name in ("samples.png", "samples.gif", "codes.csv"):
            if name.startswith("samples"):
                commands.sample(run.path, name, count=4)
            else:
                commands.encode(run.path, ".", name)
        commands.export(run.path, "onnx")
        dataset = zukan.data.load(".")
        assert (len(dataset.train) + len(dataset.test), dataset.provenance["sha256"]) == (8, expected)
    assert any("files that zukan wrote: 'contact-sheet.png', 'runs/" in note for note in dataset.notes)
    assert "8 of 16 × 16 × 3" in capsys.readouterr().out


def test_the_same_pictures_with_another_dtype_have_the_same_codes(tmp_path):
    np.save(tmp_path / "levels.npy", LEVELS.astype(np.float32))
    run = zukan.train(tmp_path / "levels.npy", out=tmp_path / "run", scaling="none", **TINY)
    codes, lines = {}, []
    for name, x in (("levels", LEVELS.astype(np.float32)), ("bytes", LEVELS)):
        commands.encode(run.path, x, tmp_path / f"{name}.npz", log=lines.append)
        with np.load(tmp_path / f"{name}.npz") as arrays:
            codes[name] = arrays["z"]
    np.testing.assert_array_equal(codes["levels"], codes["bytes"])
    (low, high) = (int(LEVELS.min()), int(LEVELS.max()))
    assert lines == [f"the uint8 values are not divided by 255, since the run was trained on float32 from {low} to {high}"]
    with pytest.raises(InputError, match=r"data must hold values like those that the run was trained on, float32 .*multiply it by 255"):
        commands.encode(run.path, LEVELS / np.float32(255), tmp_path / "units.npz")
    with pytest.raises(InputError, match=r"data must hold items of shape \(6, 5, 1\), like the data of run .* got \(5, 6, 1\); give"):
        commands.encode(run.path, LEVELS.swapaxes(1, 2), tmp_path / "z.npz")
    assert run.environment["values"] == {"dtype": "float32", "low": low, "high": high}
