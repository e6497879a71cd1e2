"""Programs that one command compiled are used by the next; damaged entries are harmless."""

import os
import time

import numpy as np
from test_cli_process import zukan as command

from zukan.cli import cache


def test_a_second_command_uses_the_cache_and_ignores_damaged_entries(session, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("JAX_COMPILATION_CACHE_DIR", raising=False)
    # Keep every program: with a time limit, the load of the machine would decide which ones are kept.
    monkeypatch.setenv("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")

    def encoded():
        done = command("encode", session.path, session.data, "-o", "codes.npz", cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        with np.load(tmp_path / "codes.npz") as codes:
            return dict(codes)

    def programs():
        entries = (tmp_path / "cache" / "zukan").glob("programs-*/*-cache")
        return {path: path.stat().st_mtime_ns for path in entries}

    first, kept = encoded(), programs()
    assert kept
    for entry in list(kept)[::2]:
        entry.write_bytes(entry.read_bytes()[:100])
        kept[entry] = entry.stat().st_mtime_ns
    np.testing.assert_equal(encoded(), first)
    assert programs() == kept


def test_the_users_settings_stay(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.modules", {})
    environment = {"JAX_COMPILATION_CACHE_DIR": "mine", "XDG_CACHE_HOME": str(tmp_path)}
    cache.enable(environment)
    assert environment == {"JAX_COMPILATION_CACHE_DIR": "mine", "XDG_CACHE_HOME": str(tmp_path)}


def test_old_programs_are_deleted(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.modules", {})
    environment = {"XDG_CACHE_HOME": str(tmp_path)}
    cache.enable(environment)
    folder = tmp_path / environment["JAX_COMPILATION_CACHE_DIR"]
    folder.mkdir(parents=True)
    for name, age in (("old", cache.KEPT + 60), ("new", 60)):
        (folder / name).write_bytes(b"")
        os.utime(folder / name, (time.time() - age,) * 2)
    del environment["JAX_COMPILATION_CACHE_DIR"]
    cache.enable(environment)
    assert [path.name for path in folder.iterdir()] == ["new"]
