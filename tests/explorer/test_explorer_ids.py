"""The page calls the items what every other output calls them."""

import csv
import json

import numpy as np
import pytest
from PIL import Image
from small_runs import images, train

from zukan import commands
from zukan.data import Dataset, Split
from zukan.explorer import bundle, ids
from zukan.runs.data import reload


def written(run, folder):
    """Return the rows and the names of the bundle of ``run``, and what `zukan score` calls the test items."""
    bundle.write(run, reload(run), folder)
    named = json.loads((folder / "atlas.json").read_text("utf-8"))["names"]
    path = folder / "data" / "names.json"
    assert path.exists() is named
    commands.score(run.path, None, out=folder / "scores.csv")
    with (folder / "scores.csv").open(encoding="utf-8", newline="") as lines:
        scored = [line["item"] for line in csv.DictReader(lines)]
    return np.fromfile(folder / "data" / "rows.i32", "<i4"), json.loads(path.read_text("utf-8")) if named else None, scored


def test_items_of_a_drawn_split_have_their_rows_in_the_array(tmp_path):
    x, y = images()
    rows, names, scored = written(train((x, y), tmp_path / "run"), tmp_path / "out")
    assert names is None
    stored = np.fromfile(tmp_path / "out" / "data" / "items-00000.u8", "u1").reshape(x.shape)
    np.testing.assert_allclose(stored / 255, x[rows], atol=0.51 / 255)
    assert sorted(rows) == list(range(40))
    assert scored == [str(row) for row in rows[-len(scored):]]


@pytest.mark.parametrize("memory", [None, 1e-9])
def test_images_of_a_folder_have_their_file_names(memory, tmp_path):
    x, _ = images()
    files = [f"{'ab'[i % 2]}/{i:02d} <b>é.png" for i in range(40)]
    for file, item in zip(files, x, strict=True):
        (tmp_path / "in" / file).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.rint(item[..., 0] * 255).astype("uint8")).save(tmp_path / "in" / file)
    options = {} if memory is None else {"memory": memory}
    run = train(str(tmp_path / "in"), tmp_path / "run", **options)
    assert isinstance(reload(run).train.x, np.ndarray) is (memory is None)
    rows, names, scored = written(run, tmp_path / "out")
    stored = np.fromfile(tmp_path / "out" / "data" / "items-00000.u8", "u1").reshape(x.shape)
    assert np.array_equal(stored, np.rint(x[[files.index(name) for name in names]] * 255))
    assert [sorted(files)[row] for row in rows] == names
    assert scored == names[-len(scored):]


def test_rows_that_are_not_given_count_from_zero_and_names_must_be_complete():
    x = np.zeros((2, 3), "float32")
    dataset = Dataset("mine", Split(x, names=("a", "b")), Split(x, rows=np.array([5, 2])), None, (0.0, 1.0), {})
    assert ids.rows(dataset).tolist() == [0, 1, 5, 2]
    assert ids.names(dataset) is None
