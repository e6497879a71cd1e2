"""The measured views, the clusters with what distinguishes them, and results that a run keeps."""

import struct
import zipfile
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.manifold import trustworthiness
from sklearn.neighbors import KNeighborsClassifier

from zukan.context import Piece
from zukan.data import Dataset, Split
from zukan.data.tables.schema import ColumnType, Schema
from zukan.evaluation import density_tree
from zukan.explorer import clusters, projections, structure, views
from zukan.explorer.kept import kept, key
from zukan.explorer.views import View
from zukan.runs.data import reload

DRAW = np.random.default_rng(0)
GROUPS = DRAW.permutation(np.repeat([0, 1, 2], [120, 100, 80]))
CODES = (9.0 * np.array([[0, 0, 0], [1, 0, 1], [0, 1, 1]])[GROUPS] + DRAW.normal(size=(300, 3))).astype("float32")


def table():
    """Return 300 rows of four columns whose groups differ in the first three, with a gap; 240 are for training."""
    raw = np.stack([np.array([10.0, 10.0, 30.0])[GROUPS] + DRAW.normal(size=300), GROUPS == 1, GROUPS % 3,
                    DRAW.normal(size=300)], axis=1)
    raw[7, 0] = np.nan
    columns = (ColumnType("length", "number", decimals=1, offset=20.0, factor=5.0), ColumnType("member", "boolean"),
               ColumnType("origin", "category", levels=("a", "b", "c")), ColumnType("noise"))
    x = ((raw - [20, 0, 0, 0]) / [5, 1, 1, 1]).astype("float32")
    return raw, Dataset("rows", Split(x[:240]), Split(x[240:]), None, (0.0, 1.0), {}, schema=Schema(columns))


def test_a_cluster_is_described_by_the_columns_that_differ_most():
    raw, dataset = table()
    described = clusters.describe(dataset, CODES, GROUPS)
    assert [cluster["count"] for cluster in described] == [120, 100, 80]
    assert [{entry["column"] for entry in cluster["columns"]} for cluster in described] == [{0, 1, 2}] * 3
    assert described[1]["columns"][0]["strength"] == pytest.approx(1)  # a column without variation tells the cluster
    by_column = {entry["column"]: entry for entry in described[2]["columns"]}
    own, rest = raw[GROUPS == 2, 0], raw[GROUPS != 2, 0]
    assert by_column[0]["value"] == pytest.approx(np.nanmean(own), rel=1e-5)  # in the units of the table
    assert by_column[0]["others"] == pytest.approx(np.nanmean(rest), rel=1e-5)
    assert 0.9 < by_column[0]["strength"] < 1
    assert (by_column[2]["value"], by_column[2]["strength"]) == (2, pytest.approx(1))  # the level tells the cluster
    assert described[0]["columns"][0]["column"] == 2  # the strongest first


def test_a_cluster_is_described_by_its_classes():
    _, dataset = table()
    y = np.where(GROUPS == 2, 0, np.arange(300) % 4)
    labeled = Dataset("x", Split(dataset.train.x, y[:240]), Split(dataset.test.x, y[240:]), None, (0.0, 1.0), {})
    described = clusters.describe(labeled, CODES, GROUPS)
    assert described[2]["classes"] == [[0, 1.0]]
    for k in (0, 1):
        shares = np.bincount(y[k == GROUPS]) / (k == GROUPS).sum()
        assert [share for _, share in described[k]["classes"]] == pytest.approx(sorted(shares, reverse=True)[:3])
        center = CODES[k == GROUPS].mean(axis=0)
        assert described[k]["item"] == np.flatnonzero(k == GROUPS)[((CODES[k == GROUPS] - center) ** 2).sum(1).argmin()]


def test_the_view_that_separates_best_is_first():
    good, poor = CODES[:, :2], DRAW.normal(size=(300, 2))
    result = views.measured(CODES, [View({"kind": "dims"}, poor), View({"kind": "pca"}, good)], None)
    assert (result["criterion"], result["items"]) == ("trustworthiness", 300)
    assert [view["kind"] for view in result["views"]] == ["pca", "dims"]
    assert result["views"][0]["trustworthiness"] == pytest.approx(trustworthiness(CODES, good, n_neighbors=15))
    labels = (poor[:, 0] > 0).astype(int)  # with classes, their separation counts
    result = views.measured(CODES, [View({"kind": "pca"}, good), View({"kind": "dims"}, poor)], labels)
    assert result["criterion"] == "accuracy"
    assert [view["kind"] for view in result["views"]] == ["dims", "pca"]


