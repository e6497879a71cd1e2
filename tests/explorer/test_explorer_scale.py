"""Many items: arrays in pieces, the sample of the opening view, sheets of thumbnails."""

import numpy as np
import pytest
from PIL import Image

from zukan.explorer import arrays, first, item_files, thumbnails


def test_a_long_array_is_several_files(tmp_path, monkeypatch):
    monkeypatch.setattr(arrays, "PIECE", 64)
    values = np.arange(70, dtype="<i2").reshape(35, 2)
    arrays.write(tmp_path / "some.i2", values)
    parts = [tmp_path / "some.i2", tmp_path / "some.1.i2", tmp_path / "some.2.i2"]
    assert sorted(tmp_path.iterdir()) == sorted(parts)
    assert np.array_equal(np.concatenate([np.fromfile(part, "<i2") for part in parts]), values.reshape(-1))
    arrays.write(tmp_path / "none.i2", values[:0])
    assert (tmp_path / "none.i2").stat().st_size == 0


def layout(*kinds):
    return [{"kind": kind, "size": size} for kind, size in kinds]


@pytest.mark.parametrize(("pieces", "dim", "pca", "expected"), [
    (layout(("real", 2)), 2, None, "d0.1"),
    (layout(("real", 4)), 4, True, "d3.2"),
    (layout(("categorical", 2), ("real", 2)), 4, True, "d3.2"),
    (layout(("categorical", 3), ("real", 1)), 4, True, "pca"),
    (layout(("real", 1)), 1, None, "strip"),
])
def test_the_opening_view(pieces, dim, pca, expected):
    means = np.random.default_rng(0).normal(size=(50, dim)).astype("f4") * np.arange(1, dim + 1)
    axes = {"mean": [0.5] * dim, "components": np.eye(dim)[:2].tolist()}
    plane, coords = first.opening({"layout": pieces, "pca": axes if pca else None,
                                   "dimensions": [{"index": k} for k in range(dim)][::-1]}, means)
    assert plane == expected
    wanted = {"d0.1": means[:, :2], "d3.2": means[:, [3, 2]] if dim == 4 else None, "pca": means[:, :2] - 0.5}
    np.testing.assert_allclose(coords, wanted[plane] if plane in wanted else np.c_[means, 0 * means], atol=1e-6)


def test_the_opening_view_is_the_one_that_separates_best():
    means, umap = np.random.default_rng(0).normal(size=(50, 4)).astype("f4"), np.ones((50, 2), "f4")
    content = {"layout": layout(("real", 4)), "pca": {"mean": [0.5] * 4, "components": np.eye(4)[:2].tolist()},
               "dimensions": [{"index": k} for k in range(4)]}
    views = [{"kind": "umap"}, {"kind": "dims", "x": 3, "y": 1}, {"kind": "pca"}]
    for start, points, plane, coords in ((0, umap, "umap", umap), (0, None, "d3.1", means[:, [3, 1]]),
                                         (2, umap, "pca", means[:, :2] - 0.5)):
        result = first.opening({**content, "structure": {"layout": {"views": views[start:]}}}, means, points)
        assert result[0] == plane
        np.testing.assert_allclose(result[1], coords, atol=1e-6)
    sphere = {**content, "layout": layout(("sphere", 3)), "structure": {"layout": None}}
    assert first.opening(sphere, means[:, :3])[0] == "sphere"


def test_the_sample_of_the_opening_view(tmp_path, monkeypatch):
    monkeypatch.setattr(first, "SAMPLE", 20)
    coords, labels = np.arange(200, dtype="f4").reshape(100, 2), np.arange(100)
    assert first.write(tmp_path, "d0.1", coords[:20], labels[:20]) is None
    assert first.write(tmp_path, "strip", coords, labels) is None
    assert not list(tmp_path.iterdir())
    assert first.write(tmp_path, "d0.1", coords, labels) == {"count": 20, "plane": "d0.1"}
    chosen = np.fromfile(tmp_path / "first.i32", "<i4")
    assert len(set(chosen)) == 20
    assert np.array_equal(np.fromfile(tmp_path / "first.f32", "<f4").reshape(20, 2), coords[chosen])


