"""Invalid input: each mistake prints one line that names the place, the value and the fix, and changes nothing."""

import json
import re
import zipfile

import keras
import numpy as np
import pytest

import zukan
from zukan import cli

X = np.full((6, 4, 4), 0.5, "float32")


def with_value(value):
    x = X.copy()
    x[2, 1, 0] = value
    return x


FILES = {  # the content, and words of the error
    "a missing file": (None, ["source", "there is no", "bad.npz", "check the path"]),
    "not an archive": (b"hello, world, this is text", ["bad.npz", "b'hello,'", "numpy.save"]),
    "a truncated archive": (b"PK\x03\x04 and then nothing", ["bad.npz", "cannot read", "write it again"]),
    "an empty file": (b"", ["bad.npz", "numpy.save"]),
    "a folder": ("folder", ["bad.npz", "must hold images", "got none"]),
    "other arrays": ({"images": X, "targets": X}, ["bad.npz", "x_train", "images, targets", "rename"]),
    "a test set alone": ({"x_test": X, "y_test": np.arange(6)}, ["x_train", "x_test, y_test"]),
    "wrong rank": ({"x": X.reshape(-1)}, ["shape (96,)", "reshape"]),
    "too many axes": ({"x": X[..., None, None]}, ["shape (6, 4, 4, 1, 1)", "reshape"]),
    "no items": ({"x": X[:0]}, ["empty", "(0, 4, 4)", "give items"]),
    "one item, to be split": ({"x": X[:1]}, ["at least 2 items", "got 1", "give more"]),
    "NaN": ({"x": with_value(np.nan)}, ["finite", "nan at index (2, 1, 0)", "remove or replace"]),
    "infinity": ({"x": with_value(np.inf)}, ["finite", "inf at index (2, 1, 0)", "remove or replace"]),
    "whole numbers": ({"x": (X * 255).astype("int32")}, ["int32", "convert it to uint8"]),
    "text": ({"x": X.astype(str)}, ["<U", "convert it to float32"]),
    "Python objects": ({"x": np.array([{}, {}])}, ["bad.npz", "stack items of one shape"]),
    "above the range": ({"x": with_value(254.0)}, ["must lie in [0, 1]", "254", "divide by 255"]),
    "below the range": ({"x": with_value(-0.5)}, ["must lie in [0, 1]", "-0.5", "likelihood='normal'"]),
    "test items out of range": ({"x_train": X, "x_test": with_value(2.0)}, ["test data must lie in [0, 1]", "2"]),
    "labels of another length": ({"x": X, "y": np.arange(5)}, ["5 labels for 6 items"]),
    "test items of another shape": ({"x_train": X, "x_test": X[:, 1:]}, ["same shape", "(3, 4)", "(4, 4)"]),
}


def bad_file(folder, content):
    path = folder / "bad.npz"
    if content == "folder":
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        np.savez(path, **content)
    return path


@pytest.mark.parametrize("case", FILES)
def test_bad_data_for_train_with_and_without_an_earlier_run(case, refused, run, tmp_path, unchanged):
    content, says = FILES[case]
    path = bad_file(tmp_path, content)
    with unchanged(tmp_path):
        refused("train", path, "--out", tmp_path / "new", "--likelihood", "bernoulli", says=says)
        refused("train", path, "--out", run, "--force", "--likelihood", "bernoulli", says=says)


@pytest.mark.parametrize("command", ["encode", "reconstruct", "interpolate"])
@pytest.mark.parametrize("case", ["a missing file", "not an archive", "other arrays", "wrong rank", "no items", "NaN",
                                  "whole numbers", "above the range"])
def test_bad_data_for_a_trained_model(case, command, refused, session, tmp_path, unchanged):
    content, says = FILES[case]
    path = bad_file(tmp_path, content)
    numbers = [0, 2] if command == "interpolate" else []
    with unchanged(tmp_path), unchanged(session.path):
        refused(command, session.path, *numbers, path, "-o", tmp_path / ("z.npz" if command == "encode" else "z.png"),
                says=says[:1] if case == "above the range" else says)


@pytest.mark.parametrize("command", ["encode", "reconstruct", "interpolate"])
def test_data_of_another_shape_than_the_model(command, refused, session, tmp_path, unchanged):
    np.save(tmp_path / "wide.npy", np.full((3, 4, 5), 0.5, "float32"))
    numbers = [0, 1] if command == "interpolate" else []
    with unchanged(tmp_path):
        refused(command, session.path, *numbers, tmp_path / "wide.npy",
                "-o", tmp_path / ("z.npz" if command == "encode" else "z.png"), says=["4, 4, 1)", "5"])


