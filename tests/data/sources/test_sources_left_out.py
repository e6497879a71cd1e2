"""What the reader of a folder finds, follows, passes over and counts."""

import os
import zipfile
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from image_files import COLOR, GRAY, read_first, write
from PIL import Image

from zukan import data, plots
from zukan.checks import InputError
from zukan.data.account import Tally
from zukan.data.sources.walking import walk


def names(source):
    return list(data.items(source)[0].names)


def left_out(source):
    """Return what was left out of a source: the count, the unit and the names by reason."""
    return {group.why: (group.count, group.unit, group.names) for group in data.load(source).account.left_out}


def test_links_to_folders_are_followed(tmp_path):
    for i in range(3):
        write(tmp_path / "store" / "cat" / f"{i}.png", GRAY + np.uint8(i))
        write(tmp_path / "pets" / "dog" / f"{i}.png", GRAY // 2 + np.uint8(i))
    (tmp_path / "pets" / "cat").symlink_to(tmp_path / "store" / "cat")
    dataset = data.load(tmp_path / "pets")
    assert (dataset.class_names, len(dataset.train) + len(dataset.test)) == (("cat", "dog"), 6)
    assert dataset.account.left_out == ()
    (tmp_path / "all").symlink_to(tmp_path / "pets")
    assert names(tmp_path / "all") == names(tmp_path / "pets")


def test_links_that_never_end_are_left_out(tmp_path):
    for i in range(3):
        write(tmp_path / "f" / "a" / f"{i}.png")
        write(tmp_path / "f" / "b" / f"{i}.png")
    (tmp_path / "f" / "a" / "up").symlink_to(tmp_path / "f")
    (tmp_path / "f" / "a" / "here").symlink_to(tmp_path / "f" / "a")
    (tmp_path / "f" / "b" / "round").symlink_to("round")
    assert len(names(tmp_path / "f")) == 6
    found = left_out(tmp_path / "f")
    assert found["to a folder that contains it"] == (2, "link", ("a/here/", "a/up/"))
    assert found["that cannot be read"] == (1, "file", ("b/round",))


def test_links_between_two_folders_end(tmp_path):
    write(tmp_path / "f" / "a" / "0.png")
    write(tmp_path / "f" / "b" / "1.png")
    (tmp_path / "f" / "a" / "b").symlink_to(tmp_path / "f" / "b")
    (tmp_path / "f" / "b" / "a").symlink_to(tmp_path / "f" / "a")
    tally = Tally()
    assert walk(tmp_path / "f", tally) == ["a/0.png", "a/b/1.png", "b/1.png", "b/a/0.png"]
    assert [(group.count, group.unit) for group in tally.groups()] == [(2, "link")]


def test_what_cannot_be_reached_is_listed_with_the_reason(tmp_path, monkeypatch):
    for i in range(4):
        write(tmp_path / "a" / f"{i}.png")
    (tmp_path / "b").mkdir()
    for i in range(3):
        (tmp_path / "b" / f"{i}.png").symlink_to(f"/gone/{i}.png")
    os.mkfifo(tmp_path / "b" / "pipe.png")
    (tmp_path / "closed").mkdir()
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: scandir(path) if Path(path).name != "closed" else denied())
    dataset = data.load(tmp_path)
    assert ("left out 4 files that cannot be read: 'b/0.png' (a link to /gone/0.png, which does not exist), "
            "'b/1.png' (a link to /gone/1.png, which does not exist), 'b/2.png' (a link to /gone/2.png, which does not "
            "exist), …") in dataset.notes
    assert "left out 1 folder that cannot be read: 'closed/' (permission denied)" in dataset.notes
    assert (dataset.account.seen, dataset.account.read) == (8, 4)


def denied(*_):
    raise PermissionError(13, "Permission denied")