def test_accuracy_leaves_each_point_out():
    points, labels = DRAW.normal(size=(60, 2)), DRAW.integers(0, 3, 60)
    hits = [KNeighborsClassifier(15).fit(np.delete(points, i, 0), np.delete(labels, i)).predict(points[i : i + 1])[0]
            for i in range(60)]
    assert views.accuracy(points, labels) == pytest.approx(np.mean(np.array(hits) == labels))
    assert views.accuracy(points, labels + 10**12) == views.accuracy(points, labels)  # without a count for each number


@pytest.mark.parametrize(("better", "first"), [(0.01, "pca"), (0.05, "umap")])
def test_a_view_without_decoded_images_must_be_clearly_better(better, first, monkeypatch):
    monkeypatch.setattr(views, "neighborhoods", lambda _, points: {"trustworthiness": 0.9 + points[0, 0]})
    result = views.measured(CODES, [View({"kind": "umap"}, np.full((300, 2), better), inverse=False),
                                    View({"kind": "pca"}, np.zeros((300, 2)))], None)
    assert result["views"][0]["kind"] == first


def test_a_result_is_kept_until_its_key_changes(run, tmp_path):
    calls = []

    def compute():
        calls.append(1)
        return np.arange(6).reshape(2, 3) + len(calls)

    name = f"test-{tmp_path.name}"
    assert np.array_equal(kept(run, name, "a", compute), kept(run, name, "a", compute))
    assert len(calls) == 1
    assert kept(run, name, "b", compute)[0, 0] == 2
    path = run.file(f"explorer-{name}.npz")
    path.write_bytes(b"PK\x03\x04 damaged")
    assert kept(run, name, "b", compute)[0, 0] == 3
    with zipfile.ZipFile(path) as file:
        header = file.getinfo("values.npy").header_offset
    content = bytearray(path.read_bytes())
    name_size, extra_size = struct.unpack_from("<HH", content, header + 26)
    content[header + 30 + name_size + extra_size] = 0xFF  # zlib does not know this kind of block
    path.write_bytes(bytes(content))
    assert kept(run, name, "b", compute)[0, 0] == 4
    assert kept(run, name, "b", compute)[0, 0] == 4
    path.unlink()
    assert key(CODES, 1) != key(CODES, 2)
    assert key(CODES, 1) != key(CODES + 1e-6, 1)


def test_the_view_of_two_dimensions_leaves_out_discrete_ones(tmp_path):
    layout = [Piece("categorical", 2, 2), Piece("real", 2)]
    part = SimpleNamespace(model=SimpleNamespace(shapes=SimpleNamespace(layout=layout)))
    codes = DRAW.normal(size=(60, 4)).astype("float32") * [3, 4, 1, 2]
    dataset = Dataset("x", Split(np.zeros((50, 2))), Split(np.zeros((10, 2))), None, (0.0, 1.0), {})
    part.file = lambda name: tmp_path / name
    layout = structure.write(part, dataset, codes, projections.pca(codes), None, tmp_path, lambda _: None)["layout"]
    assert {(view["x"], view["y"]) for view in layout["views"] if view["kind"] == "dims"} == {(3, 2)}
    two = Dataset("x", Split(np.zeros((1, 2))), Split(np.zeros((1, 2))), None, (0.0, 1.0), {})
    assert structure.write(part, two, codes[:2], projections.pca(codes[:2]), None, tmp_path, lambda _: None)["layout"] is None


def test_umap_of_many_items_places_the_others_between_their_neighbors(monkeypatch):
    near = projections._between(CODES, CODES[:250], CODES[:250, :2])
    np.testing.assert_allclose(near[:250], CODES[:250, :2], atol=1e-5)
    assert np.abs(near[250:] - CODES[250:, :2]).max() < 3  # within its blob, since the blobs are 9 apart


def test_clusters_are_written_and_a_second_time_taken_from_the_run(run, tmp_path, monkeypatch):
    dataset = reload(run)
    assigned = np.concatenate([dataset.train.y, dataset.test.y])
    codes = DRAW.normal(size=(len(assigned), 3)).astype("float32")
    monkeypatch.setattr(density_tree, "clusters", lambda _: [assigned])
    lines = []
    for folder in ("first", "second"):
        record = structure.write(run, dataset, codes, projections.pca(codes), None, tmp_path / folder, lines.append)
        (scale,) = record["clusters"]["scales"]
        column = scale["column"]
        assert (column["kind"], column["levels"], column["cells"]) == ("category", ["1", "2"], "u8")
        assert [cluster["classes"] for cluster in scale["clusters"]] == [[[0, 1.0]], [[1, 1.0]]]
        assert np.array_equal(np.fromfile(tmp_path / folder / "clusters-0.u8", "u1"), assigned)
        assert {view["kind"] for view in record["layout"]["views"]} == {"dims", "pca"}
        monkeypatch.setattr(density_tree, "clusters", lambda _: pytest.fail("computed again"))
    assert lines == ["Clusters, from coarse to fine: 2"] * 2
