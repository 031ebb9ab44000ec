"""Whoever installs `.[notebooks]` can run every notebook: it imports nothing that the extra does not bring."""

import ast
import re
import sys
import tomllib

import pytest

import normalise
from tree import Tree

TREE = Tree.here()
EXTRAS = tomllib.loads((TREE.root / "pyproject.toml").read_text("utf8"))["project"]["optional-dependencies"]
IMPORTED_AS = {"pyyaml": "yaml"}


def brought():
    """The names that can be imported where `.[notebooks]` is installed."""
    packages = [re.match(r"[\w-]+", wanted)[0] for wanted in (*EXTRAS["notebooks"], *EXTRAS["show"])]
    return {"mlp_core", "numpy", *sys.stdlib_module_names, *(IMPORTED_AS.get(name, name) for name in packages)}


def imported(source):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module.split(".")[0]


@pytest.mark.parametrize("name", TREE.notebooks(), ids=str)
def test_the_extra_brings_what_is_imported_by(name):
    nb = normalise.read((TREE.book / name).read_text("utf8"))
    needed = {module for cell in nb.cells if cell.cell_type == "code" for module in imported(cell.source)}
    assert needed <= brought()


def test_the_extra_brings_a_kernel_and_the_figures():
    assert {"mlp_core[show]"} <= set(EXTRAS["notebooks"])
    assert {"ipykernel", "matplotlib", "ipywidgets", "tqdm"} <= brought()