OPTIONS = {
    "--latent-dim=0": ["latent_dim", "at least 1", "got 0"],
    "--latent-dim=two": ["--latent-dim", "'two'"],
    "--epochs=0": ["epochs", "at least 1", "got 0"],
    "--epochs=1.5": ["--epochs", "'1.5'"],
    "--batch-size=-3": ["batch_size", "at least 1", "got -3"],
    "--seed=-1": ["seed", "at least 0", "got -1"],
    "--warmup-epochs=-1": ["warmup_epochs", "at least 0", "got -1"],
    "--learning-rate=0": ["learning_rate", "above 0", "got 0"],
    "--learning-rate=nan": ["learning_rate", "finite", "nan"],
    "--beta=-1": ["beta", "at least 0", "got -1"],
    "--beta=inf": ["beta", "finite", "inf"],
    "--free-bits=-0.1": ["free_bits", "at least 0", "got -0.1"],
    "--test-fraction=1": ["test_fraction", "below 1", "got 1"],
    "--test-fraction=0": ["test_fraction", "above 0", "got 0"],
    "--memory=0": ["memory", "above 0", "got 0"],
    "--scaling=standart": ["scaling", "'standart'", "did you mean 'standard'"],
    "--precision=bf16": ["precision", "'bf16'", "did you mean 'bfloat16'"],
    "--decay=cosin": ["decay", "'cosin'", "did you mean 'cosine'"],
    "--optimizer=adm": ["optimizer", "'adm'", "did you mean 'adam"],
    "--preset=toturial": ["preset", "'toturial'", "did you mean 'tutorial'"],
    "--encoder=mpl": ["encoder", "'mpl'", "did you mean 'mlp'"],
    "--decoder=covn": ["decoder", "'covn'", "did you mean 'conv'"],
    "--posterior=nromal": ["posterior", "'nromal'", "did you mean 'normal'"],
    "--prior=mixtrue": ["prior", "'mixtrue'", "did you mean 'mixture'"],
    "--likelihood=bernouli": ["likelihood", "'bernouli'", "did you mean 'bernoulli'"],
    "--objective=iwea": ["objective", "'iwea'", "did you mean 'iwae'"],
    '--encoder={name="mlp", unit=[3]}': ["encoder", "'unit'", "did you mean 'units'"],
    '--encoder={name="mlp", units=[0]}': ["units", "at least 1", "got 0"],
    '--encoder={name="mlp", units=3}': ["units", "3"],
    '--encoder={name="mlp", units=["a"]}': ["units", "'a'"],
    '--encoder={name="mlp", activation="rellu"}': ["activation", "rellu"],
    '--encoder={name="conv", filters=[]}': ["filters", "[]"],
    "--encoder={units=[3]}": ["encoder", "name"],
    "--encoder={name=mlp": ["encoder", "TOML", "{name=mlp"],
    '--likelihood={name="normal", scale=-1}': ["scale", "above 0", "got -1"],
    '--prior={name="mixture", components=0}': ["components", "at least 1", "got 0"],
    '--objective={name="iwae", k=0}': ["k", "at least 1", "got 0"],
    '--objective={name="elbo", beta={name="warmup"}}': ["beta", "steps"],
    "--epcohs=3": ["--epcohs", "Did you mean --epochs"],
}


@pytest.mark.parametrize("option", OPTIONS)
def test_bad_options_of_train(option, refused, grey, run, tmp_path, unchanged):
    with unchanged(tmp_path):
        refused("train", grey, "--out", tmp_path / "new", option, says=OPTIONS[option])
        refused("train", grey, "--out", run, "--force", option, says=OPTIONS[option])


def test_options_that_exclude_each_other(refused, grey, tmp_path, unchanged):
    with unchanged(tmp_path):
        refused("train", grey, "--out", tmp_path / "new", "--objective", "iwae", "--beta", 2, says=["beta", "iwae"])


def test_convolutions_over_vectors(refused, tmp_path, unchanged):
    np.save(tmp_path / "vectors.npy", X.reshape(6, 16))
    with unchanged(tmp_path):
        refused("train", tmp_path / "vectors.npy", "--out", tmp_path / "new", "--encoder", "conv",
                says=["'conv'", "(16,)", "'mlp'"])


