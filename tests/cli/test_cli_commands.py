"""Each command does what its help says."""

import csv
import dataclasses
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pyarrow import parquet

import zukan
from zukan import cli
from zukan.commands import training_runs
from zukan.data.options import Options
from zukan.training.presets import PRESETS
from zukan.training.recipe import Recipe


def test_a_command_that_succeeds_returns_0(capsys):
    assert cli.run(["presets"]) == 0


def test_train_writes_the_run_folder_and_prints_the_results(session):
    names = {path.name for path in session.path.iterdir()}
    assert names == {"recipe.toml", "environment.json", "model.keras", "history.csv", "metrics.json", "figures",
                     "index.html", "checkpoints"}
    metrics = json.loads((session.path / "metrics.json").read_text())
    assert f"{-metrics['test']['elbo']:.1f} nats per item" in session.printed
    assert f"{metrics['classes']['knn_accuracy']:.3f}" in session.printed
    for words in (f"Wrote {session.path}", f"zukan explore {session.path}", f"zukan interpolate {session.path} -o morph.gif",
                  "note: The likelihood is Bernoulli"):
        assert words in session.printed
    for figure in (session.path / "figures").iterdir():
        with Image.open(figure) as picture:
            picture.verify()


def test_train_prints_a_line_per_epoch_without_a_terminal(command, grey, monkeypatch, tmp_path):
    monkeypatch.setattr(training_runs, "write_atlas", lambda *_: None)
    monkeypatch.setattr(zukan.Run, "summary", lambda _: [])
    monkeypatch.setattr(zukan.Run, "metrics", {"diagnosis": []})
    printed = command("train", grey, "--out", tmp_path / "run", "--epochs", 2, "--encoder", '{name="mlp", units=[8]}')
    assert "\x1b" not in printed
    assert "\r" not in printed
    lines = [line for line in printed.splitlines() if line.startswith("epoch ")]
    assert len(lines) == 2
    number = r"\d[\d,]*(?:\.\d+)?"
    for i, line in enumerate(lines, 1):
        assert re.fullmatch(rf"epoch {i}/2 · loss {number} = reconstruction {number} \+ KL {number} · test {number} · "
                            rf"{number} items/s · \d+:\d\d left", line), line
    with (tmp_path / "run" / "history.csv").open() as file:
        for row, line in zip(csv.DictReader(file), lines, strict=True):
            for name in ("loss", "reconstruction", "kl", "val_loss"):
                assert f" {float(row[name]):.2f}" in line
    assert lines[-1].endswith("0:00 left")


def test_resume_of_a_finished_run_changes_nothing(command, session, unchanged):
    with unchanged(session.path):
        assert "is finished" in command("resume", session.path)


def test_resume_continues_where_a_run_stopped(command, run, session):
    (run / "index.html").unlink()
    (run / "model.keras").unlink()
    command("resume", run)
    assert (run / "history.csv").read_bytes() == (session.path / "history.csv").read_bytes()
    assert (run / "metrics.json").read_bytes() == (session.path / "metrics.json").read_bytes()
    assert (run / "index.html").exists()


def test_report_rewrites_the_report_and_the_figures(command, run, grey):
    metrics = (run / "metrics.json").read_bytes()
    for path in (run / "index.html", run / "metrics.json", *(run / "figures").iterdir()):
        path.unlink()
    printed = command("report", run)
    assert printed.splitlines()[:3] == [f"Reading {grey}", "Measuring", "Drawing"]
    assert (run / "metrics.json").read_bytes() == metrics
    assert {path.stem for path in (run / "figures").iterdir()} >= {"loss", "map", "grid", "morph", "confusion"}
    assert (run / "index.html").read_text().startswith("<!")
    assert "test −ELBO" in printed


def both_splits(grey):
    with np.load(grey) as arrays:
        x = np.concatenate([arrays["x_train"], arrays["x_test"]])[..., None] / np.float32(255)
        return x, np.concatenate([arrays["y_train"], arrays["y_test"]])


def test_encode_npz(command, session, grey, tmp_path, model):
    x, y = both_splits(grey)
    assert "34 codes of 2 dimensions" in command("encode", session.path, grey, "-o", tmp_path / "z.npz")
    with np.load(tmp_path / "z.npz") as codes:
        assert set(codes) == {"item", "z", "label"}
        assert np.array_equal(codes["item"], np.arange(34))
        assert np.array_equal(codes["z"], model.encode(x))
        assert np.array_equal(codes["label"], y)


