"""A replacement of the built page, and a small run. The tests in a browser are in web/."""

import pytest
from small_runs import HOSTILE, images, train

from zukan.explorer import site

PAGE = {"index.html": "<!doctype html><title>page</title>", "assets/explorer.js": "export default {}",
        "assets/explorer.css": "body {}", "assets/ort.wasm.gz": "\x1f\x8b"}


@pytest.fixture(scope="session")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    for name, text in PAGE.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="latin-1")
    return folder


@pytest.fixture(autouse=True)
def _with_a_page(page, monkeypatch):
    monkeypatch.setattr(site, "PAGE", page)


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    """A finished run with 33 training and 7 test images, hostile class names and three latent dimensions."""
    x, y = images()
    return train((x, HOSTILE[y]), tmp_path_factory.mktemp("runs") / "small", latent_dim=3)