@pytest.mark.parametrize(("words", "says"), [
    (["trian"], ["trian", 'Did you mean "train"']),
    (["train", "mnsit"], ["'mnsit'", "did you mean 'mnist'"]),
    (["train", "mnist", "another"], ["another"]),
    (["train", "mnist", "--out"], ["--out", "requires an argument"]),
    (["sample"], ["RUN", "requires an argument"]),
    (["encode", "run", "data.npz"], ["--out", "requires an argument"]),
    (["presets", "--color"], ["--color"]),
])
def test_bad_words(words, says, refused, tmp_path, unchanged):
    refused(*words, says=says)


def test_out_is_taken(refused, grey, run, tmp_path, unchanged):
    other = tmp_path / "photos"
    other.mkdir()
    (other / "holiday.png").write_bytes(b"a photo")
    with unchanged(tmp_path):
        refused("train", grey, "--out", run, says=["out", str(run), "holds a run", "--force"])
        for force in ([], ["--force"]):
            for place in (other, other / "holiday.png"):
                refused("train", grey, "--out", place, *force, says=["out", str(place), "choose another"])
        refused("train", grey, "--out", other / "holiday.png" / "run", says=["holiday.png", "not below a file"])


NOT_RUNS = {"missing": "does not exist", "empty": "holds no recipe.toml", "file": "is a file"}


@pytest.mark.parametrize("kind", NOT_RUNS)
@pytest.mark.parametrize("command", ["resume", "report", "encode", "reconstruct", "sample", "interpolate"])
def test_not_a_run(command, kind, refused, grey, tmp_path, unchanged):
    path = tmp_path / "place"
    if kind == "empty":
        path.mkdir()
    elif kind == "file":
        path.write_text("not a run")
    words = {"encode": [grey, "-o", tmp_path / "z.csv"], "interpolate": [0, 1]}.get(command, [])
    with unchanged(tmp_path):
        refused(command, path, *words, says=[f"run {str(path)!r}", NOT_RUNS[kind], "give a folder"])


RECIPES = {
    "no TOML": (lambda text: text + "\nepochs = = 3", ["cannot be read", "line", "restore it"]),
    "not text": (lambda _: b"\xff\xfe\x00", ["cannot be read", "restore it"]),
    "empty": (lambda _: "", ["format_version", "None"]),
    "a newer format": (lambda text: text.replace("version = 3", "version = 4"), ["format_version 3", "got 4"]),
    "an older format": (lambda text: text.replace("version = 3", "version = 2"), ["format_version 3", "got 2"]),
    "an unknown field": (lambda text: "epohcs = 3\n" + text, ["'epohcs'", "did you mean 'epochs'"]),
    "a field inside a part": (lambda text: text.replace("units =", "untis ="), ["'untis'", "did you mean 'units'"]),
    "epochs as text": (lambda text: re.sub(r"epochs = 2", 'epochs = "2"', text), ["epochs", "'2'"]),
    "epochs with a point": (lambda text: re.sub(r"\nepochs = 2", "\nepochs = 2.0", text), ["epochs", "2.0"]),
    "beta true": (lambda text: re.sub(r"beta = [\d.]+", "beta = true", text), ["beta", "True"]),
    "seed as a list": (lambda text: re.sub(r"seed = \d+", "seed = [1]", text), ["seed", "[1]"]),
    "optimizer a number": (lambda text: text.replace('optimizer = "adam"', "optimizer = 3"), ["optimizer", "3"]),
    "data a number": (lambda text: re.sub(r'data = ".*"', "data = 3", text), ["data", "3"]),
    "encoder a number": (lambda text: re.sub(r"\[encoder\]\n(.+\n)+", "", text).replace(
        "\nseed", "\nencoder = 5\nseed"), ["encoder", "5"]),
    "prior true": (lambda text: text.replace('prior = "normal"', "prior = true"), ["prior", "True"]),
}


@pytest.mark.parametrize("case", RECIPES)
def test_broken_recipe(case, refused, run, unchanged):
    """A run without checkpoints is resumed from its recipe."""
    change, says = RECIPES[case]
    recipe = run / "recipe.toml"
    text = recipe.read_text()
    broken = change(text)
    assert broken != text
    recipe.write_bytes(broken if isinstance(broken, bytes) else broken.encode())
    for path in (run / "index.html", run / "model.keras", *(run / "checkpoints").iterdir()):
        path.unlink()
    with unchanged(run):
        error = refused("resume", run, says=says)
        assert "recipe" in error or str(run) in error


