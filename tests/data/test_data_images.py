"""Folders, zips and tars of images of every kind."""

import io
import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image

from zukan import data
from zukan.checks import InputError
from zukan.data import containers, images

GREY = np.arange(48, dtype=np.uint8).reshape(6, 8) * 5
COLOUR = np.stack([GREY, GREY[::-1], 255 - GREY], axis=-1)


def write(path, pixels=GREY, mode=None, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(pixels)
    (image.convert(mode) if mode else image).save(path, **options)
    return path


def everything(source, **options):
    return data.items(source, **options)[0].x


def one(path, **options):
    return np.rint(everything(path, **options)[0] * 255)


@pytest.fixture
def folder(tmp_path):
    """Six images of two classes."""
    for name, shift in (("cat", 0), ("dog", 60)):
        for i in range(3):
            write(tmp_path / "pets" / name / f"{i}.png", GREY // 2 + np.uint8(shift + i))
    return tmp_path / "pets"


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


def test_folders_are_classes(folder):
    dataset = data.load(folder, test_fraction=1 / 3)
    assert dataset.name == "pets"
    assert dataset.class_names == ("cat", "dog")
    assert dataset.event_shape == (6, 8, 1)
    assert np.bincount(dataset.train.y).tolist() == [2, 2]
    assert np.bincount(dataset.test.y).tolist() == [1, 1]
    assert dataset.notes == ("6 images of 6 × 8 (height × width), read as grey",)
    split, names = data.items(folder)
    assert (names, split.y.tolist()) == (("cat", "dog"), [0, 0, 0, 1, 1, 1])
    np.testing.assert_array_equal(np.rint(split.x[4, ..., 0] * 255), GREY // 2 + 61)


@pytest.mark.parametrize("kind", ["zip", "tar", "tgz", "tar.xz"])
def test_an_archive_is_what_its_folder_is(folder, kind):
    loaded, wanted = data.load(packed(folder, kind)), data.load(folder)
    assert loaded.provenance["sha256"] == wanted.provenance["sha256"]
    assert (loaded.class_names, loaded.name) == (wanted.class_names, "pets")


def test_no_classes_and_splits(tmp_path):
    for split, n in (("train", 3), ("val", 2), ("test", 1)):
        for i in range(n):
            write(tmp_path / "s" / split / "a" / f"{i}.png", GREY + np.uint8(i))
            write(tmp_path / "s" / split / "b" / f"{i}.png", GREY + np.uint8(9 + i))
    dataset = data.load(tmp_path / "s")
    assert (len(dataset.train), len(dataset.test), dataset.class_names) == (10, 2, ("a", "b"))
    assert dataset.provenance["split"] == "as given"
    assert any("validation" in note for note in dataset.notes)
    assert data.load(tmp_path / "s" / "train" / "a").train.y is None
    write(tmp_path / "s" / "train" / "loose.png")
    beside = data.load(tmp_path / "s" / "train")
    assert beside.train.y is None
    assert any("1 images lie beside the folders" in note for note in beside.notes)


def test_hidden_and_other_files_are_passed_over(folder):
    for name in (".DS_Store", "__MACOSX/._0.png", "notes.txt", "cat/.hidden.png"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"?")
    dataset = data.load(folder)
    assert len(dataset.train) + len(dataset.test) == 6
    assert dataset.unreadable == ()


def test_unreadable_files_are_named_with_the_reason(folder):
    whole = (folder / "cat" / "0.png").read_bytes()
    (folder / "cat" / "1.png").write_bytes(whole[:60])
    (folder / "dog" / "1.png").write_bytes(b"GIF of a dog")
    (folder / "dog" / "2.png").write_bytes(b"")
    dataset = data.load(folder)
    assert len(dataset.train) + len(dataset.test) == 3
    assert [name for name, _ in dataset.unreadable] == ["cat/1.png", "dog/1.png", "dog/2.png"]
    reasons = dict(dataset.unreadable)
    assert "truncated" in reasons["cat/1.png"]
    assert "no image of a kind" in reasons["dog/1.png"]
    assert any("3 of 6 files cannot be read" in note for note in dataset.notes)


GREYS = {
    "grey": ({}, GREY), "one bit": ({"mode": "1"}, np.array(Image.fromarray(GREY).convert("1")) * 255),
    "palette of greys": ({"mode": "P"}, GREY), "grey with alpha": ({"mode": "LA"}, GREY), "grey as colour": ({"mode": "RGB"}, GREY),
}


@pytest.mark.parametrize("case", GREYS)
def test_grey_of_any_mode(case, tmp_path):
    options, wanted = GREYS[case]
    np.testing.assert_array_equal(one(write(tmp_path / "f" / "a.png", **options).parent)[..., 0], wanted)


def test_sixteen_bits(tmp_path):
    wide = (np.arange(48).reshape(6, 8) * 1370).astype(np.uint16)
    for name in ("a.png", "a.tif"):
        np.testing.assert_array_equal(one(write(tmp_path / name[2:] / name, wide).parent)[..., 0], np.rint(wide / 257))


def test_colour_of_any_mode(tmp_path):
    np.testing.assert_array_equal(one(write(tmp_path / "rgb" / "a.png", COLOUR).parent), COLOUR)
    palette = Image.fromarray(COLOUR).quantize(48)
    (tmp_path / "p").mkdir()
    palette.save(tmp_path / "p" / "a.png")
    np.testing.assert_array_equal(one(tmp_path / "p"), np.array(palette.convert("RGB")))
    cmyk = write(tmp_path / "cmyk" / "a.tif", COLOUR, "CMYK").parent
    np.testing.assert_allclose(one(cmyk), COLOUR, atol=2)
    clear = np.dstack([COLOUR, np.full_like(GREY, 128)])
    clear[0, 0, 3] = 0
    path = write(tmp_path / "rgba" / "a.png", clear).parent
    assert one(path)[0, 0].tolist() == [255, 255, 255]
    np.testing.assert_allclose(one(path)[1:], 255 - (255.0 - COLOUR[1:]) * 128 / 255, atol=1)
    np.testing.assert_array_equal(one(path, channels=4), clear)
    assert one(path, channels=1).shape == (6, 8, 1)


def test_upright_as_the_camera_was_held(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = write(tmp_path / "f" / "a.png", GREY, exif=exif)
    upright = one(lying.parent)[..., 0]
    np.testing.assert_array_equal(upright, np.rot90(GREY, -1))


def test_the_first_frame_of_an_animation(tmp_path):
    frames = [Image.fromarray(GREY + np.uint8(i)) for i in range(3)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    np.testing.assert_array_equal(one(tmp_path)[..., 0], GREY)


def test_mixed_sizes_and_the_policy(tmp_path):
    for i in range(3):
        write(tmp_path / f"{i}.png", GREY)
    tall = np.zeros((30, 10), np.uint8)
    tall[10:20] = 200
    write(tmp_path / "tall.png", tall)
    for fit, corner in (("crop", 200), ("pad", 0), ("resize", 0)):
        dataset = data.load(tmp_path, image_fit=fit)
        assert dataset.event_shape == (6, 8, 1)
        assert "2 sizes from 6 × 8 to 30 × 10" in dataset.notes[0]
        assert "brought to 6 × 8" in dataset.notes[0]
        last = everything(tmp_path, image_fit=fit)[3, ..., 0] * 255
        assert last[2:4, 3:5].min() > 150
        assert abs(last[0, 0] - corner) < 20
        assert (last[2, 0] > 150) == (fit != "pad")
    assert everything(tmp_path, image_size="12x4").shape == (4, 12, 4, 1)
    assert everything(tmp_path, image_size=5).shape == (4, 5, 5, 1)


def test_large_images_are_shrunk_unasked(tmp_path):
    write(tmp_path / "a.jpg", np.full((300, 600, 3), (200, 30, 30), np.uint8))
    write(tmp_path / "b.jpg", np.full((300, 600, 3), (200, 30, 30), np.uint8))
    dataset = data.load(tmp_path)
    assert dataset.event_shape == (64, 128, 3)
    np.testing.assert_allclose(dataset.train.x * 255, np.broadcast_to([200, 30, 30], (1, 64, 128, 3)), atol=3)


def bomb(path):
    """Write a PNG that is small and says of itself to be huge."""
    content = io.BytesIO()
    Image.new("L", (1, 1)).save(content, "png")
    raw = bytearray(content.getvalue())
    raw[16:24] = (60_000).to_bytes(4, "big") * 2
    import zlib
    raw[29:33] = zlib.crc32(bytes(raw[12:29])).to_bytes(4, "big")
    path.write_bytes(raw)


def test_bombs_are_left_out(folder):
    bomb(folder / "cat" / "bomb.png")
    dataset = data.load(folder)
    assert [name for name, why in dataset.unreadable if "pixels" in why] == ["cat/bomb.png"]


def with_member(tmp_path, name, link=False):
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
def test_archives_that_reach_outside_are_refused(tmp_path, name):
    for path in (with_member(tmp_path, name), tar_with(tmp_path, name)):
        with pytest.raises(InputError, match="lies outside of it"):
            data.load(path)


def test_links_in_archives_are_refused(tmp_path):
    for path in (with_member(tmp_path, "a.png", link=True), tar_with(tmp_path, "a.png", tarfile.SYMTYPE),
                 tar_with(tmp_path, "a.png", tarfile.LNKTYPE)):
        with pytest.raises(InputError, match="is a link"):
            data.load(path)


def test_nothing_to_read(tmp_path):
    with pytest.raises(InputError, match=r"must hold images \(.png, .*got none; add some"):
        data.load(tmp_path)
    (tmp_path / "a.png").write_bytes(b"nothing")
    with pytest.raises(InputError, match="got 1 that cannot be read"):
        data.load(tmp_path)
    with zipfile.ZipFile(tmp_path / "cut.zip", "w") as archive:
        archive.writestr("a.png", bytes(1000))
    cut = tmp_path / "cut.zip"
    cut.write_bytes(cut.read_bytes()[:500])
    with pytest.raises(InputError, match="cut.zip"):
        data.load(cut)


@pytest.mark.parametrize(("options", "words"), [
    ({"image_size": "big"}, "image_size must be"), ({"image_size": (3, 4, 5)}, "image_size must be"), ({"image_size": 0}, "image_size must be"),
    ({"image_fit": "stretch"}, "image_fit must be one of"), ({"channels": 2}, "channels must be")])
def test_options_are_checked(folder, options, words):
    with pytest.raises(InputError, match=words):
        data.load(folder, **options)


@pytest.mark.parametrize("lone", ["train", "test"])
def test_classes_within_a_lone_split(lone, tmp_path):
    for name in ("cat", "cat", "dog", "dog"):
        write(tmp_path / lone / name / f"{len(list(tmp_path.rglob('*.png')))}.png")
    assert data.load(tmp_path, test_fraction=0.5).class_names == ("cat", "dog")


def test_what_lies_beside_the_splits_is_left_out(tmp_path):
    for i, place in enumerate(("train/cat", "train/dog", "test/cat", "test/dog", "docs", ".")):
        write(tmp_path / place / "a.png", GREY // 2 + np.uint8(i))
    dataset = data.load(tmp_path)
    assert (len(dataset.train), len(dataset.test), dataset.class_names) == (2, 2, ("cat", "dog"))
    assert dataset.provenance["split"] == "as given"
    assert any("2 images lie beside the folders of the splits and are left out: 'a.png', …" in note for note in dataset.notes)


def test_colour_is_looked_for_in_all_folders(tmp_path):
    for i in range(250):
        write(tmp_path / "a" / f"{i}.png", np.stack([GREY] * 3, axis=-1))
        write(tmp_path / "b" / f"{i}.png", COLOUR)
    assert data.load(tmp_path).event_shape[-1] == 3


@pytest.mark.parametrize("memory", [None, 1e-9])
@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_damaged_member_of_an_archive_is_left_out(packing, memory, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    noise = np.random.default_rng(0).integers(0, 256, (2, 500, 600, 3), dtype=np.uint8)
    with zipfile.ZipFile(tmp_path / "x.zip", "w", packing) as archive:
        for i, pixels in enumerate(noise):
            archive.write(write(tmp_path / f"{i}.jpg", pixels), f"{i}.jpg")
        place = archive.getinfo("1.jpg").header_offset + archive.getinfo("1.jpg").compress_size - 20_000
    content = bytearray((tmp_path / "x.zip").read_bytes())
    content[place] ^= 0xFF
    (tmp_path / "x.zip").write_bytes(content)
    split, _ = data.items(tmp_path / "x.zip", memory=memory, image_size=16)
    assert len(split) == 1


def test_a_compressed_tar_is_read_forwards(folder, monkeypatch):
    path, seen = packed(folder, "tgz"), []
    monkeypatch.setattr("os.cpu_count", lambda: 16)
    read = containers.Container.read
    monkeypatch.setattr(containers.Container, "read", lambda self, name: (seen.append(self.names.index(name)), read(self, name))[1])
    everything(path)
    assert seen == sorted(seen)


def test_the_header_of_a_png_does_not_unpack_it(tmp_path, monkeypatch):
    path = write(tmp_path / "a.png")
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("unpacked"))
    with path.open("rb") as file:
        assert images.header(file).size == (6, 8)
