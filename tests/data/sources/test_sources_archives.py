"""Zips and tars of images."""

import tarfile
import zipfile

import numpy as np
import pytest
from image_files import read_all, write, write_folder

from zukan import data
from zukan.checks import InputError
from zukan.data.sources import archives


@pytest.fixture
def folder(tmp_path):
    return write_folder(tmp_path / "pets")


def packed(folder, kind):
    path = folder.with_suffix(f".{kind}")
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            for file in sorted(folder.rglob("*.*")):
                archive.write(file, file.relative_to(folder.parent))
    else:
        with tarfile.open(path, {"tar": "w", "tgz": "w:gz", "tar.xz": "w:xz"}[kind]) as archive:
            archive.add(folder, folder.name)
    return path


@pytest.mark.parametrize("kind", ["zip", "tar", "tgz", "tar.xz"])
def test_an_archive_is_read_like_its_folder(folder, kind):
    dataset, expected = data.load(packed(folder, kind)), data.load(folder)
    assert dataset.provenance["sha256"] == expected.provenance["sha256"]
    assert (dataset.class_names, dataset.name) == (expected.class_names, "pets")


def zip_with(tmp_path, name, link=False):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = (0o120777 if link else 0o100644) << 16
        archive.writestr(info, b"x")
        archive.writestr("ok.png", b"x")
    return path


def tar_with(tmp_path, name, kind=tarfile.REGTYPE):
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as archive:
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, "/etc/passwd"
        archive.addfile(info)
    return path


@pytest.mark.parametrize("name", ["../out.png", "/out.png", "a/../../out.png", "..\\out.png", "C:\\out.png"])
def test_files_outside_of_an_archive_are_refused(tmp_path, name):
    for path in (zip_with(tmp_path, name), tar_with(tmp_path, name)):
        with pytest.raises(InputError, match="lies outside of it"):
            data.load(path)


def test_links_in_archives_are_refused(tmp_path):
    for path in (zip_with(tmp_path, "a.png", link=True), tar_with(tmp_path, "a.png", tarfile.SYMTYPE),
                 tar_with(tmp_path, "a.png", tarfile.LNKTYPE)):
        with pytest.raises(InputError, match="is a link"):
            data.load(path)


def test_a_truncated_archive(tmp_path):
    with zipfile.ZipFile(tmp_path / "cut.zip", "w") as archive:
        archive.writestr("a.png", bytes(1000))
    cut = tmp_path / "cut.zip"
    cut.write_bytes(cut.read_bytes()[:500])
    with pytest.raises(InputError, match="cut.zip"):
        data.load(cut)


@pytest.mark.parametrize("memory", [None, 1e-9])
@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_damaged_member_of_an_archive_is_skipped(packing, memory, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    noise = np.random.default_rng(0).integers(0, 256, (2, 500, 600, 3), dtype=np.uint8)
    with zipfile.ZipFile(tmp_path / "x.zip", "w", packing) as archive:
        for i, pixels in enumerate(noise):
            archive.write(write(tmp_path / f"{i}.jpg", pixels), f"{i}.jpg")
        place = archive.getinfo("1.jpg").header_offset + archive.getinfo("1.jpg").compress_size - 20_000
    content = bytearray((tmp_path / "x.zip").read_bytes())
    content[place] ^= 0xFF
    (tmp_path / "x.zip").write_bytes(content)
    split, *_ = data.items(tmp_path / "x.zip", memory=memory, image_size=16)
    assert len(split) == 1


def test_a_compressed_tar_is_read_in_its_own_order(folder, monkeypatch):
    path, seen = packed(folder, "tgz"), []
    monkeypatch.setattr("os.cpu_count", lambda: 16)
    read = archives.Container.read
    monkeypatch.setattr(archives.Container, "read", lambda self, name: (seen.append(self.names.index(name)), read(self, name))[1])
    read_all(path)
    assert seen == sorted(seen)
