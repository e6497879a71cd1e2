"""A full disk, simulated and real: the error is one line, and the run can be resumed when there is space."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

import zukan

OPTIONS = ["--epochs", "2", "--batch-size", "8", "--encoder", '{name="mlp", units=[8]}']


def full(*_, **__):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("step", ["mkdtemp", "write_text", "save", "replace"])
def test_no_space_while_training(step, refused, command, grey, tmp_path, monkeypatch):
    out = tmp_path / "run"
    with monkeypatch.context() as patch:
        if step == "mkdtemp":
            patch.setattr("tempfile.mkdtemp", full)
        else:
            patch.setattr(zukan.VAE if step == "save" else Path, step, full)
        refused("train", grey, "--out", out, *OPTIONS,
                says=["cannot be written: no space left on device", "free some space"])
    assert not [path for path in tmp_path.rglob("*") if ".part" in path.name]
    assert out.exists() == (step == "save")
    if step == "save":
        assert {path.name for path in out.iterdir()} >= {"recipe.toml", "environment.json"}


@pytest.mark.parametrize(("words", "name"), [
    (["encode", "RUN", "DATA", "-o", "z.npz"], "savez"), (["encode", "RUN", "DATA", "-o", "z.csv"], "open"),
    (["sample", "RUN", "-o", "s.png"], "write_bytes"), (["sample", "RUN", "-o", "s.gif"], "write_bytes"),
    (["interpolate", "RUN", "0", "1", "-o", "m.gif"], "replace"),
])
def test_no_space_for_a_result(words, name, refused, session, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = [word.replace("RUN", str(session.path)).replace("DATA", str(session.data)) for word in words]
    (tmp_path / words[-1]).write_bytes(b"an earlier one")
    zukan.Run.open(session.path)
    if name == "savez":
        monkeypatch.setattr("numpy.savez", full)
    else:  # only for writing in this folder: JAX reads and writes its own files elsewhere
        stock = getattr(Path, name)
        monkeypatch.setattr(Path, name, lambda path, *rest, **options: (
            full() if path.resolve().parent == tmp_path and options.get("mode") != "rb" else stock(path, *rest, **options)))
    refused(*words, says=[words[-1], "no space left on device", "free some space"])
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [(words[-1], b"an earlier one")]


@pytest.fixture
def disk(tmp_path):
    """A disk of 8 MiB, which only root on Linux can mount; elsewhere only the simulated tests run."""
    path = tmp_path / "disk"
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(path)]
    if sys.platform != "linux" or os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a real full disk needs the right to mount one")
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


def fill(disk, leave):
    """Fill the disk so that ``leave`` bytes are free."""
    room = os.statvfs(disk)
    (disk / "filler").write_bytes(bytes(room.f_bavail * room.f_frsize - leave))


@pytest.mark.parametrize("leave", [0, 8 << 10, 40 << 10, 96 << 10, 220 << 10, 270 << 10],
                         ids=["nothing", "the recipe", "half a checkpoint", "a checkpoint", "the model", "figures"])
def test_a_disk_that_is_full(leave, disk, refused, command, grey, session):
    fill(disk, leave)
    out = disk / "run"
    error = refused("train", grey, "--out", out, *OPTIONS, says=["cannot be written: no space left", "free some space"])
    assert str(disk) in error
    assert not [path for path in disk.rglob("*") if ".part" in path.name]
    assert not (out / "index.html").exists()
    (disk / "filler").unlink()
    if not out.exists():
        assert leave < 40 << 10
        return
    command("resume", out)
    names = ("history.csv", "metrics.json")
    rows = [[line.rsplit(",", 1)[0] for line in (run / names[0]).read_text().splitlines()]
            for run in (out, session.path)]
    assert rows[0] == rows[1]
    assert (out / names[1]).read_bytes() == (session.path / names[1]).read_bytes()
    assert (out / "index.html").exists()