def broken_model(path, kind):
    if kind == "truncated":
        path.write_bytes(path.read_bytes()[:1000])
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "foreign":
        keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]).save(path)
    elif kind == "another archive":
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("hello.txt", "world")
    elif kind == "no weights":
        with zipfile.ZipFile(path) as file:
            rest = {name: file.read(name) for name in file.namelist() if "weights" not in name}
        with zipfile.ZipFile(path, "w") as file:
            for name, content in rest.items():
                file.writestr(name, content)
    elif kind == "damaged in the middle":
        content = bytearray(path.read_bytes())
        content[len(content) // 2 : len(content) // 2 + 64] = b"x" * 64
        path.write_bytes(bytes(content))


MODELS = ["truncated", "empty", "foreign", "another archive", "no weights", "damaged in the middle"]


@pytest.mark.parametrize("kind", MODELS)
def test_broken_model(kind, refused, run, grey, tmp_path, unchanged):
    broken_model(run / "model.keras", kind)
    with unchanged(tmp_path):
        for words in (["report", run], ["sample", run, "-o", tmp_path / "s.png"],
                      ["encode", run, grey, "-o", tmp_path / "z.npz"]):
            refused(*words, says=["model file", str(run / "model.keras"), "give a file that vae.save wrote"])


def broken_checkpoint(path, kind):
    if kind == "an array":
        with path.open("wb") as file:
            np.save(file, X)
    elif kind == "of another model":
        np.savez(path, x=X)
    elif kind == "Python objects":
        np.savez(path, x=np.array([{}, {}]))
    elif kind == "text":
        path.write_text("hello, world")
    else:
        broken_model(path, kind)


@pytest.mark.parametrize("kind", ["truncated", "empty", "another archive", "damaged in the middle", "an array",
                                  "of another model", "Python objects", "text"])
def test_broken_checkpoint(kind, refused, run, unchanged):
    (run / "index.html").unlink()
    (run / "model.keras").unlink()
    for epoch in (1, 2):  # one intact checkpoint would be enough
        broken_checkpoint(run / "checkpoints" / f"epoch-0000{epoch}.npz", kind)
    with unchanged(run):
        refused("resume", run, says=["checkpoint", "epoch-0000", "to train from the start"])


@pytest.mark.parametrize("command", ["report", "encode", "reconstruct", "sample", "interpolate"])
def test_run_without_a_model(command, refused, run, grey, tmp_path, unchanged):
    (run / "model.keras").unlink()
    words = {"encode": [grey, "-o", tmp_path / "z.csv"], "interpolate": [0, 1]}.get(command, [])
    with unchanged(tmp_path):
        refused(command, run, *words, says=["model.keras", f"zukan resume {run}"])


def without(path, *keys):
    content = json.loads(path.read_text())
    for key in keys:
        del content[key]
    path.write_text(json.dumps(content))


RECORDS = {
    "history of text": ("history.csv", lambda path: path.write_text("epoch,loss\n1,abc\n")),
    "history cut short": ("history.csv", lambda path: path.write_bytes(path.read_bytes()[:-60])),
    "history of bytes": ("history.csv", lambda path: path.write_bytes(b"\xff\xfe\x00\x01")),
    "history without a column": ("history.csv", lambda path: path.write_text("epoch,loss\n1,2.0\n2,1.5\n")),
    "history without epochs": ("history.csv", lambda path: path.write_text("loss,kl\n1,2.0\n2,1.5\n")),
    "history of a header": ("history.csv", lambda path: path.write_text(path.read_text().splitlines()[0] + "\n")),
    "no history": ("history.csv", lambda path: path.unlink()),
    "environment of text": ("environment.json", lambda path: path.write_text("{")),
    "environment of bytes": ("environment.json", lambda path: path.write_bytes(b"\xff\xfe")),
    "environment a list": ("environment.json", lambda path: path.write_text("[1]")),
    "environment without data": ("environment.json", lambda path: without(path, "data")),
    "environment with other data": ("environment.json", lambda path: path.write_text('{"data": 3}')),
    "no environment": ("environment.json", lambda path: path.unlink()),
}


@pytest.mark.parametrize("case", RECORDS)
def test_broken_records(case, refused, run, unchanged):
    name, breaks = RECORDS[case]
    breaks(run / name)
    with unchanged(run):
        refused("report", run, says=[name])


@pytest.mark.parametrize("text", ["{", "[1]", "3", "\x00"])
def test_broken_metrics(text, run):
    """Only Python code reads them."""
    (run / "metrics.json").write_text(text)
    with pytest.raises(zukan.InputError, match=r"metrics\.json.*zukan report"):
        zukan.Run.open(run).metrics  # noqa: B018


@pytest.mark.parametrize(("words", "says"), [
    (["encode", "RUN", "DATA", "-o", "z.txt"], ["ending", "'.txt'", "'.npz'", "'.csv'", "'.parquet'"]),
    (["encode", "RUN", "DATA", "-o", "z"], ["ending", "''"]),
    (["sample", "RUN", "-o", "s.jpg"], ["ending", "'.jpg'", "'.png'", "'.gif'"]),
    (["reconstruct", "RUN", "-o", "s.pgn"], ["'.pgn'", "did you mean '.png'"]),
    (["interpolate", "RUN", "0", "1", "-o", "s"], ["ending", "''"]),
    (["interpolate", "RUN", "0", "34"], ["second", "34", "got 34"]),
    (["interpolate", "RUN", "one", "2"], ["first must be the row number of an item", "got 'one'", "0 to 33"]),
    (["interpolate", "RUN", "3"], ["second must be given with first", "give two, or none"]),
    (["interpolate", "RUN", "34", "0", "DATA"], ["first", "34", "got 34"]),
    (["interpolate", "RUN", "0", "1", "--steps", "1"], ["steps", "at least 2", "got 1"]),
    (["interpolate", "RUN", "0", "1", "--steps", "0", "-o", "a.png"], ["steps", "at least 2", "got 0"]),
    (["sample", "RUN", "--count", "0"], ["count", "at least 1", "got 0"]),
    (["sample", "RUN", "--seed=-1"], ["seed", "at least 0", "got -1"]),
    (["encode", "RUN", "DATA", "-o", "z.csv", "--sample", "--seed=-1"], ["seed", "at least 0", "got -1"]),
    (["reconstruct", "RUN", "--count", "0"], ["count", "at least 1", "got 0"]),
    (["reconstruct", "RUN", "--seed=-1"], ["seed", "at least 0", "got -1"]),
    (["encode", "RUN", "DATA", "-o", "DATA/z.csv"], ["z.csv", "not below a file"]),
    (["sample", "RUN", "-o", "DATA/z.png"], ["z.png", "not below a file"]),
])
def test_bad_words_for_a_trained_model(words, says, refused, session, unchanged, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = [word.replace("RUN", str(session.path)).replace("DATA", str(session.data)) for word in words]
    with unchanged(tmp_path), unchanged(session.path):
        refused(*words, says=says)


def test_a_negative_item_is_refused(refused, session):
    assert "-1" in refused("interpolate", session.path, "0", "-1")


@pytest.mark.parametrize("command", ["report", "resume", "reconstruct", "interpolate"])
def test_data_that_changed_after_the_training(command, refused, run, session, unchanged, tmp_path):
    with np.load(session.data) as arrays:
        changed = dict(arrays)
    changed["x_test"][0, 0, 0] ^= 1
    np.savez(tmp_path / "changed.npz", **changed)
    recipe = run / "recipe.toml"
    recipe.write_text(recipe.read_text().replace(str(session.data), str(tmp_path / "changed.npz")))
    if command == "resume":
        (run / "index.html").unlink()
    with unchanged(tmp_path):
        refused(command, run, *([0, 1] if command == "interpolate" else []),
                says=["changed.npz", "sha256", "restore it"])


def test_data_that_was_deleted_after_the_training(refused, run, session, unchanged):
    recipe = run / "recipe.toml"
    recipe.write_text(recipe.read_text().replace(str(session.data), "/nowhere/gone.npz"))
    with unchanged(run):
        refused("report", run, says=["/nowhere/gone.npz", "check the path"])


def test_debug_raises_the_error(session):
    with pytest.raises(zukan.InputError, match="ending"):
        cli.run(["sample", str(session.path), "-o", "s.jpg", "--debug"])