def sheets(folder, entry, count):
    """Return the thumbnails of all items from the sheets, NaN for those without one."""
    places = np.fromfile(folder / "thumbnails.i32", "<i4")
    height, width, row = (entry[name] for name in ("height", "width", "per_row"))
    per_sheet = row * row
    thumbs = np.full((count, height, width, 4), np.nan)
    for item in np.flatnonzero(places >= 0):
        sheet, place = divmod(places[item], per_sheet)
        picture = np.asarray(Image.open(folder / f"sheet-{sheet:05d}.{entry['format']}").convert("RGBA"))
        y, x = place // row * height, place % row * width
        thumbs[item] = picture[y : y + height, x : x + width]
    return places, thumbs


def test_thumbnails_are_the_items(tmp_path):
    generator = np.random.default_rng(0)
    items = generator.integers(0, 256, (300, 4, 6, 1), "u1")
    entry = thumbnails.write(tmp_path, item_files.chunks((items[:170], items[170:]), 64), (4, 6, 1),
                             generator.normal(size=(300, 2)), missing=False)
    assert entry == {"height": 4, "width": 6, "channels": 1, "per_row": 16, "format": "png"}
    places, thumbs = sheets(tmp_path, entry, 300)
    assert sorted(places) == list(range(300))
    assert np.array_equal(thumbs[..., 0], items[..., 0])
    stored = np.concatenate([np.fromfile(tmp_path / f"items-{k:05d}.u8", "u1") for k in range(5)])
    assert np.array_equal(stored, items.reshape(-1))


def test_missing_values_are_transparent(tmp_path):
    items = np.full((2, 4, 4, 1), 100, "u1")
    items[0, 0, 1] = 255
    entry = thumbnails.write(tmp_path, [items], (4, 4, 1), np.zeros((2, 2)), missing=True)
    thumbs = sheets(tmp_path, entry, 2)[1]
    assert thumbs[0, 0, 1, 3] == 0
    assert (thumbs[..., 3] == 255).sum() == 31
    assert (thumbs[1, ..., 0] == 100).all()


def test_large_color_images_become_small_ones(tmp_path):
    items = np.zeros((3, 64, 128, 3), "u1")
    items[:, :, 64:] = (250, 30, 60)
    entry = thumbnails.write(tmp_path, [items], (64, 128, 3), np.zeros((3, 2)), missing=False)
    assert (entry["height"], entry["width"], entry["format"]) == (16, 32, "webp")
    thumbs = sheets(tmp_path, entry, 3)[1]
    assert np.abs(thumbs[:, 2:-2, 20:30, :3] - (250, 30, 60)).max() < 25
    assert thumbs[:, 2:-2, 2:12, :3].max() < 25


def test_only_a_part_of_very_many_items_has_thumbnails(tmp_path, monkeypatch):
    monkeypatch.setattr(thumbnails, "MOST", 30)
    items = np.arange(100, dtype="u1")[:, None, None, None] * np.ones((1, 2, 2, 1), "u1")
    entry = thumbnails.write(tmp_path, np.array_split(items, 7), (2, 2, 1), np.c_[np.arange(100), np.arange(100)],
                             missing=False)
    places, thumbs = sheets(tmp_path, entry, 100)
    shown = np.flatnonzero(places >= 0)
    assert len(shown) == 30
    assert np.array_equal(thumbs[shown, 0, 0, 0], shown)
    assert np.array_equal(places[shown], np.arange(30))  # along a line, in its order


def test_the_curve_keeps_neighbors_together():
    x, y = np.meshgrid(np.arange(16), np.arange(16))
    coords = np.c_[x.reshape(-1), y.reshape(-1)]
    order = thumbnails.curve(coords)
    for quarter in np.array_split(coords[order], 16):
        assert np.ptp(quarter, axis=0).tolist() == [3, 3]  # a square


def test_vectors_have_no_thumbnails(tmp_path):
    vectors = np.arange(10, dtype="u1").reshape(2, 5)
    assert thumbnails.write(tmp_path, [vectors], (5,), np.zeros((2, 2)), missing=False) is None
    assert [path.name for path in tmp_path.iterdir()] == ["items-00000.u8"]
