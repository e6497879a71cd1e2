"""Every reader gets files with random changes: it reads them or raises an error of one sentence, within bounded memory.

CI makes a short run. For a long one with 1,000 files per reader: ZUKAN_FUZZ=1000 pytest tests/fuzz
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
import pyarrow as pa
import pyarrow.parquet as pq
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
MAX_BYTES = 1 << 30  # memory that reading files of a few kilobytes may take
RNG = np.random.default_rng(0)
GRAY = RNG.integers(0, 256, (9, 7), dtype=np.uint8)
COLOR = RNG.integers(0, 256, (9, 7, 3), dtype=np.uint8)
MISSING = np.where(GRAY > 128, np.nan, GRAY / 255)


def image(kind, pixels=COLOR, **options):
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, kind, **options)
    return content.getvalue()


def animation(kind="GIF"):
    content, frames = io.BytesIO(), [Image.fromarray(GRAY + np.uint8(i)) for i in range(3)]
    frames[0].save(content, kind, save_all=True, append_images=frames[1:])
    return content.getvalue()


def zip_archive(separator="/"):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for i in range(4):
            member = zipfile.ZipInfo("x")
            member.filename = f"{'ab'[i % 2]}{separator}{i}.png"
            archive.writestr(member, image("PNG", GRAY + np.uint8(i)))
    return content.getvalue()


def tar_archive(mode):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode=mode) as archive:
        for i in range(4):
            info, png = tarfile.TarInfo(f"{'ab'[i % 2]}/{i}.png"), image("PNG", GRAY + np.uint8(i))
            info.size = len(png)
            archive.addfile(info, io.BytesIO(png))
    return content.getvalue()


def array_file(save, *arrays, **named):
    content = io.BytesIO()
    save(content, *arrays, **named)
    return content.getvalue()


def idx():
    x = RNG.integers(0, 256, (5, 4, 3), dtype=np.uint8)
    return struct.pack(">HBB3I", 0, 8, 3, *x.shape) + x.tobytes()


def parquet():
    content = io.BytesIO()
    pq.write_table(pa.table({"a": np.arange(9.0), "b": np.arange(9), "kind": ["x", "y", "z"] * 3}), content)
    return content.getvalue()


def excel():
    content, book = io.BytesIO(), pytest.importorskip("openpyxl").Workbook()
    for row in [["a", "b", "kind"], [1.5, 2, "x"], [2.5, None, "y"], [3.5, 5, "x"], [4.5, "#N/A", "y"]]:
        book.active.append(row)
    book.save(content)
    return content.getvalue()


def zstd(content):
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as file:
        file.write(content)
    return sink.getvalue().to_pybytes()


def zipped(content):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("t.csv", content)
    return packed.getvalue()


def read_table(**options):
    return lambda path: data.load(path, label="kind", **options)


def model():
    return zukan.VAE((3,), encoder={"name": "mlp", "units": [2]}, latent_dim=1)


def model_file(folder):
    model().save(folder / "whole.keras")
    return (folder / "whole.keras").read_bytes()


def checkpoint(folder):
    vae = model()
    vae.compile(optimizer="adam")
    vae.fit(np.zeros((2, 3), "float32"), verbose=0, callbacks=[checkpoints.Checkpoints(folder / "c")])
    return (folder / "c" / "epoch-00001.npz").read_bytes()


def restore(path):
    vae = model()
    vae.compile(optimizer="adam")
    folder = path.parent / "restored"
    folder.mkdir(exist_ok=True)
    (folder / "epoch-00001.npz").write_bytes(path.read_bytes())
    checkpoints.restore(folder, vae)


def read_run_file(name):
    def read(path):
        (path.parent / "recipe.toml").write_text(Recipe(epochs=2).to_toml())
        (path.parent / name).write_bytes(path.read_bytes())
        run = zukan.Run.open(path.parent)
        return run.metrics if name == "metrics.json" else run.environment

    return read


def read_folder(path):
    """Read a folder with that image and an undamaged one."""
    (path.parent / "folder").mkdir(exist_ok=True)
    (path.parent / "folder" / f"a{path.suffix}").write_bytes(path.read_bytes())
    (path.parent / "folder" / "good.png").write_bytes(image("PNG", GRAY))
    return data.items(path.parent / "folder")


TABLE = b"height,weight,kind\n1.5,2,a\n2.5,3,b\n3.5,4,a\n"
READERS = {  # a function that makes an undamaged file, and the reader
    ".png": (lambda _: image("PNG", GRAY), read_folder), ".jpg": (lambda _: image("JPEG"), read_folder),
    ".gif": (lambda _: animation(), read_folder), ".bmp": (lambda _: image("BMP"), read_folder),
    ".tif": (lambda _: image("TIFF", GRAY.astype(np.uint16) * 257), read_folder),
    "lzw.tif": (lambda _: image("TIFF", compression="tiff_lzw"), read_folder),
    ".webp": (lambda _: image("WEBP"), read_folder), ".ppm": (lambda _: image("PPM"), read_folder),
    ".tga": (lambda _: image("TGA"), read_folder), "pages.tif": (lambda _: animation("TIFF"), read_folder),
    "without_an_ending": (lambda _: image("PNG", GRAY), read_folder), ".jfif": (lambda _: image("JPEG"), read_folder),
    "windows.zip": (lambda _: zip_archive("\\"), data.load),
    "channels_first.npy": (lambda _: array_file(np.save, np.stack([COLOR.transpose(2, 0, 1)] * 3)), lambda path: data.load(path, memory=1e-9)),
    ".zip": (lambda _: zip_archive(), data.load), ".tar": (lambda _: tar_archive("w"), data.load), ".tgz": (lambda _: tar_archive("w:gz"), data.load),
    ".npy": (lambda _: array_file(np.save, GRAY), data.load),
    ".npz": (lambda _: array_file(np.savez, x=GRAY, y=np.arange(9)), data.load),
    "packed.npz": (lambda _: array_file(np.savez_compressed, x=COLOR, y=np.array(list("abcabcabc"))), data.load),
    ".idx": (lambda _: idx(), data.load), ".idx.gz": (lambda _: gzip.compress(idx()), data.load),
    ".csv": (lambda _: TABLE, lambda path: data.load(path, label="kind")), ".tsv": (lambda _: TABLE.replace(b",", b"\t"), data.load),
    ".parquet": (lambda _: parquet(), lambda path: data.load(path, label="kind")),
    ".csv.gz": (lambda _: gzip.compress(TABLE), read_table()), ".csv.zst": (lambda _: zstd(TABLE), read_table()),
    "table.zip": (lambda _: zipped(TABLE), read_table()), "utf16.csv": (lambda _: TABLE.decode().encode("utf-16"), read_table()),
    "german.csv": (lambda _: b"# 3 plants\n\"h\xf6he, cm\";kind\n1,5;a\n1.234,5;b\n\"3,5\";a\n", read_table()),
    "spaces.txt": (lambda _: b"height  weight kind\n1.5\t2 a\n 2.5  3 b\n3.5 4 a\n", read_table()),
    "index.csv": (lambda _: b'"","a","kind"\n"7",1,"x"\n"3",2,"y"\n"9",0,"x"\n', read_table()),
    ".jsonl": (lambda _: b'{"a": 1.5, "v": [1, 2], "kind": "x"}\n{"a": 2, "v": [3, 4], "kind": "y"}\n{"a": 3, "v": [5, 6], "kind": "x"}\n', read_table()),
    ".xlsx": (lambda _: excel(), read_table(missing=True)),
    "streamed.csv": (lambda _: TABLE, read_table(memory=1e-9)), "streamed.parquet": (lambda _: parquet(), read_table(memory=1e-9)),
    "missing.csv": (lambda _: TABLE.replace(b"2.5", b"NA"), lambda path: data.load(path, label="kind", missing=True)),
    "missing.npy": (lambda _: array_file(np.save, MISSING), lambda path: data.load(path, missing=True, memory=1e-9)),
    "missing.npz": (lambda _: array_file(np.savez_compressed, x=MISSING, y=np.arange(9)), lambda path: data.load(path, missing=True)),
    "recipe.toml": (lambda _: Recipe(encoder={"name": "mlp", "units": [3]}).to_toml().encode(), Recipe.read),
    "model.keras": (model_file, zukan.load), "checkpoint.npz": (checkpoint, restore),
    "history.csv": (lambda _: b"epoch,loss,reconstruction,kl,val_loss,seconds\n1,3.5,3,0.5,4.0,0.1\n2,3.0,2,1,3.9,0.1\n", read_history),
    "metrics.json": (lambda _: b'{"format_version": 1, "test": {"elbo": -3.5}, "diagnosis": []}', read_run_file("metrics.json")),
    "environment.json": (lambda _: b'{"format_version": 1, "scaling": {"offset": 0, "factor": 1}}', read_run_file("environment.json")),
}


@pytest.mark.parametrize("kind", READERS)
def test_a_changed_file_is_read_or_refused_in_one_sentence(kind, tmp_path_factory, monkeypatch):
    make, read = READERS[kind]
    folder = tmp_path_factory.mktemp("fuzz")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
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
    assert (after - before) * 1024 < MAX_BYTES
