"""Training on what is read from disk gives what training in memory gives, bit for bit."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import jax
import keras
import numpy as np
import pytest
from tiny_models import assert_same_state, build

import zukan
from blobs import blobs
from zukan import commands, compiled, data
from zukan.compiled import prefetch, streams
from zukan.training import checkpoints

pytest.importorskip("grain")
N = 23 * 8 + 5
TINY = 1e-9  # GiB


@pytest.fixture(autouse=True)
def chunks(monkeypatch):
    """Several chunks per epoch with a shorter last chunk, and a smaller last batch."""
    monkeypatch.setattr(streams, "CHUNK", 5 * 8 * 6)


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """The same items as bytes and as floats, in files."""
    folder = tmp_path_factory.mktemp("stored")
    x = np.rint(255 * blobs(N)).astype("u1")
    np.savez(folder / "bytes.npz", x=x, y=np.arange(N) % 2)
    np.save(folder / "floats.npy", blobs(N))
    return {"bytes": folder / "bytes.npz", "floats": folder / "floats.npy"}


def fitted(path, memory=None, *, epochs=2):
    dataset = data.load(path, memory=memory)
    vae = build(seed=4)
    history = vae.fit(dataset.train.x, epochs=epochs, batch_size=8, validation_data=dataset.test.x, verbose=0).history
    return vae, history


def compare(*paths):
    """Train on files in memory and from disk, as users do; with other settings, XLA may round the two programs differently."""
    streams.CHUNK = 5 * 8 * 6
    for path in paths:
        jax.config.update("jax_disable_most_optimizations", path.endswith(".npy"))  # once is enough
        there, expected = fitted(path)
        here, got = fitted(path, TINY)
        assert type(data.load(path, memory=TINY).train.x).__name__ == "Rows"
        assert_same_state(here, there)
        assert got == expected


def test_weights_and_history_equal_those_in_memory(stored):
    code = "import sys; sys.path += sys.argv[1:3]; import conftest, test_compiled_streams as tests; tests.compare(*sys.argv[3:])"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code, Path(__file__).parents[1], Path(__file__).parent, *stored.values()], check=False,
                          capture_output=True, text=True, env={**os.environ, "XLA_FLAGS": ""})
    assert done.returncode == 0, done.stderr


def test_without_a_compiled_loop(stored, monkeypatch):
    monkeypatch.setattr(compiled.CompiledEpochs, "_loops", lambda *_: False)
    there, expected = fitted(stored["bytes"], epochs=1)
    here, got = fitted(stored["bytes"], TINY, epochs=1)
    assert_same_state(here, there)
    assert got == expected


def test_chunks_hold_the_rows_of_the_batches(stored):
    x = data.load(stored["bytes"], memory=TINY).train.x
    options = {"shuffle": True, "seed": 2}
    batches, fed = compiled.Batches((x[:],), 8, **options), streams.Chunks((x,), 8, **options)
    for epoch in (0, 3):
        for feed in (batches, fed):
            feed.start_epoch(epoch)
        items = [fed[i] for i in range(fed.num_batches)]
        assert {item.batches[0].values.dtype for item in items} == {np.dtype("u1")}
        assert len({item.batches[0].values.shape for item in items}) == 2
        assert 4 <= len(items) < batches.num_batches
        parts = [*(item.batches[0] for item in items), items[-1].end.last[0]._replace(
            values=items[-1].end.last[0].values[None])]
        steps = [part.levels[values] for part in parts for values in np.asarray(part.values)]
        assert len(steps) == batches.num_batches
        for i, step in enumerate(steps):
            np.testing.assert_array_equal(step, batches[i][0])
    assert streams.Chunks((x,), 8, steps=20).num_batches > 3  # by their size


def test_a_validation_that_is_an_item_of_its_own(stored):
    x = data.load(stored["bytes"], memory=TINY).train.x.take(slice(0, 80))  # ten batches, in two items
    histories = [build(seed=4).fit(items, batch_size=8, epochs=2, validation_data=x[:9], verbose=0).history
                 for items in (x[:], x)]
    assert histories[0] == histories[1]


def test_weights_of_samples_and_a_validation_split(stored):
    x = data.load(stored["bytes"], memory=TINY).train.x
    weights = np.linspace(0.2, 2.0, len(x), dtype="float32")
    histories = [build(seed=4).fit(items, batch_size=8, sample_weight=weights, validation_split=0.25, verbose=0).history
                 for items in (x[:], x)]
    assert histories[0].keys() == histories[1].keys()
    for name, values in histories[0].items():  # compiled as tests are, the last bit may differ
        assert histories[1][name] == pytest.approx(values, rel=1e-6), name


def test_what_a_model_says_of_data_on_disk(stored):
    vae, x = build(), data.load(stored["bytes"], memory=TINY).train.x
    for ask in (vae.encode, vae.elbo, lambda x: vae.predict(x, verbose=0),
                lambda x: np.array([*vae.evaluate(x, verbose=0, return_dict=True).values()])):
        np.testing.assert_array_equal(ask(x), ask(x[:]))
    wide = zukan.VAE(event_shape=(7,), encoder=zukan.networks.MLP([4]))
    with pytest.raises(zukan.InputError, match=r"x must have shape \(n, 7\)"):
        wide.encode(x)


def test_values_outside_of_the_range(tmp_path):
    np.save(tmp_path / "x.npy", 3 * blobs(50))
    with pytest.raises(zukan.InputError, match="training data must lie in"):
        zukan.train(tmp_path / "x.npy", out=tmp_path / "run", memory=TINY, likelihood="bernoulli")


class Stop(keras.callbacks.Callback):
    """Ends the training as Ctrl-C does, after a number of items of the feed."""

    only_reads = True  # as Ctrl-C, it leaves the validation in the program of the epoch

    def __init__(self, after):
        super().__init__()
        self.after = after

    def on_train_batch_end(self, batch, logs=None):
        self.after -= 1
        if not self.after:
            raise KeyboardInterrupt


def assert_equal(run, other):
    assert_same_state(run.model, other.model)
    assert {name: [*values] for name, values in run.history.items() if name != "seconds"} == {
        name: [*values] for name, values in other.history.items() if name != "seconds"}
    assert run.metrics == other.metrics


@pytest.mark.parametrize(("memory", "after"), [(TINY, 9), (None, 14)])
def test_a_run_goes_on_within_an_epoch(memory, after, stored, tmp_path, monkeypatch):
    options = {"epochs": 3, "batch_size": 8, "encoder": zukan.networks.MLP([8]), "memory": memory}
    whole = zukan.train(stored["bytes"], out=tmp_path / "whole", **options)
    monkeypatch.setattr(checkpoints, "SECONDS", 0.0)
    out = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        zukan.train(stored["bytes"], out=out, callbacks=[Stop(after)], **options)
    parts = checkpoints.parts(out / "checkpoints")
    assert len(parts) == 1
    assert int(parts[0].stem.split("-")[2]) > 0
    seen = []
    run = commands.resume(out, callbacks=[keras.callbacks.LambdaCallback(on_epoch_begin=lambda e, _: seen.append(e))])
    assert seen[0] == int(parts[0].stem.split("-")[1])
    assert_equal(run, whole)
    assert sorted(path.name for path in (out / "checkpoints").iterdir()) == ["epoch-00002.npz", "epoch-00003.npz"]


def test_items_that_are_done_are_not_read_again(stored, monkeypatch):
    x = data.load(stored["bytes"], memory=TINY).train.x
    fed = streams.Chunks((x,), 8, shuffle=True)
    fed.start_epoch(0)
    expected = np.asarray(fed[2].batches[0].values)
    fed.start_epoch(0, done=fed.steps_after(1) + 1)  # items of another size were done before
    read = []
    raw = type(x).raw
    monkeypatch.setattr(type(x), "raw", lambda self, rows: (read.append(len(rows)), raw(self, rows))[1])
    assert [type(fed[i]).__name__ for i in range(2)] == ["Skipped", "Skipped"]
    np.testing.assert_array_equal(fed[2].batches[0].values, expected[1:])
    assert sum(read) <= 8 * (fed.num_steps - fed.steps_after(1))


def test_a_file_that_vanishes_ends_the_training_in_one_sentence(tmp_path):
    path = tmp_path / "x.npy"
    np.save(path, blobs(400))
    gone = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: path.unlink(missing_ok=True))
    with pytest.raises(zukan.InputError, match=r"x.npy' must not change while it is in use.*restore it, and continue with zukan resume$"):
        zukan.train(path, out=tmp_path / "run", epochs=3, memory=TINY, encoder=zukan.networks.MLP([4]), callbacks=[gone])
    assert checkpoints.done(tmp_path / "run" / "checkpoints") == 1


def test_a_worker_that_is_killed_ends_the_training_in_one_sentence(stored, monkeypatch):
    monkeypatch.setattr(streams, "CHUNK", 8 * 6)  # more items than a worker reads ahead
    x = data.load(stored["bytes"], memory=TINY).train.x
    fed = streams.Chunks((x.read_by(1),), 8)
    fed[0]
    (worker,) = multiprocessing.active_children()
    os.kill(worker.pid, signal.SIGINT)  # a terminal sends Ctrl-C to all processes, and only the first is to answer
    worker.join(1.0)
    assert worker.is_alive()
    worker.kill()
    with pytest.raises(zukan.InputError, match=r"workers must run .* one of 1 was killed .*zukan resume"):
        list(map(fed.__getitem__, range(1, fed.num_batches)))


@pytest.mark.timeout(120)
def test_a_worker_that_is_killed_between_two_items_is_noticed_and_the_others_end(stored, monkeypatch):
    monkeypatch.setattr(prefetch, "PATIENCE", 0.2)
    monkeypatch.setattr(prefetch, "MISSING", 10_000.0)  # only for workers that never appeared
    monkeypatch.setattr(streams, "CHUNK", 8 * 6)  # more items than the workers read ahead
    x = data.load(stored["bytes"], memory=TINY).train.x
    others = multiprocessing.active_children()
    fed = streams.Chunks((x.read_by(2),), 8)
    fed[0]
    workers = [child for child in multiprocessing.active_children() if child not in others]
    assert len(workers) == 2
    workers[0].kill()
    workers[0].join()
    assert workers[0] not in multiprocessing.active_children()  # Python forgets it
    with pytest.raises(zukan.InputError, match=r"one of 2 was killed"):
        list(map(fed.__getitem__, range(1, fed.num_batches)))
    for worker in workers:
        worker.join(10)
    assert not set(workers) & set(multiprocessing.active_children())


def test_workers_end_with_the_training(stored):
    x = data.load(stored["bytes"], memory=TINY).train.x
    fed = streams.Chunks((x.read_by(1),), 8)
    fed[0]
    (worker,) = multiprocessing.active_children()
    fed.close()
    assert not worker.is_alive()
    with pytest.raises(RuntimeError, match="closed"):
        fed[1]


def test_every_feed_is_closed_whatever_happens(stored, monkeypatch):
    x = data.load(stored["bytes"], memory=TINY).train.x
    closed = []
    monkeypatch.setattr(streams.Chunks, "close", lambda fed: closed.append(fed.length))
    vae = build()

    def mistake(*_, **__):
        raise ValueError("a mistake")

    failing = keras.callbacks.LambdaCallback()
    failing.on_test_batch_end = mistake
    with pytest.raises(ValueError, match="a mistake"):
        vae.fit(x, batch_size=8, validation_data=x, callbacks=[failing], verbose=0)
    assert len(closed) == 2
    with pytest.raises(ValueError, match="a mistake"):
        vae.evaluate(x, batch_size=8, callbacks=[failing], verbose=0)
    assert len(closed) == 3


def test_a_worker_that_died_ends_the_wait_for_it(monkeypatch):
    monkeypatch.setattr(prefetch, "PATIENCE", 0.2)
    monkeypatch.setattr(prefetch, "MISSING", 0.2)
    prefetcher = prefetch.Prefetcher(2)
    monkeypatch.setattr(prefetcher, "_begin", lambda *_: iter(threading.Event().wait, True))
    prefetcher.processes = {1: SimpleNamespace(exitcode=None, kill=lambda: None), 2: SimpleNamespace(exitcode=-9, kill=lambda: None)}
    with pytest.raises(zukan.InputError, match="one of 2 was killed or failed"):
        prefetcher.item(range(3), 0)
    monkeypatch.setattr(prefetcher, "_begin", lambda *_: setattr(prefetcher, "started", 1) or iter(threading.Event().wait, True))
    with pytest.raises(zukan.InputError, match="one of 2 was killed or failed"):
        prefetcher.item(range(3), 0)


@pytest.mark.timeout(60)
@pytest.mark.skipif(not hasattr(os, "waitid"), reason="only a time limit shows it here")
def test_a_worker_that_is_killed_while_it_starts_ends_the_wait_for_it(monkeypatch):
    monkeypatch.setattr(prefetch, "PATIENCE", 0.2)
    prefetcher = prefetch.Prefetcher(2)
    monkeypatch.setattr(prefetcher, "_begin", lambda *_: setattr(prefetcher, "started", 1) or iter(threading.Event().wait, True))
    assert not prefetch._lost_a_child()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        child.kill()
        with pytest.raises(zukan.InputError, match="one of 2 was killed or failed"):
            prefetcher.item(range(3), 0)


def test_the_extra_is_named(stored, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "grain", None)
    with pytest.raises(zukan.InputError, match=r"pip install 'zukan\[stream\]'"):
        zukan.train(stored["bytes"], out=tmp_path / "run", memory=TINY, encoder=zukan.networks.MLP([4]))
