"""Images of every mode, size and orientation, and how they are converted to one shape."""

import numpy as np
import pytest
from image_files import COLOR, GRAY, read_all, read_first, write
from PIL import Image

from zukan import data
from zukan.data.sources.headers import read_header

GRAYS = {
    "gray": ({}, GRAY), "one bit": ({"mode": "1"}, np.array(Image.fromarray(GRAY).convert("1")) * 255),
    "palette of grays": ({"mode": "P"}, GRAY), "gray with alpha": ({"mode": "LA"}, GRAY), "gray as color": ({"mode": "RGB"}, GRAY),
}


@pytest.mark.parametrize("case", GRAYS)
def test_gray_of_any_mode(case, tmp_path):
    options, wanted = GRAYS[case]
    np.testing.assert_array_equal(read_first(write(tmp_path / "f" / "a.png", **options).parent)[..., 0], wanted)


def test_sixteen_bits(tmp_path):
    wide = (np.arange(48).reshape(6, 8) * 1370).astype(np.uint16)
    for name in ("a.png", "a.tif"):
        np.testing.assert_array_equal(read_first(write(tmp_path / name[2:] / name, wide).parent)[..., 0], np.rint(wide / 257))


def test_color_of_any_mode(tmp_path):
    np.testing.assert_array_equal(read_first(write(tmp_path / "rgb" / "a.png", COLOR).parent), COLOR)
    palette = Image.fromarray(COLOR).quantize(48)
    (tmp_path / "p").mkdir()
    palette.save(tmp_path / "p" / "a.png")
    np.testing.assert_array_equal(read_first(tmp_path / "p"), np.array(palette.convert("RGB")))
    cmyk = write(tmp_path / "cmyk" / "a.tif", COLOR, "CMYK").parent
    np.testing.assert_allclose(read_first(cmyk), COLOR, atol=2)
    clear = np.dstack([COLOR, np.full_like(GRAY, 128)])
    clear[0, 0, 3] = 0
    path = write(tmp_path / "rgba" / "a.png", clear).parent
    assert read_first(path)[0, 0].tolist() == [255, 255, 255]
    np.testing.assert_allclose(read_first(path)[1:], 255 - (255.0 - COLOR[1:]) * 128 / 255, atol=1)
    np.testing.assert_array_equal(read_first(path, channels=4), clear)
    assert read_first(path, channels=1).shape == (6, 8, 1)


def test_images_are_turned_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = write(tmp_path / "f" / "a.png", GRAY, exif=exif)
    upright = read_first(lying.parent)[..., 0]
    np.testing.assert_array_equal(upright, np.rot90(GRAY, -1))


def test_the_first_frame_of_an_animation(tmp_path):
    frames = [Image.fromarray(GRAY + np.uint8(i)) for i in range(3)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    np.testing.assert_array_equal(read_first(tmp_path)[..., 0], GRAY)


def test_mixed_sizes(tmp_path):
    for i in range(3):
        write(tmp_path / f"{i}.png", GRAY)
    tall = np.zeros((30, 10), np.uint8)
    tall[10:20] = 200
    write(tmp_path / "tall.png", tall)
    for fit, corner in (("crop", 200), ("pad", 0), ("resize", 0)):
        dataset = data.load(tmp_path, image_fit=fit)
        assert dataset.event_shape == (6, 8, 1)
        assert "2 sizes from 6 × 8 to 30 × 10" in dataset.notes[0]
        assert "resized to 6 × 8" in dataset.notes[0]
        last = read_all(tmp_path, image_fit=fit)[3, ..., 0] * 255
        assert last[2:4, 3:5].min() > 150
        assert abs(last[0, 0] - corner) < 20
        assert (last[2, 0] > 150) == (fit != "pad")
    assert read_all(tmp_path, image_size="12x4").shape == (4, 12, 4, 1)
    assert read_all(tmp_path, image_size=5).shape == (4, 5, 5, 1)


def test_large_images_are_reduced(tmp_path):
    write(tmp_path / "a.jpg", np.full((300, 600, 3), (200, 30, 30), np.uint8))
    write(tmp_path / "b.jpg", np.full((300, 600, 3), (200, 30, 30), np.uint8))
    dataset = data.load(tmp_path)
    assert dataset.event_shape == (64, 128, 3)
    np.testing.assert_allclose(dataset.train.x * 255, np.broadcast_to([200, 30, 30], (1, 64, 128, 3)), atol=3)


def test_the_header_of_a_png_does_not_decode_it(tmp_path, monkeypatch):
    path = write(tmp_path / "a.png")
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("decoded"))
    with path.open("rb") as file:
        assert read_header(file, path.name).size == (6, 8)