def test_a_file_that_may_not_be_opened_is_listed(tmp_path, monkeypatch):
    for i in range(3):
        write(tmp_path / f"{i}.png")
    opened = Path.open
    monkeypatch.setattr(Path, "open", lambda self, *args, **options: denied() if self.name == "1.png" else opened(self, *args, **options))
    assert "left out 1 file that cannot be read: '1.png' (permission denied)" in data.load(tmp_path).notes


CONTENTS = {"JPEG": ".jfif", "PNG": "", "GIF": ".dat", "WEBP": ".jpg.webp_original", "BMP": ".image", "TIFF": "", "PPM": ".x"}


@pytest.mark.parametrize("kind", CONTENTS)
def test_images_are_told_by_their_content(kind, tmp_path):
    write(tmp_path / "known" / "a.png", COLOR)
    write(tmp_path / "odd" / f"a{CONTENTS[kind]}", COLOR, format=kind)
    np.testing.assert_allclose(read_first(tmp_path / "odd"), COLOR, atol=255 if kind in {"JPEG", "WEBP", "GIF"} else 0)
    write(tmp_path / "wrong" / "a.jpg", COLOR, format="PNG")
    np.testing.assert_array_equal(read_first(tmp_path / "wrong"), COLOR)
    with zipfile.ZipFile(tmp_path / "odd.zip", "w") as archive:
        archive.write(tmp_path / "odd" / f"a{CONTENTS[kind]}", f"a{CONTENTS[kind]}")
    np.testing.assert_array_equal(read_first(tmp_path / "odd.zip"), read_first(tmp_path / "odd"))


def test_other_kinds_of_files_are_counted_and_named(tmp_path):
    for i in range(4):
        write(tmp_path / f"{i}.jpg")
        (tmp_path / f"IMG_{i}.HEIC").write_bytes(b"\0\0\0\x18ftypheic" + bytes(99))
    assert ("left out 4 files of a kind that is not read (.heic): 'IMG_0.HEIC', 'IMG_1.HEIC', 'IMG_2.HEIC', …"
            in data.load(tmp_path).notes)
    (tmp_path / "labels.csv").write_text("a,b\n")
    (tmp_path / "README").write_text("P6 is not an image here")
    write(tmp_path / "IMG_0.NEF", format="TIFF")  # a camera raw file begins like a TIFF, with a thumbnail
    assert ("left out 7 files of a kind that is not read (4 .heic, 1 .csv, 1 .nef, 1 without an ending)"
            in data.load(tmp_path).notes[1])
    assert len(names(tmp_path)) == 4


@pytest.mark.parametrize("kind", ["tif", "gif", "png", "webp"])
def test_further_frames_are_counted(kind, tmp_path):
    frames = [Image.fromarray(np.full((16, 16, 3), 20 + 10 * i, np.uint8)) for i in range(20)]
    frames[0].save(tmp_path / f"a.{kind}", save_all=True, append_images=frames[1:], duration=50)
    frames[3].save(tmp_path / f"b.{kind}", save_all=True, append_images=frames[4:], duration=50)
    frames[4].save(tmp_path / "c.png")
    sentence = (f"left out 35 frames after the first of an image: 'a.{kind}', 'b.{kind}'; save each frame as a file to "
                "read them all")
    assert sentence in data.load(tmp_path).notes
    with ExitStack() as stack:
        pictures = [stack.enter_context(Image.open(tmp_path / name)) for name in (f"a.{kind}", f"b.{kind}", "c.png")]
        assert any("left out 35 frames after the first of an image: 'item 0'" in note for note in data.load(pictures).notes)


FOREIGN = ["@eaDir/0.jpg/SYNOPHOTO_THUMB_M.jpg", "a/@eaDir/1.jpg/SYNOPHOTO_THUMB_M.jpg", "__MACOSX/a/._0.png", "Thumbs.db",
           ".thumbnails/0.png", "a/.hidden.png", "$RECYCLE.BIN/x.png", "#recycle/y.png", "desktop.ini"]


