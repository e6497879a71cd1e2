"""Every reader on files changed at random: a right read or one clear sentence; no other error, no hang, memory in bounds.

A short run in CI. A long one, 1,000 files a reader: ZUKAN_FUZZ=1000 pytest tests/fuzz
"""

import gzip
import io
import os
import resource
import struct
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, seed, settings
from mutations import CHANGES, changed
from PIL import Image

import zukan
from zukan import data
from zukan.checks import InputError
from zukan.training import checkpoints
from zukan.training.history import read_history
from zukan.training.recipe import Recipe

FILES = int(os.environ.get("ZUKAN_FUZZ", "15"))
BOUND = 1 << 30  # bytes that reading a file of a few kilobytes may add
RNG = np.random.default_rng(0)
GREY = RNG.integers(0, 256, (9, 7), dtype=np.uint8)
COLOUR = RNG.integers(0, 256, (9, 7, 3), dtype=np.uint8)


def saved(kind, pixels=COLOUR, **options):
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, kind, **options)
    return content.getvalue()


def animated():
    content, frames = io.BytesIO(), [Image.fromarray(GREY + np.uint8(i)) for i in range(3)]
    frames[0].save(content, "GIF", save_all=True, append_images=frames[1:])
    return content.getvalue()


def zipped():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for i in range(4):
            archive.writestr(f"{'ab'[i % 2]}/{i}.png", saved("PNG", GREY + np.uint8(i)))
    return content.getvalue()


def tarred(mode):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode=mode) as archive:
        for i in range(4):
            info, png = tarfile.TarInfo(f"{'ab'[i % 2]}/{i}.png"), saved("PNG", GREY + np.uint8(i))
            info.size = len(png)
            archive.addfile(info, io.BytesIO(png))
    return content.getvalue()


def numpy(save, *arrays, **named):
    content = io.BytesIO()
    save(content, *arrays, **named)
    return content.getvalue()


def idx():
    x = RNG.integers(0, 256, (5, 4, 3), dtype=np.uint8)
    return struct.pack(">HBB3I", 0, 8, 3, *x.shape) + x.tobytes()


def parquet():
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    content = io.BytesIO()
    pq.write_table(pa.table({"a": np.arange(9.0), "b": np.arange(9), "kind": ["x", "y", "z"] * 3}), content)
    return content.getvalue()


def model():
    return zukan.VAE((3,), encoder={"name": "mlp", "units": [2]}, latent_dim=1)


def archived(folder):
    model().save(folder / "whole.keras")
    return (folder / "whole.keras").read_bytes()


def checkpoint(folder):
    vae = model()
    vae.compile(optimizer="adam")
    vae.fit(np.zeros((2, 3), "float32"), verbose=0, callbacks=[checkpoints.Checkpoints(folder / "c")])
    return (folder / "c" / "epoch-00001.npz").read_bytes()


def restored(path):
    vae = model()
    vae.compile(optimizer="adam")
    folder = path.parent / "restored"
    folder.mkdir(exist_ok=True)
    (folder / "epoch-00001.npz").write_bytes(path.read_bytes())
    checkpoints.restore(folder, vae)


def run_with(name):
    def read(path):
        (path.parent / "recipe.toml").write_text(Recipe(epochs=2).to_toml())
        (path.parent / name).write_bytes(path.read_bytes())
        run = zukan.Run.open(path.parent)
        return run.metrics if name == "metrics.json" else run.environment

    return read


def beside_a_good_one(path):
    (path.parent / "folder").mkdir(exist_ok=True)
    (path.parent / "folder" / f"a{path.suffix}").write_bytes(path.read_bytes())
    (path.parent / "folder" / "good.png").write_bytes(saved("PNG", GREY))
    return data.items(path.parent / "folder")


TABLE = b"height,weight,kind\n1.5,2,a\n2.5,3,b\n3.5,4,a\n"
READERS = {
    ".png": (lambda _: saved("PNG", GREY), beside_a_good_one), ".jpg": (lambda _: saved("JPEG"), beside_a_good_one),
    ".gif": (lambda _: animated(), beside_a_good_one), ".bmp": (lambda _: saved("BMP"), beside_a_good_one),
    ".tif": (lambda _: saved("TIFF", GREY.astype(np.uint16) * 257), beside_a_good_one),
    "lzw.tif": (lambda _: saved("TIFF", compression="tiff_lzw"), beside_a_good_one),
    ".webp": (lambda _: saved("WEBP"), beside_a_good_one), ".ppm": (lambda _: saved("PPM"), beside_a_good_one),
    ".tga": (lambda _: saved("TGA"), beside_a_good_one),
    ".zip": (lambda _: zipped(), data.load), ".tar": (lambda _: tarred("w"), data.load), ".tgz": (lambda _: tarred("w:gz"), data.load),
    ".npy": (lambda _: numpy(np.save, GREY), data.load),
    ".npz": (lambda _: numpy(np.savez, x=GREY, y=np.arange(9)), data.load),
    "packed.npz": (lambda _: numpy(np.savez_compressed, x=COLOUR, y=np.array(list("abcabcabc"))), data.load),
    ".idx": (lambda _: idx(), data.load), ".idx.gz": (lambda _: gzip.compress(idx()), data.load),
    ".csv": (lambda _: TABLE, lambda path: data.load(path, label="kind")), ".tsv": (lambda _: TABLE.replace(b",", b"\t"), data.load),
    ".parquet": (lambda _: parquet(), lambda path: data.load(path, label="kind")),
    "recipe.toml": (lambda _: Recipe(encoder={"name": "mlp", "units": [3]}).to_toml().encode(), Recipe.read),
    "model.keras": (archived, zukan.load), "checkpoint.npz": (checkpoint, restored),
    "history.csv": (lambda _: b"epoch,loss,reconstruction,kl,val_loss,seconds\n1,3.5,3,0.5,4.0,0.1\n2,3.0,2,1,3.9,0.1\n", read_history),
    "metrics.json": (lambda _: b'{"format_version": 1, "test": {"elbo": -3.5}, "warnings": []}', run_with("metrics.json")),
    "environment.json": (lambda _: b'{"format_version": 1, "scaling": {"offset": 0, "factor": 1}}', run_with("environment.json")),
}


@pytest.mark.parametrize("kind", READERS)
def test_a_right_read_or_one_sentence(kind, tmp_path_factory):
    make, read = READERS[kind]
    folder = tmp_path_factory.mktemp("fuzz")
    whole = make(folder)
    path = Path(folder, f"f{kind}" if kind.startswith(".") else kind)
    path.write_bytes(whole)
    read(path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    @seed(2026)
    @settings(max_examples=FILES if kind not in {"model.keras", "checkpoint.npz"} else max(5, FILES // 3), deadline=None, database=None,
              suppress_health_check=list(HealthCheck))
    @given(CHANGES)
    def check(changes):
        path.write_bytes(changed(whole, changes))
        try:
            read(path)
        except InputError as error:
            message = str(error)
            assert "\n" not in message
            assert "Traceback" not in message
            assert len(message) < 900

    check()
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert (after - before) * 1024 < BOUND
