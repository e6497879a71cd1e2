"""The notebooks: they are committed without outputs and run from top to bottom."""

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).parents[1] / "notebooks"
TUTORIAL, EXPLORE = FOLDER / "tutorial.ipynb", FOLDER / "explore.ipynb"
each_notebook = pytest.mark.parametrize("path", [TUTORIAL, EXPLORE], ids=lambda path: path.stem)
# Runs in a separate process, because the Jupyter client leaves resources open, which the tests would report as warnings.
EXECUTE = """
import sys, nbclient, nbformat
notebook = nbformat.read(sys.argv[1], as_version=nbformat.NO_CONVERT)
nbclient.NotebookClient(notebook, kernel_name="python3", timeout=500).execute()
nbformat.write(notebook, sys.argv[2])
"""


def read(path):
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


@pytest.fixture
def environment(tmp_path):
    """Variables with which the kernel ``python3`` is this interpreter and Jupyter writes only below ``tmp_path``."""
    spec = tmp_path / "jupyter" / "kernels" / "python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(json.dumps({
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Python 3", "language": "python"}))
    folders = ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")
    return {**os.environ, **{name: str(tmp_path / name.lower()) for name in folders},
            "JUPYTER_PATH": str(tmp_path / "jupyter"),  # Jupyter searches it first
            "KERAS_BACKEND": "jax",  # the backend the notebook is written for
            "XLA_FLAGS": "", "JAX_DISABLE_MOST_OPTIMIZATIONS": "false"}  # compile as users do


@each_notebook
def test_a_notebook_is_committed_without_outputs(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [], cell.id
            assert cell.execution_count is None, cell.id


@each_notebook
def test_linked_files_exist(path):
    linked = [part.split(")")[0] for cell in read(path).cells for part in cell.source.split("](")[1:]]
    local = [target for target in linked if not target.startswith("https://")]
    assert local
    assert [target for target in local if not (FOLDER / target).exists()] == []


def execute(notebook, environment, folder):
    """Run a notebook and return it with its outputs: of each code cell, the printed text and the number of pictures."""
    source, result = folder / "source.ipynb", folder / "result.ipynb"
    nbformat.write(notebook, source)
    done = subprocess.run([sys.executable, "-c", EXECUTE, source, result], env=environment, cwd=folder,
                          text=True, capture_output=True, check=False)
    assert not done.returncode, done.stderr[-3000:]  # a cell failed, perhaps one of the notebook's own asserts
    cells = [cell for cell in read(result).cells if cell.cell_type == "code"]
    return ({cell.id: "".join(output.get("text", "") for output in cell.outputs) for cell in cells},
            {cell.id: sum("image/png" in output.get("data", {}) for output in cell.outputs) for cell in cells})


def test_the_tutorial_runs_and_its_hand_written_model_agrees_with_zukan(environment, tmp_path):
    notebook = read(TUTORIAL)
    for written, shorter in (("EPOCHS = 10", "EPOCHS = 3"), ("mnist.train.x,", "mnist.train.x[:12_000],")):
        (cell,) = (cell for cell in notebook.cells if written in cell.source)
        cell.source = cell.source.replace(written, shorter)
    notebook.cells.append(nbformat.v4.new_code_cell("import sys; print(sys.executable)"))
    printed, pictures = execute(notebook, environment, tmp_path)
    assert printed[notebook.cells[-1].id].strip() == sys.executable
    assert "encoder 201,988 + generator 202,256 = 404,244 parameters" in printed["model"]
    assert printed["agree-count"].count("404,244") == printed["agree-count"].count("201,988") == 2
    assert "the losses are less than 6 nats apart" in printed["agree-loss"]
    assert "the same function for" in printed["agree-exact"]
    drawn = {"figure-1", "figure-2", "figure-3", "figure-4", "maps"}
    assert {name for name, count in pictures.items() if count} == drawn
    assert all(pictures[name] == 1 for name in drawn)


def test_the_notebook_on_exploring_runs(environment, tmp_path):
    notebook = read(EXPLORE)
    ids = [cell.id for cell in notebook.cells]
    notebook.cells = notebook.cells[: ids.index("explorer-about")]  # what follows encodes all images, and needs a page
    printed, pictures = execute(notebook, environment, tmp_path)
    assert "latent_dim" not in printed["run"]  # two dimensions are the default
    assert "nats per image" in printed["run"]
    assert {name for name, count in pictures.items() if count} == {"map", "grid", "samples", "unusual"}
