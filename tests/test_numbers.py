"""A number that a chapter prints in its prose is one that its code states, computes or prints."""

import ast
import re

import nbformat
import pytest

from tree import Tree

TREE = Tree.here()

NUMBER = re.compile(r"(?<![\w.,^{])(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|\d{2,})(?!\w)")
NO_RESULT = re.compile(r"\{[a-z:]+\}`[^`]*`|`[^`]*`|\]\([^)]*\)|^:.*$|\*\*In class\*\*.*", re.MULTILINE)
SPELLED = re.compile(r"\d+(?:[,_]\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?")


def value(text):
    return float(text.replace(",", "").replace("_", ""))


def of_code(cells):
    """Every number in the code: literals, numbers inside texts ("64-32-10"), and what the cells print."""
    found = set()
    for cell in cells:
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Constant) and type(node.value) in (int, float):
                found.add(float(node.value))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= set(map(value, SPELLED.findall(node.value)))
        for output in cell.get("outputs", []):
            text = output.get("text") or str(output.get("data", {}).get("text/plain", ""))
            found |= set(map(value, SPELLED.findall(text)))
    return found


def of_prose(source):
    """The numbers of a markdown cell, as written, without those in code, links, years of works and minutes in class."""
    text = NO_RESULT.sub("", source)
    return [number for number in NUMBER.findall(text) if not re.fullmatch(r"(19|20)\d\d", number)]


def states(known, number):
    """Whether some known number, or that number as a percentage, is `number` when rounded to its digits."""
    digits = len(number.partition(".")[2])
    return any(abs(round(scale * k, digits) - value(number)) < 1e-12 for k in known for scale in (1, 100))


def unsupported(notebook):
    known = of_code([cell for cell in notebook.cells if cell.cell_type == "code"])
    return [
        f"cell {cell.id} says {number}, which no code of the notebook states"
        for cell in notebook.cells
        if cell.cell_type == "markdown" and not cell.source.startswith("## Further reading")
        for number in of_prose(cell.source)
        if not states(known, number)
    ]


@pytest.mark.parametrize("name", TREE.notebooks(), ids=str)
def test_every_number_in_prose_is_stated_by_the_code(name):
    assert unsupported(nbformat.read(TREE.book / name, as_version=4)) == []


CODE = nbformat.v4.new_code_cell("assert steps == [22, 44_122]\nassert_allclose([x, y], [0.5, 0.82])\nfloor = 1.461")


def beside_the_code(prose):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(prose), CODE])


@pytest.mark.parametrize("prose", ["It takes 22 steps, not 44,122.", "From 0.5 to 82 %, **1.46**.", "In 1986, 22."])
def test_a_number_that_the_code_states_is_accepted(prose):
    assert unsupported(beside_the_code(prose)) == []


@pytest.mark.parametrize("wrong", ["23", "44,123", "0.6", "81 %", "1.47"])
def test_a_changed_number_is_found(wrong):
    assert len(unsupported(beside_the_code(f"Now it is {wrong} instead."))) == 1
