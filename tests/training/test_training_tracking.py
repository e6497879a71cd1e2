"""Trackers: TensorBoard, MLflow, and Weights & Biases, without a network."""

import json
import struct
import sys
from types import SimpleNamespace

import keras
import pytest

import zukan
from zukan import commands
from zukan.commands import training_runs
from zukan.training import tracking
from zukan.training.recipe import Recipe

TERMS = ["loss", "reconstruction", "kl", "elbo", "beta"]


def events(folder):
    """Read the scalars of an event file: with TensorBoard's reader if it is installed, else record by record."""
    (path,) = folder.iterdir()
    try:
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    except ImportError:
        from tensorboardX.proto import event_pb2

        content, at, scalars_by_tag = path.read_bytes(), 0, {}
        while at < len(content):
            (length,) = struct.unpack_from("<Q", content, at)
            event = event_pb2.Event.FromString(content[at + 12 : at + 12 + length])
            at += 16 + length
            for value in event.summary.value:
                scalars_by_tag.setdefault(value.tag, []).append((event.step, value.simple_value))
        return scalars_by_tag
    reader = EventAccumulator(str(folder)).Reload()
    return {tag: [(event.step, event.value) for event in reader.Scalars(tag)] for tag in reader.Tags()["scalars"]}


def test_tensorboard_holds_the_history(make, x, tmp_path):
    pytest.importorskip("tensorboardX")
    (kind,) = tracking.kinds("tensorboard")
    tracker = kind(tmp_path, Recipe())
    history = make().fit(x, epochs=3, batch_size=8, validation_data=x[:8], verbose=0, callbacks=[tracker]).history
    tracker.publish({"elbo": -3.0}, tmp_path / "index.html")
    scalars_by_tag = {tag: values for tag, values in events(tmp_path / "tensorboard").items() if not tag.endswith("/text_summary")}
    assert scalars_by_tag.pop("final/elbo") == [(0, -3.0)]
    assert set(scalars_by_tag) == {f"{name}/{split}" for name in TERMS for split in ("train", "test")}
    for name in TERMS:
        for split, values in (("train", history[name]), ("test", history[f"val_{name}"])):
            steps, scalars = zip(*scalars_by_tag[f"{name}/{split}"], strict=True)
            assert steps == (1, 2, 3)
            assert scalars == pytest.approx(values, rel=1e-6)


@pytest.mark.parametrize(("name", "module", "package"), [
    ("tensorboard", "tensorboardX", "tensorboardX"), ("mlflow", "mlflow", "mlflow-skinny"), ("wandb", "wandb", "wandb")])
def test_a_tracker_names_the_extra_it_needs(name, module, package, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, module, None)
    if module == "mlflow":
        monkeypatch.setitem(sys.modules, "mlflow.tracking", None)
    with pytest.raises(zukan.InputError, match=rf"{package}, which is not installed; pip install 'zukan\[{name}\]'"):
        zukan.train("nothing.npz", out=tmp_path / "run", epochs=1, track=[name])  # said before the data is read
    assert not list(tmp_path.iterdir())


def test_an_unknown_tracker_is_refused_before_the_training(x, tmp_path):
    with pytest.raises(zukan.InputError, match="track must be one of 'mlflow', 'tensorboard', 'wandb', got 'tensorbord'"):
        zukan.train(x, out=tmp_path / "run", track="mlflow, tensorbord")
    assert not list(tmp_path.iterdir())


def test_a_damaged_file_of_the_trackers_is_named(tmp_path):
    for text in ("[]", "{", '{"wandb": 3}'):
        (tmp_path / "tracking.json").write_text(text)
        with pytest.raises(zukan.InputError, match=r"tracking\.json.*delete it to go on without trackers"):
            tracking.stored(tmp_path)


