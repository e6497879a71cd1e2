"""Imports point down only: every import of every file is checked against the layers of CONTRIBUTING.md."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import zukan

SOURCE = Path(zukan.__file__).parent

# The lowest layer first. A file may import from lower layers and from its own folder, but not from others of its layer.
LAYERS = [
    {"checks"},
    {"plugins", "backend", "precision"},
    {"registry", "numerics", "files", "untrusted", "streamed", "progress", "processes"},
    {"context", "distributions", "networks", "data", "schedules", "compiled", "optimizers", "rates"},
    {"posteriors", "priors", "likelihoods", "augmentations", "spaces"},
    {"objectives", "devices"},
    {"model"},
    {"evaluation", "training", "export"},
    {"runs"},
    {"plots"},
    {"report", "explorer"},
    {"commands", "sklearn"},
    {"cli"},
    {"__main__"},
]
# The modules of the names that `from zukan import ...` offers besides modules.
PUBLIC = {"zukan." + name: module for name, module in {**zukan._OBJECTS, "InputError": "zukan.checks"}.items()}
HEIGHT = {unit: height for height, row in enumerate(LAYERS) for unit in row}
FILES = sorted(path for path in SOURCE.rglob("*.py") if path != SOURCE / "__init__.py")


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield every imported module, also those imported inside functions, for type checkers only, or by importlib."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield "zukan.<relative>"
            elif node.module == "zukan":
                yield from (f"zukan.{alias.name}" for alias in node.names)
            else:
                yield node.module
        elif (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)
              and ast.unparse(node.func).endswith("import_module")):
            yield str(node.args[0].value)


def complaints(place: str, code: str) -> list[str]:
    """Return a line for each forbidden import in ``code``, the text of the file ``place`` (such as ``plots/loss.py``)."""
    unit = place.split("/")[0].removesuffix(".py")
    if unit not in HEIGHT:
        return [f"{place}: {unit} is in no layer; add it to tests/test_layers.py"]
    lines = []
    for module in imported(ast.parse(code)):
        package, _, rest = PUBLIC.get(module, module).partition(".")
        if package != "zukan" or (target := rest.split(".")[0]) == unit or module == "zukan.__version__":
            continue
        if target not in HEIGHT:
            lines.append(f"{place}: {module} is not in any layer")
        elif HEIGHT[target] >= HEIGHT[unit]:
            lines.append(f"{place}: {module} is not below")
    return lines


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_imports_point_down(path):
    assert complaints(path.relative_to(SOURCE).as_posix(), path.read_text(encoding="utf-8")) == []


def test_every_kind_of_file_is_checked():
    assert {"model", "objectives", "checks"} <= {path.relative_to(SOURCE).parts[0].removesuffix(".py") for path in FILES}


@pytest.mark.parametrize(("place", "code"), [
    ("objectives/elbo.py", "from zukan import model"),
    ("objectives/elbo.py", "import zukan.model"),
    ("objectives/elbo.py", "from zukan.model import VAE"),
    ("objectives/elbo.py", "def f():\n    from zukan.model import VAE"),
    ("objectives/elbo.py", "if TYPE_CHECKING:\n    from zukan.model import VAE"),
    ("objectives/elbo.py", "importlib.import_module('zukan.model')"),
    ("objectives/elbo.py", "from . import base"),
    ("objectives/elbo.py", "from zukan import VAE"),
    ("objectives/elbo.py", "import zukan"),
    ("data/arrays.py", "from zukan.networks import MLP"),
    ("checks.py", "from zukan import registry"),
    ("brand_new.py", ""),
    ("brand_new/part.py", "import numpy"),
])
def test_a_forbidden_import_is_reported(place, code):
    assert len(complaints(place, code)) == 1


def test_allowed_imports_are_not_reported():
    code = "import numpy\nfrom zukan import checks, schedules\nfrom zukan.objectives.base import Objective\nimport zukan.numerics"
    assert complaints("objectives/elbo.py", code) == []
