"""The command line in its own process: exit codes, output streams, quick help."""

import json
import os
import subprocess
import sys

import pytest


def zukan(*words, flags=(), cwd=None):
    environment = {**os.environ, "COLUMNS": "100"}
    return subprocess.run([sys.executable, *flags, "-m", "zukan", *map(str, words)], capture_output=True, text=True,
                          check=False, cwd=cwd, env=environment, timeout=300)


def test_help_imports_nothing_slow():
    done = zukan("--help", flags=["-X", "importtime"])
    assert done.returncode == 0
    assert "draw an atlas" in done.stdout
    imported = {line.rsplit("|", 1)[1].strip().partition(".")[0] for line in done.stderr.splitlines() if "|" in line}
    assert "cyclopts" in imported
    assert not imported & {"keras", "jax", "jaxlib", "numpy", "matplotlib", "sklearn", "PIL", "scipy", "jinja2"}


def test_train_with_tensorboard(grey, tmp_path):
    pytest.importorskip("tensorboardX")
    done = zukan("train", grey, "--out", "run", "--epochs", 2, "--encoder", '{name="mlp", units=[8]}', "--track", "tensorboard",
                 cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "epoch 2/2 · loss" in done.stdout
    assert "zukan interpolate run -o morph.gif" in done.stdout
    assert (tmp_path / "run" / "index.html").exists()
    assert len(list((tmp_path / "run" / "tensorboard").glob("events.out.tfevents.*"))) == 1
    assert json.loads((tmp_path / "run" / "environment.json").read_text())["packages"]["keras"]
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_mistake_is_one_line_and_exit_code_2(tmp_path):
    done = zukan("train", "nowhere.npz", "--out", "run", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("zukan: ")
    assert "nowhere.npz" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert not list(tmp_path.iterdir())


def test_debug_prints_a_traceback(tmp_path):
    done = zukan("resume", "nowhere", "--debug", cwd=tmp_path)
    assert done.returncode != 0
    assert "Traceback" in done.stderr
    assert "InputError" in done.stderr
    assert "runs/run.py" in done.stderr.replace("\\", "/")
