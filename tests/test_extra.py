"""Nothing imports what its environment does not bring: the notebooks `.[notebooks]`, the tests requirements.txt."""

import ast
import re
import sys
import tomllib
from importlib import metadata

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


OWN_ENVIRONMENTS = {"oracles", "site", "build"}
PINNED = {
    re.sub(r"[-_.]+", "-", line.split("==")[0]).lower()
    for line in (TREE.root / "requirements.txt").read_text("utf8").splitlines()
    if "==" in line
}


def files_of_the_tests():
    """The tests of `make test`, and whatever of this project they import."""
    tests = TREE.root / "tests"
    folders = [tests / "mutation", tests / "site", TREE.book / "_tools", TREE.book / "_ext"]
    found, new = {}, [path for path in tests.rglob("test_*.py") if not OWN_ENVIRONMENTS & {*path.parts}]
    while new:
        path = new.pop()
        found[path] = {*imported(path.read_text("utf8"))}
        own = [folder / f"{name}.py" for name in found[path] for folder in (path.parent, *folders)]
        new += [path for path in own if path.exists() and path not in found]
    return found


def test_the_tests_import_only_what_requirements_txt_pins():
    files = files_of_the_tests()
    own = {path.stem for path in files} | {"mlp_core", "conftest", "benchmarks", "tests"}
    pinned = {
        module
        for module, packages in metadata.packages_distributions().items()
        if {re.sub(r"[-_.]+", "-", package).lower() for package in packages} & PINNED
    }
    for path, modules in files.items():
        assert modules - own - sys.stdlib_module_names <= pinned, path