@pytest.mark.parametrize("packed", [False, True])
def test_files_of_other_programs_are_passed_over(packed, tmp_path):
    folder = tmp_path / "f"
    for place in ("a/0.png", "a/1.png", "b/0.png", "b/1.png", *FOREIGN):
        write(folder / place, GRAY, format="PNG")
    source = folder
    if packed:
        source = tmp_path / "f.zip"
        with zipfile.ZipFile(source, "w") as archive:
            for path in folder.rglob("*"):
                if path.is_file():
                    archive.write(path, path.relative_to(folder).as_posix())
    assert names(source) == ["a/0.png", "a/1.png", "b/0.png", "b/1.png"]
    (count, unit, places), = left_out(source).values()
    assert (count, unit) == (len(FOREIGN), "file")
    assert {"@eaDir/", "a/@eaDir/", "__MACOSX/", "Thumbs.db", "a/.hidden.png"} <= set(places)


def test_what_zukan_wrote_is_never_read(tmp_path):
    for i in range(8):
        write(tmp_path / f"{i}.png", GRAY + np.uint8(i))
    picture = plots.samples(np.random.default_rng(0).random((4, 8, 8, 1), dtype=np.float32))
    picture.save(tmp_path / "any-name.png")
    (tmp_path / "morph.gif").write_bytes(plots.gif(np.random.default_rng(0).random((3, 8, 8, 1), dtype=np.float32)))
    for place in ("runs/x/recipe.toml", "runs/x/environment.json", "old/site/atlas.json", "old/site/index.html"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text("")
    write(tmp_path / "runs" / "x" / "figures" / "loss.png")
    write(tmp_path / "old" / "site" / "icon.png")
    assert names(tmp_path) == [f"{i}.png" for i in range(8)]
    assert left_out(tmp_path) == {"that zukan wrote": (8, "file", ("any-name.png", "morph.gif", "old/site/", "runs/x/"))}
    with pytest.raises(InputError, match=r"runs/x' must hold images of yours, but zukan wrote it; give your data"):
        data.load(tmp_path / "runs" / "x")


def test_names_from_windows_have_folders(tmp_path):
    with zipfile.ZipFile(tmp_path / "win.zip", "w") as archive:
        for name in ("cat", "dog"):
            for i in range(3):
                member = zipfile.ZipInfo("x")
                member.filename = f"pets\\{name}\\{i}.png"
                archive.writestr(member, write(tmp_path / "t.png", GRAY + np.uint8(i)).read_bytes())
    split, classes, *_ = data.items(tmp_path / "win.zip")
    assert classes == ("cat", "dog")
    assert split.names[0] == "pets/cat/0.png"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_an_archive_holds_twice_is_counted(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for i in (0, 1, 1):
            archive.writestr(f"{i}.png", write(tmp_path / "t.png", GRAY).read_bytes())
    assert left_out(tmp_path / "x.zip") == {"stored again under the same name": (1, "file", ("1.png",))}


@pytest.mark.parametrize("bits", [12, 32])
def test_deep_images_of_unknown_range(bits, tmp_path):
    levels = np.arange(256).reshape(16, 16)
    if bits == 12:
        pixels = (levels * 16).astype(np.uint16)
        write(tmp_path / "f" / "a.png", pixels)
        write(tmp_path / "f" / "b.png", pixels)
        notes = data.load(tmp_path / "f").notes
        assert "the largest value found is 4,080; if white is less in these images, scale them first" in notes[0]
        assert notes == data.load([Image.fromarray(pixels)] * 2).notes
    else:
        write(tmp_path / "f" / "a.tif", levels.astype(np.int32))
        with pytest.raises(InputError, match=r"'a.tif' \(its pixels are 32-bit numbers of unknown range; save them as .npy\)"):
            data.load(tmp_path / "f")
        with pytest.raises(InputError, match=r"item 0 cannot .*32-bit numbers of unknown range"):
            data.load([Image.fromarray(levels.astype(np.int32))] * 2)
