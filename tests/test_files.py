"""Files and folders are replaced in one step: a reader sees the old one or the new one."""

import errno
import os
from pathlib import Path

import pytest

from zukan import files
from zukan.checks import InputError


def test_the_new_file_replaces_the_old_one_at_the_end(tmp_path):
    path = tmp_path / "deep" / "er" / "text.txt"
    files.write_text(path, "öld")
    assert path.read_bytes() == "öld".encode()
    with files.replacing(path) as temporary:
        assert temporary.parent == path.parent
        assert temporary.suffix == path.suffix
        assert temporary.name.startswith(".")
        temporary.write_text("new")
        assert path.read_text(encoding="utf-8") == "öld"
    assert path.read_text() == "new"
    assert list(path.parent.iterdir()) == [path]


def test_two_writers_of_one_file(tmp_path):
    path = tmp_path / "a.bin"
    with files.replacing(path, shared=True) as first:
        first.write_bytes(b"first")
        with files.replacing(path, shared=True) as second:
            assert second != first
            second.write_bytes(b"second")
        assert path.read_bytes() == b"second"
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_old_file_and_no_temporary_one(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("old")

    def fail():
        with files.replacing(path) as temporary:
            temporary.write_text("half of the n")
            raise KeyError("x")

    with pytest.raises(KeyError):
        fail()
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("text.txt", "old")]


@pytest.mark.parametrize(("number", "fix"), [
    (errno.ENOSPC, "free some space"), (errno.EDQUOT, "quota"), (errno.EROFS, "can be written"),
    (errno.EACCES, "permissions"), (errno.ENOTDIR, "not below a file"),
    (errno.EFBIG, "limit"), (errno.EIO, "another place")])
def test_a_system_error_becomes_one_sentence_with_a_fix(number, fix, tmp_path):
    path = tmp_path / "text.txt"
    with pytest.raises(InputError) as caught, files.replacing(path):
        raise OSError(number, os.strerror(number))
    assert str(path) in str(caught.value)
    assert os.strerror(number).lower() in str(caught.value)
    assert fix in str(caught.value)


def test_a_system_error_without_a_number(tmp_path):
    with pytest.raises(InputError, match="h5 says no; choose another place"), files.replacing(tmp_path / "a"):
        raise OSError("h5 says no")


def test_a_file_in_place_of_the_folder(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="file"):
        files.write_text(tmp_path / "file" / "a.txt", "a")


def test_a_folder_in_place_of_the_file(tmp_path):
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(InputError, match=r"a\.txt"):
        files.write_text(tmp_path / "a.txt", "a")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_failing_rename_leaves_no_temporary_file(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(InputError, match="no space left"):
        files.write_text(tmp_path / "a.txt", "a")
    assert not list(tmp_path.iterdir())


def test_a_link_in_place_of_the_temporary_file_is_not_followed(tmp_path):
    (tmp_path / "mine").write_text("mine")
    (tmp_path / ".a.part.txt").symlink_to(tmp_path / "mine")
    files.write_text(tmp_path / "a.txt", "new")
    assert (tmp_path / "mine").read_text() == "mine"
    assert (tmp_path / "a.txt").read_text() == "new"
    assert not (tmp_path / "a.txt").is_symlink()


def test_no_file_is_lost_while_a_folder_is_replaced(tmp_path, monkeypatch):
    path = tmp_path / "run"
    path.mkdir()
    (path / "old").touch()
    real, seen = Path.rename, []

    def rename(self, target):
        real(self, target)
        seen.append(sorted(file.name for file in tmp_path.rglob("*") if file.is_file()))

    monkeypatch.setattr(Path, "rename", rename)
    with files.replacing_folder(path, force=True) as temporary:
        (temporary / "new").touch()
    assert seen == [["new", "old"], ["new", "old"]]
    assert [item.relative_to(tmp_path).as_posix() for item in tmp_path.rglob("*")] == ["run", "run/new"]
