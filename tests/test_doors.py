"""The front pages list the chapters in order; `make test` and the integration leave nothing out."""

import re

import pytest

import anatomy
from tree import Tree

TREE = Tree.here()
CHAPTERS = {name.with_suffix("").as_posix() for name in TREE.notebooks() if not anatomy.is_appendix(name)}
FORGIVING = re.compile(
    r"\|\| *(?:true|:)|continue-on-error|--nbval-lax|--deselect|--ignore| -k |--exit-zero|^\t-|^set \+e", re.MULTILINE
)


def text(name):
    return (TREE.root / name).read_text("utf-8")


def linked(page, folder=""):
    """The chapters that a page links to in its list of chapters, in order."""
    listed = re.search(r"^## The chapters\n(.*?)^## ", page, re.DOTALL | re.MULTILINE)[1]
    return [name for name in re.findall(rf"\]\({folder}([\w/-]+)\.ipynb\)", listed) if name in CHAPTERS]


def test_the_front_pages_list_the_chapters_in_the_order_of_the_table_of_contents():
    in_contents = [name for name in TREE.toc_pages() if name in CHAPTERS]
    assert set(in_contents) == CHAPTERS
    assert linked(text("book/index.md")) == linked(text("README.md"), "book/") == in_contents


def recipe(makefile, target):
    """The commands of a target, one a line."""
    commands = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)[1]
    return commands.replace("\\\n", " ").splitlines()


def lenient(commands):
    """The commands that may leave tests out, or fail without being noticed."""
    return [line for line in commands if FORGIVING.search(line)]


def test_make_test_lints_runs_the_tests_and_compares_every_notebook():
    commands = recipe(text("Makefile"), "test")
    assert lenient(commands) == []
    assert any(line.endswith("-m ruff check --no-cache .") for line in commands)
    assert any(line.split("$(PYTEST)")[-1].split() == "-n auto --maxprocesses 8".split() for line in commands)
    execute = next(k for k, line in enumerate(commands) if line.endswith("$(TOOLS)/execute.py"))
    assert any(line.endswith("$(PYTEST) tests/outputs") for line in commands[execute:])


def test_integration_stops_at_the_first_command_that_fails():
    script = text(".ci/run")
    assert "\nset -euo pipefail\n" in script
    assert lenient([line for line in script.splitlines() if re.match(r"\s*(?:make|set) ", line)]) == []
    assert lenient(text(".github/workflows/publish.yml").splitlines()) == []


@pytest.mark.parametrize(
    "command", ["make test || true", "\t-pytest", "pytest --nbval-lax book", "pytest -k fast tests", "set +e"]
)
def test_a_command_that_may_fail_unnoticed_is_found(command):
    assert lenient([command]) == [command]
