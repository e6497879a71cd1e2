"""The files of the bundle agree with the run and its model."""

import json
import sys
from types import ModuleType

import numpy as np
import onnxruntime
import pytest
from small_runs import HOSTILE, images, train

from zukan.data import load
from zukan.evaluation.confusion import Confusion
from zukan.explorer import arrays, bundle, family, item_files, manifest, projections
from zukan.runs.data import reload


@pytest.fixture(scope="module")
def written(run, tmp_path_factory):
    """The bundle of the small run, with 16 items per file."""
    folder = tmp_path_factory.mktemp("bundle")
    patch = pytest.MonkeyPatch()
    patch.setattr(item_files, "PER_FILE", 16)
    lines = []
    bundle.write(run, reload(run), folder, lines.append)
    patch.undo()
    assert [line.split()[0] for line in lines] == ["Exporting", "encoder.onnx:", "Encoding", "Computing", "Writing"]
    return folder


@pytest.fixture(scope="module")
def atlas(written):
    return json.loads((written / "atlas.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def items(run):
    dataset = reload(run)
    return np.concatenate([dataset.train.x, dataset.test.x])


def read(folder, name, dtype="<f4"):
    return np.fromfile(folder / "data" / name, dtype)


def test_the_files(written, atlas):
    assert {path.relative_to(written).as_posix() for path in written.rglob("*") if path.is_file()} == {
        "atlas.json", "models/encoder.onnx", "models/decoder.onnx", "data/means.f32", "data/log_var.f32", "data/score.f32",
        "data/labels.i32", "data/rows.i32", "data/items-00000.u8", "data/items-00001.u8", "data/items-00002.u8",
        "data/thumbnails.i32", "data/sheet-00000.png"}
    assert atlas["items"] == {"per_file": 16}
    assert (atlas["piece_bytes"], atlas["first"], atlas["thumbnails"]["format"]) == (arrays.PIECE, None, "png")
    assert [len(read(written, f"items-0000{i}.u8", "u1")) for i in range(3)] == [16 * 12, 16 * 12, 8 * 12]


def test_codes_and_scores_are_those_of_the_model(written, run, items):
    vae = run.model
    means, log_var = (read(written, f"{name}.f32").reshape(40, 3) for name in ("means", "log_var"))
    np.testing.assert_allclose(means, vae.encode(items), atol=1e-6)
    np.testing.assert_allclose(log_var, vae.encoder(items)[1], atol=1e-6)
    train = load(run.source).train.x
    np.testing.assert_allclose(read(written, "score.f32")[: len(train)], vae.score(train, samples=1), atol=1e-4)


def test_items_are_restored_from_their_bytes(written, items):
    restored = np.concatenate([read(written, f"items-0000{i}.u8", "u1") for i in range(3)]).reshape(items.shape)
    np.testing.assert_allclose(restored / 255, items, atol=0.5 / 255 + 1e-6)


def test_the_networks_agree_with_the_files(written, items):
    session = onnxruntime.InferenceSession(written / "models" / "encoder.onnx")
    mean, log_var = session.run(["mean", "log_var"], {"x": items})
    np.testing.assert_allclose(mean, read(written, "means.f32").reshape(40, 3), atol=1e-5)
    np.testing.assert_allclose(log_var, read(written, "log_var.f32").reshape(40, 3), atol=1e-5)
    session = onnxruntime.InferenceSession(written / "models" / "decoder.onnx")
    assert session.run(["x"], {"z": mean})[0].shape == (40, 4, 3, 1)


def test_the_manifest(atlas, run, written):
    metrics = run.metrics
    assert atlas["format_version"] == 1
    assert atlas["name"] == "small"  # arrays have no name of their own: the run's folder has
    assert (atlas["event_shape"], atlas["latent_dim"], atlas["count"]) == ([4, 3, 1], 3, 40)
    assert atlas["range"] == [0.0, 1.0]
    assert atlas["missing"] is False
    assert atlas["splits"] == [{"name": "train", "count": 33}, {"name": "test", "count": 7}]
    assert atlas["umap"] is False
    assert atlas["structure"]["clusters"] is None  # too few items
    assert {view["kind"] for view in atlas["structure"]["layout"]["views"]} == {"dims", "pca"}
    assert atlas["condition"] is None
    assert atlas["licence"] is None
    assert atlas["metrics"] == {"elbo": metrics["test"]["elbo"], "active_units": metrics["latent"]["active_units"],
                                "knn_accuracy": metrics["classes"]["knn_accuracy"]}
    variance = read(written, "means.f32").reshape(40, 3).var(axis=0)
    dimensions = atlas["dimensions"]
    assert sorted(dimension["index"] for dimension in dimensions) == [0, 1, 2]
    assert [dimension["variance"] for dimension in dimensions] == pytest.approx(sorted(variance, reverse=True), rel=1e-4)
    for dimension in dimensions:
        assert dimension["variance"] == pytest.approx(variance[dimension["index"]], rel=1e-4)
        assert dimension["kl"] == metrics["latent"]["kl_per_dimension"][dimension["index"]]
        assert dimension["active"] is bool(variance[dimension["index"]] > 0.01)


def test_class_names_are_not_changed(atlas, written, run):
    assert atlas["classes"]["names"] == sorted(HOSTILE.tolist())
    labels, dataset = read(written, "labels.i32", "<i4"), reload(run)
    assert np.array_equal(labels, np.concatenate([dataset.train.y, dataset.test.y]))


def test_principal_components(atlas, written):
    means, pca = read(written, "means.f32").reshape(40, 3).astype("float64"), atlas["pca"]
    axes = np.array(pca["components"])
    np.testing.assert_allclose(axes @ axes.T, np.eye(2), atol=1e-10)
    values, vectors = np.linalg.eigh(np.cov(means.T))
    assert pca["explained"] == pytest.approx((values[::-1] / values.sum())[:2], rel=1e-6)
    assert np.abs(axes @ vectors[:, ::-1])[[0, 1], [0, 1]] == pytest.approx([1, 1], abs=1e-5)
    np.testing.assert_allclose(pca["mean"], means.mean(axis=0), atol=1e-10)


def test_two_dimensions_have_no_projection():
    assert projections.pca(np.zeros((9, 2))) is None


@pytest.mark.parametrize(("shape", "installed", "applies"), [
    ((90, 3), True, True), ((90, 3), False, False), ((90, 2), True, False), ((15, 3), True, False), ((16, 3), True, True)])
def test_when_umap_applies(shape, installed, applies, monkeypatch):
    monkeypatch.setattr(projections.importlib.util, "find_spec", lambda name: name if installed else None)
    assert projections.umap_applies(np.zeros(shape)) is applies


def test_equal_codes_result_in_valid_json():
    plane = projections.pca(np.ones((9, 4), "float32"))
    assert plane["explained"] == [0.0, 0.0]
    assert np.isfinite(json.loads(json.dumps(plane, allow_nan=False))["components"]).all()


def test_small_overlaps_are_not_listed():
    counts = [[8, 2, 0], [4, 6, 0], [0, 0, 0]]
    cells = [(a, b) for a in range(3) for b in range(3) for _ in range(counts[a][b])]
    overlaps = manifest._overlaps(Confusion.of(*zip(*cells, strict=True), 3).to_json())
    assert overlaps == [{"a": 0, "b": 1, "share": pytest.approx(6 / 20)}]
    few = Confusion.of([0] * 1001 + [1] * 1000, [0] * 1000 + [1] * 1001, 2)
    assert manifest._overlaps(few.to_json()) == []


def test_the_range_of_unbounded_data(run):
    dataset = reload(run)
    infinite = (-np.inf, np.inf)
    assert manifest.value_range(dataset, infinite) == dataset.value_range
    flat = type(dataset)("flat", dataset.train, dataset.test, None, (2.0, 2.0), {})
    assert manifest.value_range(flat, infinite) == (2.0, 3.0)
    assert item_files.as_bytes(np.array([-1.0, 0.0, 3.0, 9.0]), (0.0, 6.0), missing=False).tolist() == [0, 0, 128, 255]


def test_the_byte_255_is_a_missing_value_only_if_values_may_be_missing():
    values = np.array([-9.0, -2.0, 0.0, 2.0, 9.0, np.nan], "float32")
    assert item_files.as_bytes(values, (-2.0, 2.0), missing=True).tolist() == [0, 0, 127, 254, 254, 255]
    assert item_files.as_bytes(values[:-1], (-2.0, 2.0), missing=False).tolist() == [0, 0, 128, 255, 255]


def test_chunks_continue_across_splits():
    parts = tuple(np.arange(n).reshape(-1, 1) + start for n, start in ((5, 0), (4, 5)))
    chunks = list(item_files.chunks(parts, 4))
    assert [len(chunk) for chunk in chunks] == [4, 4, 1]
    assert np.concatenate(chunks).ravel().tolist() == list(range(9))


def test_vectors_without_labels(tmp_path):
    x = np.random.default_rng(0).normal(3, 5, (30, 7)).astype("float32")
    run = train(x, tmp_path / "run", likelihood="normal", latent_dim=1)
    bundle.write(run, reload(run), tmp_path / "out")
    atlas = json.loads((tmp_path / "out" / "atlas.json").read_text())
    assert atlas["classes"] is None
    assert "knn_accuracy" not in atlas["metrics"]
    assert not (tmp_path / "out" / "data" / "labels.i32").exists()
    assert atlas["range"] == pytest.approx([x.min(), x.max()])
    assert (atlas["event_shape"], atlas["latent_dim"], atlas["pca"]) == ([7], 1, None)
    dataset = reload(run)
    restored = read(tmp_path / "out", "items-00000.u8", "u1").reshape(30, 7) / 255 * (x.max() - x.min()) + x.min()
    np.testing.assert_allclose(restored, np.concatenate([dataset.train.x, dataset.test.x]), atol=0.51 * (x.max() - x.min()) / 255)


def test_umap_if_it_is_installed(run, tmp_path, monkeypatch):
    class UMAP:
        def __init__(self, **options):
            assert options["random_state"] == 0

        def fit_transform(self, means):
            return means[:, :2].astype("float64") * 2

    module = ModuleType("umap")
    module.UMAP = UMAP
    monkeypatch.setitem(sys.modules, "umap", module)
    monkeypatch.setattr(projections.importlib.util, "find_spec", lambda name: name)
    lines = []
    bundle.write(run, reload(run), tmp_path, lines.append)
    assert "Computing the UMAP projection, which takes a minute or more" in lines
    assert json.loads((tmp_path / "atlas.json").read_text())["umap"] is True
    np.testing.assert_allclose(read(tmp_path, "umap.f32").reshape(40, 2),
                               read(tmp_path, "means.f32").reshape(40, 3)[:, :2] * 2)


def test_mnist_has_its_license_notice():
    from zukan.data.notice import notice

    assert "CC BY-SA 3.0" in notice("mnist")
    assert notice("mine.npz") is None


@pytest.mark.parametrize(("parts", "files", "headline"), [
    ({"posterior": "planar"}, {"score.f32"}, {"elbo", "active_units"}),
    ({"posterior": "delta", "objective": "reconstruction"}, set(), set())])
def test_other_posteriors_are_shown_by_their_codes(parts, files, headline, tmp_path):
    x, _ = images()
    run = train(x, tmp_path / "run", **parts)
    bundle.write(run, reload(run), tmp_path / "out")
    atlas = json.loads((tmp_path / "out" / "atlas.json").read_text())
    assert {path.name for path in (tmp_path / "out" / "data").glob("*.f32")} == {"means.f32", *files}
    assert {f"{name}.f32" for name in ("log_var", "score", "umap") if atlas[name]} == files
    assert set(atlas["metrics"]) == headline
    dataset = reload(run)
    codes = run.model.encode(np.concatenate([dataset.train.x, dataset.test.x]))
    np.testing.assert_allclose(read(tmp_path / "out", "means.f32").reshape(40, 2), codes, atol=1e-5)


def sessions(folder):
    return (onnxruntime.InferenceSession(folder / "models" / f"{name}.onnx") for name in ("encoder", "decoder"))


def both(data, part):
    return np.concatenate([getattr(split, part) for split in (data.train, data.test)])


@pytest.mark.parametrize(("labels", "names", "width", "numbers"), [
    ([0, 3], ["0", "3"], 4, [0, 3]), (HOSTILE, sorted(HOSTILE.tolist()), 2, [0, 1])])
def test_a_model_with_a_condition(labels, names, width, numbers, tmp_path):
    x, y = images()
    run = train((x, np.array(labels)[y]), tmp_path / "run", condition="label", prior="conditional")
    bundle.write(run, reload(run), tmp_path / "out")
    atlas = json.loads((tmp_path / "out" / "atlas.json").read_text("utf-8"))
    assert atlas["classes"]["names"] == names
    settings = [{"name": name, "row": [[number, 1.0]]} for name, number in zip(names, numbers, strict=True)]
    assert atlas["condition"] == {"width": width, "name": "label", "settings": settings, "items": "labels"}
    assert not (tmp_path / "out" / "data" / "condition.f32").exists()
    data = reload(run)
    items, classes = both(data, "x"), both(data, "y")
    assert np.array_equal(np.array(numbers)[read(tmp_path / "out", "labels.i32", "<i4")], classes)
    means, log_var = (read(tmp_path / "out", f"{name}.f32").reshape(40, 2) for name in ("means", "log_var"))
    np.testing.assert_allclose(means, run.model.encode(items, condition=classes), atol=1e-6)
    score = run.model.score(data.train.x, condition=data.train.y, samples=1)
    np.testing.assert_allclose(read(tmp_path / "out", "score.f32")[: len(score)], score, atol=1e-4)

    rows = np.eye(width, dtype="float32")[classes]
    encoder, decoder = sessions(tmp_path / "out")
    codes = encoder.run(["mean", "log_var"], {"x": items, "condition": rows})
    np.testing.assert_allclose(codes, [means, log_var], atol=1e-5)
    np.testing.assert_allclose(decoder.run(["x"], {"z": means, "condition": rows})[0],
                               run.model.decode(means, condition=classes), atol=1e-5)


@pytest.mark.parametrize(("columns", "label", "names", "width"), [
    ("sex, age", "kind", ["sex = F", "sex = M"], 3), ("age", None, ["age = 20", "age = 40", "age = 60"], 1),
    ("sex", "kind", ["sex = F", "sex = M"], 2)])
def test_columns_as_a_condition_have_a_row_for_each_item(columns, label, names, width, tmp_path):
    draw = np.random.default_rng(0)
    table = {"a": draw.normal(size=40), "b": draw.normal(size=40), "sex": np.tile(["F", "M"], 20),
             "age": np.resize([20, 40, 60], 40), "kind": np.tile(["x", "y"], 20)}
    used = {name: values for name, values in table.items() if name in {"a", "b", label, *columns.split(", ")}}
    lines = [",".join(map(str, row)) for row in (used, *zip(*used.values(), strict=True))]
    (tmp_path / "table.csv").write_text("\n".join(lines), "utf-8")
    run = train(str(tmp_path / "table.csv"), tmp_path / "run", label=label, condition=columns)
    data, out = reload(run), tmp_path / "out"
    bundle.write(run, data, out)
    entry = json.loads((out / "atlas.json").read_text("utf-8"))["condition"]
    assert (entry["width"], entry["name"], entry["items"]) == (width, columns, "rows")
    assert [setting["name"] for setting in entry["settings"]] == names
    rows = read(out, "condition.f32").reshape(40, width)
    items, given = both(data, "x"), both(data, "condition")
    feeds = {"x": items, "condition": rows}
    mean, log_var = next(sessions(out)).run(["mean", "log_var"], feeds)
    np.testing.assert_allclose(read(out, "means.f32").reshape(40, 2), mean, atol=1e-5)
    np.testing.assert_allclose(read(out, "log_var.f32").reshape(40, 2), log_var, atol=1e-5)
    np.testing.assert_allclose(run.model.encode(items, condition=given), mean, atol=1e-5)
    for name, encoded in data.condition.settings(data.train.condition, 9).items():
        row = np.zeros((1, width), "float32")
        for place, value in next(setting["row"] for setting in entry["settings"] if setting["name"] == name):
            row[0, place] = value
        z = np.array([[0.3, -0.7]], "float32")
        decoded = list(sessions(out))[1].run(["x"], {"z": z, "condition": row})[0]
        np.testing.assert_allclose(decoded, run.model.decode(z, condition=encoded), atol=1e-5)


@pytest.mark.parametrize("recipe", [{}, {"condition": "label"}, {"likelihood": "normal", "scaling": "standard"}])
def test_a_model_of_missing_values(recipe, tmp_path):
    x, y = images()
    x = x.reshape(40, 12) if "scaling" in recipe else x
    holes = np.random.default_rng(1).random(x.shape) < 0.3
    run = train((np.where(holes, np.nan, x).astype("float32"), y), tmp_path / "run", missing=True, **recipe)
    data, out = reload(run), tmp_path / "out"
    bundle.write(run, data, out)
    atlas = json.loads((out / "atlas.json").read_text("utf-8"))
    assert atlas["missing"] is True
    items, classes = both(data, "x"), both(data, "y")
    observed = ~np.isnan(items)
    stored = read(out, "items-00000.u8", "u1").reshape(items.shape)
    assert np.array_equal(stored == 255, ~observed)
    assert 0 < observed.mean() < 1
    (low, high), bound = atlas["range"], 0.51 * np.ptp(atlas["range"]) / 254
    np.testing.assert_allclose((low + stored / 254 * (high - low))[observed], items[observed], atol=bound)

    means, log_var = (read(out, f"{name}.f32").reshape(40, 2) for name in ("means", "log_var"))
    given = {"condition": classes} if "condition" in recipe else {}
    np.testing.assert_allclose(means, run.model.encode(items, **given), atol=1e-6)
    feeds = {"x": np.where(observed, items, 0), "observed": observed.astype("float32")}
    if given:
        feeds["condition"] = np.eye(2, dtype="float32")[classes]
    codes = next(sessions(out)).run(["mean", "log_var"], feeds)
    np.testing.assert_allclose(codes, [means, log_var], atol=1e-5)
    given = {"condition": data.train.y} if given else {}
    np.testing.assert_allclose(read(out, "score.f32")[:33], run.model.score(data.train.x, samples=1, seed=0, **given)[:33],
                               atol=1e-4)


def test_training_images_come_first():
    x, _ = images(6)
    assert np.array_equal(np.concatenate(list(item_files.chunks((x[:4], x[4:]), 3))), x)


def test_the_page_gets_the_vectors_of_all_codes(tmp_path):
    x, y = images()
    vq = train({"x": x, "y": y}, tmp_path / "run", latent_dim=8, posterior={"name": "vq", "entries": 5, "groups": 2},
               prior="categorical").model
    book = bundle.codebook(vq)
    assert book.shape == (5, 8)
    codes = vq.codes(x)
    np.testing.assert_allclose(np.concatenate([book[codes[:, 0], :4], book[codes[:, 1], 4:]], axis=1), vq.encode(x))
    counts = [np.bincount(codes[:, group], minlength=5) for group in (0, 1)]
    np.testing.assert_array_equal(family.usage(vq, vq.encode(x), book), counts)
    patch = pytest.MonkeyPatch()
    with patch.context() as limited:
        limited.setattr(bundle, "MAX_CODEBOOK", 39)
        assert bundle.codebook(vq) is None
