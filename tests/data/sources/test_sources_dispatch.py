"""What a source may be; names and paths that do not exist."""

import os

import numpy as np
import pytest

X = np.ones((4, 3), np.float32)


@pytest.mark.parametrize(("source", "words"), [
    ("mnsit", ("source", "'mnsit'", "did you mean 'mnist'?", "file or folder")),
    ("MNIST", ("did you mean 'mnist'?",)),
    ("fashion-mnist", ("did you mean 'fashion_mnist'?",)),
    ("qqqq", ("'qqqq'", "'cifar10'", "give one of these")),
    ("", ("got ''",)),
    (5, ("source", "got 5")),
    (None, ("source", "got None")),
    ((X, X, X), ("source", "got a tuple of 3")),
])
def test_not_a_source(refused, source, words):
    refused(source, *words)


def test_paths_that_cannot_be_read(refused, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refused("nothing.npz", "there is no nothing.npz", "check the path")
    refused("no/such", f"there is no no{os.sep}such")
    refused("a\0/b", "cannot be opened")
    refused("n" * 5000 + ".npy", "cannot be opened")
    refused(tmp_path, str(tmp_path), "must hold images", "got none")
