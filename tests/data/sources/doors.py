"""Doors: the same items as an array, a list, an iterator, a file, a folder, a data set of a library."""

import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image


def as_keras(x, y, _):
    import keras

    class Batches(keras.utils.PyDataset):
        def __len__(self):
            return (len(x) + 3) // 4

        def __getitem__(self, index):
            rows = slice(index * 4, index * 4 + 4)
            return x[rows], y[rows]

    return Batches()


def as_torch(x, y, _, batched=False):
    data = pytest.importorskip("torch.utils.data")
    torch = pytest.importorskip("torch")
    numbers = torch.from_numpy(np.unique(y, return_inverse=True)[1])
    dataset = data.TensorDataset(torch.from_numpy(x), numbers)
    return data.DataLoader(dataset, batch_size=4) if batched else dataset


def as_tensorflow(x, y, _):
    tf = pytest.importorskip("tensorflow")
    return tf.data.Dataset.from_tensor_slices((x, y)).batch(4)


def as_npy(x, _, folder):
    np.save(folder / "x.npy", x)
    return folder / "x.npy"


def as_npz(x, y, folder):
    np.savez_compressed(folder / "x.npz", x=x, y=y)
    return folder / "x.npz"


ARRAYS = {  # arrays of any dtype and shape
    "pair": lambda x, y, _: (x, y),
    "array": lambda x, *_: x,
    "list": lambda x, y, _: (list(x), y.tolist()),
    "nested lists": lambda x, *_: list(x),
    "mapping": lambda x, y, _: {"x": x, "y": y},
    "iterator": lambda x, y, _: zip(x, y, strict=True),
    "generator": lambda x, y, _: ({"image": item, "label": label} for item, label in zip(x, y, strict=True)),
    "npy": as_npy,
    "npz": as_npz,
    "Keras": as_keras,
    "torch": as_torch,
    "torch batches": lambda *arguments: as_torch(*arguments, batched=True),
    "TensorFlow": as_tensorflow,
}
WITHOUT_LABELS = {"array", "nested lists", "npy"}
NUMBERED = {"torch", "torch batches"}  # their labels are numbers


def picture(x):
    return Image.fromarray(x[..., 0] if x.shape[-1] == 1 else x)


def as_folder(x, y, folder):
    for number, (item, label) in enumerate(zip(x, y, strict=True)):
        path = folder / "images" / label / f"{number:03d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        picture(item).save(path)
    return folder / "images"


def as_zip(x, y, folder):
    with zipfile.ZipFile(folder / "images.zip", "w") as archive:
        images = as_folder(x, y, folder)
        for path in images.rglob("*.png"):
            archive.write(path, path.relative_to(images))
    return folder / "images.zip"


def as_tar(x, y, folder):
    with tarfile.open(folder / "images.tgz", "w:gz") as archive:
        archive.add(as_folder(x, y, folder), "images")
    return folder / "images.tgz"


def as_huggingface(x, y, _):
    datasets = pytest.importorskip("datasets")
    names, numbers = np.unique(y, return_inverse=True)
    features = datasets.Features({"image": datasets.Image(), "label": datasets.ClassLabel(names=names.tolist())})
    return datasets.Dataset.from_dict({"image": list(map(picture, x)), "label": numbers.tolist()}, features=features)


def opened(x, y, folder):
    """Return pairs of images that were opened from files and their labels."""
    return [(Image.open(path).copy(), path.parent.name) for path in sorted(as_folder(x, y, folder).rglob("*.png"))]


PICTURES = {  # uint8 images of 1 or 3 channels
    "folder": as_folder,
    "zip": as_zip,
    "tar": as_tar,
    "list of PIL images": lambda x, y, _: (list(map(picture, x)), y),
    "mapping of PIL images": lambda x, y, _: {"x": tuple(map(picture, x)), "y": y},
    "iterator of PIL images": lambda x, y, _: ((picture(item), label) for item, label in zip(x, y, strict=True)),
    "opened files": lambda x, y, folder: iter(opened(x, y, folder)),
    "Hugging Face": as_huggingface,
}