def test_a_resumed_training_goes_on_in_tensorboard(x, tmp_path, monkeypatch):
    pytest.importorskip("tensorboardX")
    monkeypatch.setattr(training_runs, "write_atlas", lambda *_: None)
    monkeypatch.setattr(zukan.Run, "numbers", {"elbo": -3.0})
    monkeypatch.setattr("tensorboardX.event_file_writer.time", SimpleNamespace(time=lambda: 1.0))  # all within a second

    def stop(epoch, logs):
        if epoch == 1:
            raise KeyboardInterrupt

    out = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        zukan.train(x, out=out, epochs=4, encoder=zukan.networks.MLP([8]), track="tensorboard",
                    callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=stop)])
    run = commands.resume(out)
    assert len(run.history["loss"]) == 4
    assert len(list((out / "tensorboard").iterdir())) == 2


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of MLflow's own code about SQLAlchemy
@pytest.mark.thorough  # both packages are heavy, and no extra of the tests brings them
def test_mlflow_holds_recipe_terms_results_and_report(x, tmp_path, monkeypatch):
    pytest.importorskip("mlflow")
    pytest.importorskip("sqlalchemy")
    from mlflow.tracking import MlflowClient

    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    runs = zukan.train_many(x, seeds=2, out=tmp_path / "runs", epochs=3, encoder=zukan.networks.MLP([8]), track="mlflow")
    client = MlflowClient(f"sqlite:///{tmp_path / 'runs' / 'mlflow.db'}")
    found = client.search_runs([client.get_experiment_by_name("zukan").experiment_id])
    assert sorted(run.info.run_name for run in found) == ["seed=0", "seed=1"]
    for run in runs:
        (mine,) = [one for one in found if one.info.run_name == run.path.name]
        assert mine.info.status == "FINISHED"
        assert mine.data.params["seed"] == str(run.recipe.seed)
        history = client.get_metric_history(mine.info.run_id, "val_loss")
        assert [point.step for point in history] == [1, 2, 3]
        assert [point.value for point in history] == pytest.approx(run.history["val_loss"].tolist())
        assert mine.data.metrics["final_elbo"] == pytest.approx(run.metrics["test"]["elbo"])
        assert [file.path for file in client.list_artifacts(mine.info.run_id)] == ["index.html"]


def records(content, block=1 << 15):
    """Yield the records of a file of wandb: a log of LevelDB after a header of 7 bytes."""
    at, whole = 7, b""
    while at + 7 <= len(content):
        if block - at % block < 7:  # too little room for a header
            at += block - at % block
            continue
        length, kind = struct.unpack_from("<HB", content, at + 4)
        whole += content[at + 7 : at + 7 + length]
        at += 7 + length
        if kind in {1, 4}:  # a whole record, or its last part
            yield whole
            whole = b""


@pytest.mark.thorough
def test_wandb_holds_recipe_terms_results_and_report_offline(x, tmp_path, monkeypatch):
    pytest.importorskip("wandb")
    from wandb.proto import wandb_internal_pb2

    monkeypatch.delenv("WANDB_MODE", raising=False)
    run = zukan.train(x, out=tmp_path / "run", epochs=3, encoder=zukan.networks.MLP([8]), track="wandb")
    (file,) = (run.path / "wandb").glob("offline-run-*/*.wandb")
    rows, config, summary, artifacts = [], {}, {}, []
    for content in records(file.read_bytes()):
        record = wandb_internal_pb2.Record.FromString(content)
        config |= {item.key or item.nested_key[0]: json.loads(item.value_json) for item in record.run.config.update}
        summary |= {item.key or item.nested_key[0]: json.loads(item.value_json) for item in record.summary.update}
        row = {item.key or item.nested_key[0]: json.loads(item.value_json) for item in record.history.item}
        rows += [row] if "loss" in row else []
        if record.request.log_artifact.artifact.type or record.artifact.type:
            artifacts.append(record)
    assert config["latent_dim"] == "2"
    assert [row["epoch"] for row in rows] == [1, 2, 3]
    assert [row["val_loss"] for row in rows] == pytest.approx(run.history["val_loss"].tolist())
    assert summary["final/elbo"] == pytest.approx(run.metrics["test"]["elbo"])
    assert artifacts