def test_encode_csv_with_text_labels(command, session, grey, tmp_path, model):
    x, y = both_splits(grey)
    names = np.array(["öne, \"two\"", "three"])[y]
    np.savez(tmp_path / "text.npz", x=x, y=names)
    command("encode", session.path, tmp_path / "text.npz", "-o", tmp_path / "new" / "z.csv")
    with (tmp_path / "new" / "z.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["item", "z1", "z2", "label"]
    assert [row["label"] for row in rows] == names.tolist()
    z = model.encode(x)
    assert np.array_equal(np.array([[row["z1"], row["z2"]] for row in rows], np.float32), z)


def test_encode_csv_without_labels_and_sampled(command, session, grey, tmp_path, model):
    x, _ = both_splits(grey)
    np.save(tmp_path / "bare.npy", x)
    command("encode", session.path, tmp_path / "bare.npy", "-o", tmp_path / "z.csv", "--sample", "--seed", 3)
    table = np.loadtxt(tmp_path / "z.csv", delimiter=",", skiprows=1, dtype=np.float32)
    assert np.array_equal(table[:, 0], np.arange(len(x)))
    assert np.array_equal(table[:, 1:], model.encode(x, sample=True, seed=3))
    assert not np.array_equal(table[:, 1:], model.encode(x))


def test_encode_parquet(command, session, grey, tmp_path, model):
    x, y = both_splits(grey)
    command("encode", session.path, grey, "-o", tmp_path / "z.parquet")
    table = parquet.read_table(tmp_path / "z.parquet")
    assert table.column_names == ["item", "z1", "z2", "label"]
    assert np.array_equal(np.stack([table["z1"], table["z2"]], 1), model.encode(x))
    assert np.array_equal(table["label"], y)


def frames(path):
    with Image.open(path) as picture:
        assert picture.format == "GIF"
        pictures = []
        for i in range(picture.n_frames):
            picture.seek(i)
            pictures.append(np.asarray(picture.convert("RGB")))
        return pictures, picture.info.get("loop")


def assert_png(path):
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        assert min(picture.size) > 100
        assert len(np.unique(np.asarray(picture.convert("L")))) > 5


@pytest.mark.parametrize("data", [False, True])
def test_reconstruct(data, command, session, grey, tmp_path):
    arguments = [grey] if data else []
    assert "a.png" in command("reconstruct", session.path, *arguments, "-o", tmp_path / "a.png", "--count", 5)
    assert_png(tmp_path / "a.png")
    command("reconstruct", session.path, *arguments, "-o", tmp_path / "a.gif", "--count", 5)
    pictures, _ = frames(tmp_path / "a.gif")
    assert len(pictures) == 5
    # the original, its reconstruction and a sample are side by side: the left third is the original
    with np.load(grey) as arrays:
        original = arrays["x_train" if data else "x_test"][0]
    zoom = pictures[0].shape[0] // 4
    assert pictures[0].shape == (4 * zoom, 12 * zoom, 3)
    assert np.abs(pictures[0][::zoom, : 4 * zoom : zoom, 0].astype(int) - original).max() <= 8


def test_sample(command, session, tmp_path, model):
    command("sample", session.path, "-o", tmp_path / "s.png", "--count", 9)
    assert_png(tmp_path / "s.png")
    command("sample", session.path, "-o", tmp_path / "s.gif", "--count", 7, "--seed", 4)
    pictures, loop = frames(tmp_path / "s.gif")
    assert (len(pictures), loop) == (7, 0)
    zoom = pictures[0].shape[0] // 4
    wanted = model.sample(7, seed=4)[..., 0] * 255
    assert np.abs(np.stack(pictures)[:, ::zoom, ::zoom, 0] - wanted).max() <= 8


def test_interpolate(command, session, grey, tmp_path, model):
    printed = command("interpolate", session.path, "-o", tmp_path / "m.png", "--steps", 5)
    assert_png(tmp_path / "m.png")
    first, second = re.search(r"from item (\d+) \((\d)\) to item (\d+) \((\d)\)", printed).group(2, 4)
    assert first != second  # two classes
    command("interpolate", session.path, 33, 2, grey, "-o", tmp_path / "m.gif", "--steps", 6)
    pictures, loop = frames(tmp_path / "m.gif")
    x, _ = both_splits(grey)
    wanted = model.interpolate(x[33], x[2], steps=6)[..., 0] * 255
    zoom = pictures[0].shape[0] // 4
    shown = np.stack(pictures)[:, ::zoom, ::zoom, 0].astype(float)
    assert loop == 0
    assert np.abs(shown[0] - wanted[0]).max() <= 8
    furthest = np.abs(shown - wanted[-1]).max(axis=(1, 2)).argmin()
    assert np.abs(shown[furthest] - wanted[-1]).max() <= 8
    assert len(pictures) <= 6 + 4  # there and back; Pillow joins equal frames into one longer frame


def test_default_outputs_are_written_to_the_current_folder(command, session):
    for words, name in ((["sample"], "samples.png"), (["reconstruct"], "reconstructions.png"),
                        (["interpolate"], "morph.gif")):
        command(words[0], session.path)
        assert Path(name).stat().st_size > 0


def test_presets_lists_every_preset(command):
    printed = command("presets")
    for name in PRESETS:
        assert name in printed


@pytest.mark.parametrize("name", ["train", "resume", "data", "parts", "presets", "compare", "encode", "reconstruct", "sample",
                                  "interpolate", "score", "impute", "report", "export", "explore"])
def test_each_command_has_help(name, command):
    printed = command(name, "--help")
    assert f"zukan {name}" in printed
    if name in {"train", "data"}:
        reading = {field.name for field in dataclasses.fields(Options)} | {"seed"}
        for field in Recipe.fields():
            option = f"--{field.name.replace('_', '-')} "
            assert (option in printed) == (field.name != "data" and (name == "train" or field.name in reading)), option


def test_help_lists_every_command(command):
    printed = command("--help")
    for name in ("train", "resume", "data", "parts", "presets", "compare", "encode", "reconstruct", "sample", "interpolate", "score",
                 "report", "export", "explore"):
        assert f"│ {name} " in printed
